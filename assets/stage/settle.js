/** When the page around a place has come to rest: nothing should jump that somebody looks at. */
const REST = 250; // ms in which the place has not moved
const PATIENCE = 2500; // ms after which it is taken as it is

/** Do what can wait when the page has nothing else to do; Safari cannot tell when that is. */
export function whenIdle(act) {
  if (window.requestIdleCallback) window.requestIdleCallback(act, { timeout: PATIENCE });
  else setTimeout(act, REST);
}

/** Resolves once the style sheet is there and the element stands still, or is gone. */
export function settled(place, sheet) {
  const loaded = new Promise((go) => {
    for (const type of ['load', 'error']) sheet.addEventListener(type, go, { once: true });
  });
  const begun = performance.now();
  const still = new Promise((go) => {
    let since = begun;
    let at = '';
    const look = (now) => {
      const { left, top, width } = place.getBoundingClientRect();
      const here = `${left} ${top} ${width}`;
      if (here !== at) [at, since] = [here, now];
      if (now - since > REST || now - begun > PATIENCE || !place.isConnected) go();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  return Promise.all([loaded, still]);
}
