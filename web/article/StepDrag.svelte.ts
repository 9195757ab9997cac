/** Reordering steps with the pointer: which one is held, and the place it would fall into. */
export class StepDrag {
  #id = $state<string | null>(null);
  /** Between which steps it would land, counted in the full list. */
  #slot = $state<number | null>(null);
  readonly #list: () => HTMLElement | undefined;
  readonly #onDrop: (id: string, slot: number) => void;

  constructor(list: () => HTMLElement | undefined, onDrop: (id: string, slot: number) => void) {
    this.#list = list;
    this.#onDrop = onDrop;
  }

  get id(): string | null {
    return this.#id;
  }
  get slot(): number | null {
    return this.#slot;
  }

  start(id: string, event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#id = id;
    const end = new AbortController();
    const options = { signal: end.signal };
    window.addEventListener('pointermove', (e) => this.#move(e), options);
    const finish = (drop: boolean) => {
      end.abort();
      const slot = this.#slot;
      this.#id = null;
      this.#slot = null;
      if (drop && slot !== null) this.#onDrop(id, slot);
    };
    window.addEventListener('pointerup', () => finish(true), options);
    window.addEventListener('pointercancel', () => finish(false), options);
    window.addEventListener('keydown', (e) => e.key === 'Escape' && finish(false), options);
  }

  #move(event: PointerEvent): void {
    const list = this.#list();
    if (!list) return;
    const scroller = list.closest<HTMLElement>('[data-scroller]');
    const view = scroller?.getBoundingClientRect();
    if (scroller && view) {
      if (event.clientY < view.top + 60) scroller.scrollBy(0, -16);
      if (event.clientY > view.bottom - 60) scroller.scrollBy(0, 16);
    }
    const boxes = [...list.querySelectorAll('[data-step]')].map((e) => e.getBoundingClientRect());
    const below = boxes.findIndex((box) => event.clientY < (box.top + box.bottom) / 2);
    this.#slot = below < 0 ? boxes.length : below;
  }
}
