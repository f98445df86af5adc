/**
 * The lesson "change of variables": what a map does to a density, in 1-D and in the plane. Everything
 * is computed in the browser; no drag ever asks the server.
 */
const sheets = ['change_of_variables.css'];

// Styles come beside the code, not after it: a round trip less before the first picture.
for (const name of ['../stage.css', ...sheets]) {
  const hint = document.createElement('link');
  Object.assign(hint, { rel: 'preload', as: 'style', href: new URL(name, import.meta.url).href });
  document.head.append(hint);
}
const [{ lesson }, { ChangeOfVariables }, { SHOW }] = await Promise.all([
  import('./lesson.js'), import('./change_of_variables/lab.js'), import('./change_of_variables/table.js'),
]);

export const { mount, unmount, lookOf } = lesson({
  sheets, show: SHOW, create: (root) => new ChangeOfVariables(root),
});
