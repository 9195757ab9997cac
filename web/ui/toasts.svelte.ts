/** Short messages at the bottom of the screen. Screens and dialogs show them; Toaster draws them. */
import { untrack } from 'svelte';

export interface Toast {
  id: number;
  text: string;
  tone: 'neutral' | 'success' | 'danger';
  /** Usually Undo. The toast goes away when it is pressed. */
  action?: { label: string; run: () => void } | undefined;
  /** Called once when the toast went away and its action was not taken. */
  onexpire?: (() => void) | undefined;
}

export interface ToastOptions extends Partial<Pick<Toast, 'tone' | 'action' | 'onexpire'>> {
  /** Default 6 s, 10 s with an action, and until closed for errors. */
  durationMs?: number;
}

class Toasts {
  #list = $state.raw<Toast[]>([]);
  #timers = new Map<number, { timer?: ReturnType<typeof setTimeout>; ms: number }>();
  #nextId = 1;

  get list(): readonly Toast[] {
    return this.#list;
  }

  /** Shows a toast and returns its id. */
  show(
    text: string,
    { durationMs, tone = 'neutral', action, onexpire }: ToastOptions = {},
  ): number {
    const id = this.#nextId++;
    // Shown from an effect, a toast must not make that effect run again.
    const before = untrack(() => this.#list);
    this.#list = [...before.slice(-3), { id, text, tone, action, onexpire }];
    for (const pushedOut of before.slice(0, -3)) {
      this.#forget(pushedOut.id);
      pushedOut.onexpire?.();
    }
    const ms = durationMs ?? (tone === 'danger' ? 0 : action ? 10_000 : 6_000);
    this.#timers.set(id, { ms });
    this.resume(id);
    return id;
  }

  error(text: string, options: Omit<ToastOptions, 'tone'> = {}): number {
    return this.show(text, { ...options, tone: 'danger' });
  }

  act(id: number): void {
    const toast = this.#take(id);
    toast?.action?.run();
  }

  close(id: number): void {
    this.#take(id)?.onexpire?.();
  }

  /** Keeps a toast while the pointer or the focus is on it. */
  pause(id: number): void {
    clearTimeout(this.#timers.get(id)?.timer);
  }

  resume(id: number): void {
    const entry = this.#timers.get(id);
    if (!entry || entry.ms <= 0) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.close(id), entry.ms);
  }

  #take(id: number): Toast | undefined {
    const toast = this.#list.find((t) => t.id === id);
    this.#list = this.#list.filter((t) => t.id !== id);
    this.#forget(id);
    return toast;
  }

  #forget(id: number): void {
    clearTimeout(this.#timers.get(id)?.timer);
    this.#timers.delete(id);
  }
}

export const toasts = new Toasts();
