/** Symbols of a formula (`data-mark`) point at their marks in the picture while a pointer or the focus is on them. */

/** @param {HTMLElement} root @param {(mark: string | null) => void} show */
export function linkMarks(root, show) {
  const at = ({ target }) => show(target.closest?.('[data-mark]')?.dataset.mark ?? null);
  for (const type of ['pointerover', 'focusin']) root.addEventListener(type, at);
  for (const type of ['pointerleave', 'focusout']) root.addEventListener(type, () => show(null));
}

/** The formula of the lessons on inverse problems, its symbols linked. */
export const FORMULA = `<em class="pf-formula"><span data-mark="x" tabindex="0">x</span> = T⁻¹(<span data-mark="y" tabindex="0">y</span>, <span
  data-mark="z" tabindex="0">z</span>)</em>`;
