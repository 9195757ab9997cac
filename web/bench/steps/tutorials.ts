/** What is said and done in the recordings of the bench. */
import { library, workspace } from './pages.ts';

export type Act =
  { click: string } | { type: string; into: string } | { press: string } | { scroll: number };

export interface Line {
  say: string;
  /** Done one after the other, beginning while the line is said; a line that only comments has none. */
  acts?: Act[];
  /** Share of the line's length at which the first act happens: below 1 while speaking, above 1 after it. */
  when?: number;
  /** Seconds from the settled result to the next line. */
  rest?: number;
}

export interface Tutorial {
  name: string;
  html: string;
  lines: Line[];
}

export const tutorials: Tutorial[] = [
  {
    name: 'workspace',
    html: workspace,
    lines: [
      { say: "In this video I'll show you how to invite a colleague to your workspace." },
      { say: 'First, click on settings in the sidebar.', acts: [{ click: '#settings' }] },
      { say: 'Then open the members page.', acts: [{ click: '#members' }], when: 1.1 },
      { say: 'Here you can see everyone who has access.', rest: 0.6 },
      { say: 'Now press the invite button.', acts: [{ click: '#invite' }], rest: 0.7 },
      {
        say: 'Type the address of your colleague into the field.',
        acts: [{ click: '#mail' }, { type: 'sam@example.org', into: '#mail' }],
        when: 0.5,
      },
      {
        say: 'Choose editor from the list of roles.',
        acts: [{ click: '#role' }, { click: '#editor' }],
      },
      {
        say: 'And click send to send the invitation.',
        acts: [{ click: '#send' }],
        when: 0.7,
        rest: 1.6,
      },
      {
        say: 'Next, tick the box in front of the new member.',
        acts: [{ click: '#weekly' }],
        when: 1.15,
      },
      { say: 'Finally, go back to the dashboard.', acts: [{ click: '#dashboard' }], rest: 1.2 },
      { say: "That's it. Thanks for watching." },
    ],
  },
  {
    name: 'library',
    html: library,
    lines: [
      {
        say: "Okay, let's start by searching for something.",
        acts: [{ click: '#search' }, { type: 'garden', into: '#search' }, { press: 'Enter' }],
        when: 0.8,
      },
      {
        say: "So now I'm going to switch to the dark theme.",
        acts: [{ click: '#theme' }],
        rest: 0.8,
      },
      { say: 'And then I go to the photos.', acts: [{ click: '#photos' }], when: 0.85 },
      {
        say: 'You want to upload another one with the upload button.',
        acts: [{ click: '#upload' }],
        when: 0.9,
        rest: 1.4,
      },
      {
        say: 'After that, we open the documents from the menu on the left.',
        acts: [{ click: '#documents' }],
        when: 0.6,
      },
      { say: 'This is the list of all of our files, and it is a long one.', rest: 0.4 },
      { say: 'Let me scroll down to the end of the list.', acts: [{ scroll: 500 }], when: 0.9 },
      {
        say: "I'll scroll back up and remove the first document.",
        acts: [{ scroll: -500 }, { click: '#remove' }],
        when: 0.7,
      },
      {
        say: 'If anything is unclear, open the help page.',
        acts: [{ click: '#help' }],
        when: 1.05,
      },
      {
        say: 'And here I expand the second question to read the answer.',
        acts: [{ click: '#q2 summary' }],
        when: 0.8,
        rest: 1.5,
      },
    ],
  },
];
