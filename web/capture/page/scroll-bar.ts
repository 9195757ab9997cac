/** Whether a press is on an element's scroll bar rather than on what the element holds. */
export function onScrollBar(target: Element, event: MouseEvent): boolean {
  if (!(target instanceof HTMLElement) || target.matches('input, select')) return false;
  const { clientWidth, clientHeight } = target;
  if (target === document.documentElement) {
    return event.clientX >= clientWidth || event.clientY >= clientHeight;
  }
  if (clientWidth === 0 || clientHeight === 0) return false;
  const { overflowX, overflowY } = getComputedStyle(target);
  const rect = target.getBoundingClientRect();
  return (
    (/auto|scroll/.test(overflowY) &&
      event.clientX - rect.left - target.clientLeft > clientWidth) ||
    (/auto|scroll/.test(overflowX) && event.clientY - rect.top - target.clientTop > clientHeight)
  );
}
