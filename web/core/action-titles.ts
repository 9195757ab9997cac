/** What to write above a step that was seen to be done: "Click **Invite**", "Choose **Editor** in *Role*". */
import type { Interaction } from './interaction.ts';

/** As the interactions of one step tell it. */
export interface Deed extends Pick<
  Interaction,
  'kind' | 'label' | 'role' | 'value' | 'keys' | 'target'
> {
  /** Of the page that was gone to. */
  page?: string;
}

/** Empty where nothing is known of what was acted on. */
export function deedTitle(deed: Deed): string {
  const name = cleaned(deed.label ?? '');
  const strong = name && `**${name}**`;
  switch (deed.kind) {
    case 'click':
      return name && clickTitle(deed.role ?? '', strong);
    case 'double-click':
      return name && `Double-click ${strong}`;
    case 'context-menu':
      return name && `Right-click ${strong}`;
    case 'input':
      return name && typeTitle(name, cleaned(deed.value ?? ''));
    case 'key':
      return deed.keys ? `Press **${deed.keys.replaceAll('*', '')}**` : '';
    case 'choice':
      return choiceTitle(deed.role ?? '', name, cleaned(deed.value ?? ''));
    case 'selection':
      return name ? `Select the text ${strong}` : '';
    case 'drag': {
      const to = cleaned(deed.target?.label ?? '');
      return name && (to ? `Drag ${strong} to **${to}**` : `Drag ${strong}`);
    }
    case 'navigation':
      return name && `Go to ${strong}`;
    case 'tab':
      return name && `Switch to the tab ${strong}`;
    case 'scroll':
      return name && `Scroll to ${strong}`;
  }
}

/** Where nothing tells what was acted on, its picture shows it: what was done there. */
export function namelessTitle({ kind, role = '', value = '' }: Deed): string {
  switch (kind) {
    case 'click':
      return /^(?:button|link|checkbox|switch|tab|slider)$/.test(role)
        ? `Click the ${role}`
        : 'Click the marked place';
    case 'double-click':
      return 'Double-click the marked place';
    case 'context-menu':
      return 'Right-click the marked place';
    case 'input':
      return role === 'searchbox' ? 'Type in the search field' : 'Type in the marked field';
    case 'choice':
      return /^(?:checkbox|switch)$/.test(role)
        ? `${switched(role, value)} the marked ${role === 'switch' ? 'switch' : 'box'}`
        : 'Choose in the marked field';
    case 'selection':
      return 'Select the marked text';
    case 'drag':
      return 'Drag what is marked';
    case 'key':
    case 'navigation':
    case 'tab':
    case 'scroll':
      return '';
  }
}

function clickTitle(role: string, strong: string): string {
  switch (role) {
    case 'checkbox':
    case 'switch':
      return `Toggle ${strong}`;
    case 'option':
    case 'radio':
    case 'menuitemradio':
      return `Choose ${strong}`;
    case 'textbox':
    case 'searchbox':
      return `Click into ${strong}`;
    case 'combobox':
    case 'listbox':
      return `Open ${strong}`;
    case 'tab':
      return `Open the tab ${strong}`;
    default:
      return `Click ${strong}`;
  }
}

function choiceTitle(role: string, name: string, value: string): string {
  if (role === 'checkbox' || role === 'switch' || role === 'menuitemcheckbox')
    return name && `${switched(role, value)} **${name}**`;
  if (role === 'slider' || role === 'spinbutton')
    return name && (value ? `Set *${name}* to **${value}**` : `Set **${name}**`);
  // What opens the system's own picker.
  if (role === 'button' && !value) return `Choose a file${name && ` with **${name}**`}`;
  if (value && name && value !== name) return `Choose **${value}** in *${name}*`;
  const one = value || name;
  return one && `Choose **${one}**`;
}

function switched(role: string, value: string): string {
  if (value !== 'true' && value !== 'false') return 'Toggle';
  const isOn = value === 'true';
  return role === 'switch' ? (isOn ? 'Turn on' : 'Turn off') : isOn ? 'Tick' : 'Untick';
}

/** Labels that say what the field does rather than what belongs into it. */
const doing = /^(?:search|enter|type|write|add|filter|find|ask|say|start|choose|select|message)\b/i;

/** Labels that are told to the person as they stand. */
const ordering = /^(?:enter|type|write) (?:an?|the|your|some|in|here)\b/i;

function typeTitle(name: string, value: string): string {
  const typed = value ? `**${value}** ` : '';
  if (ordering.test(name) && !value) return name.charAt(0).toUpperCase() + name.slice(1);
  if (doing.test(name) || name.split(' ').length > 5)
    return value ? `Type ${typed}in *${name}*` : `Type in **${name}**`;
  if (value) return `Type ${typed}in *${name}*`;
  const words = name.split(' ');
  const isOwn = /^(?:your|my|our|the|a|an)$/i.test(words[0]!);
  // "Email Address" is capitalised throughout; in "Email for Anna" the name is not ours to lower.
  const capitals = words.filter((word) => capitalised.test(word)).length;
  const isHeadline = capitals > 1 && words.every((w) => capitalised.test(w) || w.length <= 3);
  const phrase = words
    .map((word, i) =>
      capitalised.test(word) && (i === 0 || isHeadline) ? word.toLowerCase() : word,
    )
    .join(' ');
  return isOwn ? `Type ${phrase}` : `Type the ${phrase}`;
}

/** "Email" and "E-mail", but not "URL" and "GitHub", which keep their capitals. */
const capitalised = /^\p{Lu}[\p{Ll}-]*$/u;

/** A shortcut that stands behind the name: "Rename F2", "Bold (Ctrl+B)", "Italic - [ctrl-I]", "Save ⌘S". */
const shortcut =
  /(?<=\S)[\s–-]*[\s([](?:(?:(?:ctrl|control|cmd|command|shift|alt|option|meta)\s?[+-]\s?)+[^\s)\]]{1,10}|[⌘⇧⌥⌃]+\s?\+?\s?[^\s)\]]{1,10}|F\d{1,2})[)\]]?$/i;

/** Whole words, at most 48 characters, without shortcuts and what marks fields as required or ends labels. */
function cleaned(label: string): string {
  const words = label
    .replace(/\((?:required|optional)\)/gi, '')
    .replaceAll('*', '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(shortcut, '')
    .trim()
    .replace(/[:….]+$/, '')
    .split(' ');
  while (words.length > 1 && words.join(' ').length > 48) words.pop();
  return words.join(' ').slice(0, 60);
}
