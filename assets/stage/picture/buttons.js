/**
 * Two buttons that save the stage of a lesson as it is seen now: PNG (twice as fine as the screen), SVG.
 * data: {stage: id of the stage, name: of the file, words: {png, svg, …}}
 */
import { stages } from '../registry.js';
import { withFonts } from './fonts.js';
import { picture } from './page.js';

const FINE = 2;

export function mount(parent, data) {
  let box = parent.querySelector('.pf-picture');
  if (!box) {
    box = document.createElement('div');
    box.className = 'pf-picture';
    box.innerHTML = `<style>
      .pf-picture { display: flex; gap: 12px; flex-wrap: wrap; font: 15px var(--st-font, system-ui, sans-serif); }
      .pf-picture button { width: 150px; padding: 7px 12px; font: inherit; color: var(--st-text-color, inherit); cursor: pointer;
        background: var(--st-background-color, none); border: 1px solid var(--st-border-color, gray); border-radius: var(--st-button-radius, 8px); }
      .pf-picture button:is(:hover, :focus-visible) { border-color: var(--st-primary-color); color: var(--st-primary-color); }
      .pf-picture p { flex-basis: 100%; margin: 0; }
    </style><button type="button" data-form="png"></button><button type="button" data-form="svg"></button><p role="status" hidden></p>`;
    box.addEventListener('click', ({ target }) => target.dataset.form && save(box, target.dataset.form));
    parent.append(box);
  }
  box.data = data;
  for (const button of box.querySelectorAll('button')) {
    button.textContent = data.words[button.dataset.form];
    button.title = data.words[`${button.dataset.form}_title`];
  }
  return () => unmount(parent);
}

export function unmount(parent) {
  parent.querySelector('.pf-picture')?.remove();
}

async function save(box, form) {
  const { stage, name, words } = box.data;
  const said = box.querySelector('p');
  said.hidden = true;
  try {
    const found = stages.get(stage);
    if (!found) throw new Error(words.no_stage);
    const made = picture(found.root, found.redraw);
    const file = form === 'svg' ? new Blob([made.svg], { type: 'image/svg+xml' }) : await pixels(made);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${name}.${form}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (error) {
    said.hidden = false;
    said.textContent = words.failed.replace('{message}', error.message);
  }
}

/** The SVG drawn on a canvas, as PNG. */
async function pixels({ svg, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await withFonts(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: FINE * width, height: FINE * height });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
}
