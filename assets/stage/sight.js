/**
 * Tell whether an element is in sight, whenever that changes. Several changes may come at once, as
 * where a tab was behind another: the last one counts.
 */
export function inSight(element, tell) {
  const observer = new IntersectionObserver((changes) => tell(changes[changes.length - 1].isIntersecting));
  observer.observe(element);
  return observer;
}
