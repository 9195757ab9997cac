/** Turns what the watchers of a frame notice into events: ids, places in the top viewport, redaction. */
import type { InteractionKind, Point, Rect } from '../../core/interaction.ts';
import {
  hiddenText,
  hidesField,
  noRedaction,
  redactText,
  selectorsFor,
  type RedactionRules,
} from '../../core/redaction.ts';
import { nameOf, roleOf } from './accessible.ts';
import { plainAddress, redactAddress } from './address.ts';
import type { ShadowRootOf } from './meaningful-element.ts';
import type { ElementFacts, PageEvent } from './page-event.ts';
import { placePoint, placeRect, type FramePlacement, type Placement } from './placement.ts';
import { isSelector, selectorsOf } from './selectors.ts';
import { siteOfPage } from './site.ts';
import { ScreenPosition } from './viewport.ts';

export interface LogOptions {
  emit(event: PageEvent): void;
  rules: RedactionRules;
  /** Whether what is typed and marked may be recorded, outside private fields. */
  text: boolean;
  /** Whether addresses keep their query and fragment. */
  query: boolean;
  placement: FramePlacement;
  shadowRootOf: ShadowRootOf;
}

/** As the frame sees it: its own CSS pixels, nothing hidden yet. */
interface Draft {
  id: string;
  state: PageEvent['state'];
  kind: InteractionKind;
  time: number;
  end?: number;
  element?: ElementFacts;
  point?: Point;
  value?: string;
  keys?: string;
  target?: PageEvent['target'];
  distance?: Point;
  traversed?: boolean;
  /** Of the frame and its top page when it happened. */
  place?: Placement | null;
}

export type Change = Partial<Omit<Draft, 'id' | 'state' | 'place'>>;

/** One event, to be said more of. Nothing can be said of one that was dropped. */
export interface Entry {
  readonly draft: Readonly<Draft>;
  update(change?: Change): void;
  /** As `update`, but said with the next report only. */
  keep(change: Change): void;
  done(change?: Change): void;
  drop(): void;
  /** Takes title and address of the page again. */
  refresh(): void;
}

/** Milliseconds since the epoch at which an event happened, which is before it was handled. */
export const epochOf = (event: Event): number =>
  Date.now() - Math.max(0, performance.now() - event.timeStamp);

export class EventLog {
  readonly text: boolean;
  readonly shadowRootOf: ShadowRootOf;
  readonly #options: LogOptions;
  readonly #screen = new ScreenPosition();
  // `randomUUID` is missing on pages without encryption.
  readonly #frame = [...crypto.getRandomValues(new Uint32Array(2))]
    .map((n) => n.toString(36))
    .join('');
  #rules: RedactionRules = noRedaction;
  #masks = '';
  #count = 0;

  constructor(options: LogOptions) {
    this.#options = options;
    this.text = options.text;
    this.shadowRootOf = options.shadowRootOf;
    this.rules = options.rules;
  }

  /** What is hidden in events from now on. */
  set rules(rules: RedactionRules) {
    this.#rules = rules;
    // Only the last part of a path through shadow roots can be asked of an element by itself.
    this.#masks = selectorsFor(rules, siteOfPage())
      .map((selector) => selector.split(' >>> ').at(-1)!)
      .filter(isSelector)
      .join(',');
  }

  /** What relates CSS pixels to the screen; to be called with every pointer event. */
  seePointer(event: MouseEvent): void {
    const place = this.#options.placement.current();
    if (!place) return;
    const point = placePoint(place, { x: event.clientX, y: event.clientY });
    this.#screen.learn(point, { x: event.screenX, y: event.screenY }, place.top);
  }

  /** Facts of an element as it is now. @param rect where something else than its box is meant. */
  describe(element: Element, rect?: Rect): ElementFacts {
    const role = roleOf(element);
    const hidden = this.isHidden(element);
    const label = hidden ? hiddenText : nameOf(element, { text: this.text });
    const told = label && this.#withoutMasked(element, label);
    const box = rect ?? element.getBoundingClientRect();
    return {
      role,
      label: told,
      tag: element.localName,
      selectors: selectorsOf(element, role, hidden || told !== label ? undefined : label),
      rect: { x: box.x, y: box.y, width: box.width, height: box.height },
    };
  }

  /** Whether a rule hides the whole element, or one around it. */
  isHidden(element: Element): boolean {
    if (!this.#masks) return false;
    for (let at: Element | null = element; at;) {
      if (at.closest(this.#masks)) return true;
      const root = at.getRootNode();
      at = root instanceof ShadowRoot ? root.host : null;
    }
    return false;
  }

  /** What was typed in a field, where that may be recorded. */
  allowedText(element: Element, value: string): string | undefined {
    const rules = this.#rules;
    if (!this.text || this.isHidden(element) || rules.fields === 'all') return undefined;
    // Half an address is as private as a whole one.
    return hidesField(value, rules) && redactText(value, rules) === value ? hiddenText : value;
  }

  /** Says at once that something began. */
  begin(kind: InteractionKind, fields: Omit<Change, 'kind'> & { time: number }): Entry {
    const { placement } = this.#options;
    const draft: Draft = {
      ...fields,
      kind,
      id: `${this.#frame}-${++this.#count}`,
      state: 'begun',
      place: placement.current(),
    };
    const say = () => this.#emit(draft);
    if (placement.isStale()) {
      void placement.ask().then((place) => {
        if (!place || samePlace(place, draft.place)) return;
        draft.place = place;
        if (draft.state !== 'void') say();
      });
    }
    say();
    const change = (state: PageEvent['state'], what: Change = {}) => {
      if (draft.state === 'void') return;
      Object.assign(draft, what, { state });
      say();
    };
    return {
      draft,
      update: (what) => change(draft.state, what),
      keep: (what) => void Object.assign(draft, what),
      refresh: () => void (draft.place = placement.current()),
      done: (what) => change('done', what),
      drop: () => change('void'),
    };
  }

  #emit({ place, element, target, point, distance, value, ...rest }: Draft): void {
    const rules = this.#rules;
    const { query } = this.#options;
    const redact = (text: string | undefined) => text && redactText(text, rules);
    const rectOf = (rect: Rect | undefined) => (rect && place ? placeRect(place, rect) : undefined);
    const event: PageEvent = {
      ...rest,
      value: redact(value),
      point: point && place ? placePoint(place, point) : undefined,
      element: element && {
        ...element,
        label: redact(element.label),
        selectors: element.selectors.filter((s) => redactText(s, rules) === s),
        rect: rectOf(element.rect),
      },
      target: target && {
        ...target,
        label: redact(target.label),
        rect: rectOf(target.rect),
        point: target.point && place ? placePoint(place, target.point) : undefined,
      },
      distance:
        distance && place
          ? { x: distance.x * place.scaleX, y: distance.y * place.scaleY }
          : undefined,
      page: place
        ? {
            title: redactText(place.page.title, rules),
            url: redactAddress(plainAddress(place.page.url, { query }), rules),
          }
        : undefined,
      viewport: place ? this.#screen.facts(place.top) : undefined,
    };
    this.#options.emit(withoutUndefined(event));
  }

  /** The label without the text of hidden elements inside, or beside in what may name the element. */
  #withoutMasked(element: Element, label: string): string {
    if (!this.#masks) return label;
    let result = label;
    const table = element.closest('table, [role="row"]');
    const around = table ?? element.parentElement?.parentElement?.parentElement ?? element;
    for (const masked of around.querySelectorAll(this.#masks)) {
      const text = (masked.textContent ?? '').replace(/\s+/g, ' ').trim();
      if (text) result = result.split(text).join(hiddenText);
    }
    return result;
  }
}

const samePlace = (a: Placement, b: Placement | null | undefined): boolean =>
  b !== null && b !== undefined && a.x === b.x && a.y === b.y && a.scaleX === b.scaleX;

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => [k, isPlain(v) ? withoutUndefined(v) : v]),
  ) as T;

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
