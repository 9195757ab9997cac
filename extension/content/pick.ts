/** Brought into every frame of a tab when the person wants to point at something to hide. Ends with the panel. */
import { redactText, defaultRedaction } from '../../web/core/redaction.ts';
import { pickElement, type Picked } from '../../web/capture/page/pick-element.ts';
import { siteOfPage } from '../../web/capture/page/site.ts';
import { pickPort, type PickedElement } from '../messages.ts';
import { scope } from './scope.ts';

/** Milliseconds after the choice in which the page still tells of the press that made it. */
const aftermath = 100;
const longestLabel = 60;

const isPlain = (text: string) => redactText(text, defaultRedaction) === text;
/** Attributes that often say the very thing that is to be hidden. */
const telling = /\[(?:aria-label|title|alt|placeholder)=/;
/** What developers call it: an id, or a name for tests. */
const ownName = /(?:#|\[(?:data-[\w-]+|name)=")([\w -]+)"?\]?$/;

/** The list is handed on, so nothing in it may say what it hides: names of fields do not, text of the page does. */
function listed({ selectors, element }: Picked): PickedElement {
  const plain = selectors.filter(isPlain);
  const selector = plain.find((each) => !telling.test(each)) ?? plain[0];
  if (!selector) return null;
  const { label = '', role = '', tag } = element;
  const isField = /^(?:input|select|textarea)$/.test(tag);
  const isName = isField && label !== '' && label.length <= longestLabel && isPlain(label);
  const name = ownName.exec(selector)?.[1]?.replace(/[-_]+/g, ' ') ?? role;
  return { site: siteOfPage(), selector, label: isName ? label : name };
}

async function pick(): Promise<void> {
  const controller = new AbortController();
  const port = chrome.runtime.connect({ name: pickPort });
  // Another frame has it, or the panel is gone.
  port.onMessage.addListener(() => controller.abort());
  port.onDisconnect.addListener(() => controller.abort());
  scope.cairnPicking = { from: Date.now(), to: Infinity };
  const picked = await pickElement({
    signal: controller.signal,
    shadowRootOf: (element) => chrome.dom.openOrClosedShadowRoot(element as HTMLElement),
  });
  scope.cairnPicking.to = Date.now() + aftermath;
  if (!controller.signal.aborted) port.postMessage(picked && listed(picked));
}

void pick();
