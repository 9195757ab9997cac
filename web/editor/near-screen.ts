/** Tells elements when they come near the visible part of a scrolling box, and when they leave. */
const margin = '900px 0px';

export function observer(root: () => HTMLElement | undefined) {
  const callbacks = new WeakMap<Element, (near: boolean) => void>();
  let shared: IntersectionObserver | null = null;
  let count = 0;

  return (element: Element, seen: (near: boolean) => void): (() => void) => {
    // The root is there only once everything in it has been mounted.
    shared ??= new IntersectionObserver(
      (entries) => entries.forEach((e) => callbacks.get(e.target)?.(e.isIntersecting)),
      { root: root() ?? element.parentElement, rootMargin: margin },
    );
    const observing = shared;
    callbacks.set(element, seen);
    observing.observe(element);
    count++;
    return () => {
      observing.unobserve(element);
      if (--count === 0) {
        observing.disconnect();
        shared = null;
      }
    };
  };
}
