/**
 * Colours: the page's theme, the three fixed hues, and the wheel that paints the latent points.
 *
 * Data, model and latent keep one Okabe-Ito colour each on every picture (Okabe & Ito 2008), told
 * apart also by shape: rings, filled heat, lines.
 */

export const DATA = [0, 114, 178];
export const MODEL = [230, 159, 0];
export const LATENT = [0, 158, 115];

/** [r, g, b] as the 0xAABBGGRR that a little-endian pixel buffer holds. */
export const pack = ([r, g, b]) =>
  ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r));

/** Mix two [r, g, b]: t = 0 gives a, t = 1 gives b. */
export const blend = (a, b, t) => a.map((value, i) => value + (b[i] - value) * t);

/** [r, g, b] as CSS. */
export const css = ([r, g, b], alpha = 1) =>
  `rgba(${Math.round(r)}, ${Math.round(g)}, ${Math.round(b)}, ${alpha})`;

const parse = (text, fallback) => {
  const parts = (text.match(/[\d.]+/g) || []).map(Number);
  return parts.length >= 3 ? parts.slice(0, 3) : fallback;
};

/**
 * The colours of the page around the stage, as computed by the browser (so any CSS colour works).
 * @param {HTMLElement} root carries `background-color` and `color` from the theme
 */
export function readTheme(root) {
  const style = getComputedStyle(root);
  const paper = parse(style.backgroundColor, [255, 255, 255]);
  const ink = parse(style.color, [40, 40, 48]);
  const dark = 0.3 * paper[0] + 0.59 * paper[1] + 0.11 * paper[2] < 128;
  const projector = root.classList.contains('presenting');
  const lift = (colour) => (dark ? blend(colour, [255, 255, 255], 0.28) : colour);
  return {
    dark, paper, ink, projector,
    data: lift(DATA),
    model: MODEL,
    latent: lift(LATENT),
    soft: blend(paper, ink, 0.55),
    faint: blend(paper, ink, dark ? 0.2 : 0.14),
    room: dark ? blend(paper, [0, 0, 0], 0.25) : blend(paper, [255, 255, 255], 0.6),
    font: style.fontFamily,
    key: `${projector}|${style.backgroundColor}|${style.color}|${style.fontFamily}`,
  };
}

/**
 * 256 packed colours from the room's paper towards a hue: the density's ramp.
 */
export function heatRamp(paper, hue, strongest) {
  const ramp = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    ramp[i] = pack(blend(paper, hue, (strongest * i) / 255));
  }
  return ramp;
}

/** OKLab (Ottosson 2020) to linear-light sRGB, then to 0..255; null when out of gamut. */
function fromOklab(lightness, a, b) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  if (linear.some((v) => v < -1e-4 || v > 1.0001)) return null;
  return linear.map((v) => {
    const c = Math.min(1, Math.max(0, v));
    return 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);
  });
}

/**
 * The colour of the latent point at (angle, radius): hue is the angle, chroma grows with the radius.
 *
 * Steps in angle are even to the eye (OKLab). Readers who do not tell red from green keep both
 * axes: blue to yellow is still hue, and along red to green the lightness changes as well.
 */
export function wheel(angle, radius, dark) {
  const lightness = (dark ? 0.76 : 0.63) - 0.085 * Math.cos(angle);
  for (let chroma = 0.06 + 0.105 * Math.min(1, radius / 1.8); chroma > 0; chroma -= 0.004) {
    const rgb = fromOklab(lightness, chroma * Math.cos(angle), chroma * Math.sin(angle));
    if (rgb) return rgb;
  }
  return [128, 128, 128];
}

/** Packed wheel colours of latent points (x, y interleaved). */
export function paintPoints(latent, n, dark) {
  const colours = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const x = latent[2 * i];
    const y = latent[2 * i + 1];
    colours[i] = pack(wheel(Math.atan2(y, x), Math.hypot(x, y), dark));
  }
  return colours;
}
