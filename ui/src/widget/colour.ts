/** Brand colours made readable: whatever colour a page gives, text and outlines keep the contrast WCAG asks for. */

type Rgb = [number, number, number];

const SHORT = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i;
const LONG = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;
const FUNCTION = /^rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})/i;
export const DEFAULT_ACCENT = "#0a7c80";
const DARK: Rgb = [11, 18, 20];

function read(colour: string): Rgb | null {
  const text = colour.trim();
  const short = SHORT.exec(text);
  if (short) return short.slice(1).map((part) => Number.parseInt(part + part, 16)) as Rgb;
  const long = LONG.exec(text);
  if (long) return long.slice(1).map((part) => Number.parseInt(part, 16)) as Rgb;
  const called = FUNCTION.exec(text);
  if (!called) return null;
  const parts = called.slice(1, 4).map(Number) as Rgb;
  return parts.every((part) => part <= 255) ? parts : null;
}

function write(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

function light(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The relative luminance of `#rgb`, `#rrggbb` or `rgb(…)` (WCAG 2); null for anything else. */
export function luminance(colour: string): number | null {
  const rgb = read(colour);
  return rgb && light(rgb);
}

/** The contrast of two colours, 1…21; 1 where one cannot be read. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  if (a === null || b === null) return 1;
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** White or near-black, whichever is read more easily on the colour. */
export function inkOn(colour: string): string {
  return contrast(colour, "#ffffff") >= contrast(colour, write(DARK)) ? "#ffffff" : write(DARK);
}

/** The colour moved towards black (on light grounds) or white (on dark ones) until it reaches `least` contrast there. */
export function readableOn(colour: string, ground: string, least: number): string {
  const rgb = read(colour);
  const base = luminance(ground);
  if (!rgb || base === null) return colour;
  const end: Rgb = base > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share <= 1; share += 0.04) {
    const mixed = write(rgb.map((part, at) => part + ((end[at] ?? 0) - part) * share) as Rgb);
    if (contrast(mixed, ground) >= least) return mixed;
  }
  return write(end);
}

export interface Accent {
  /** Fills: launcher, header, own messages. */
  fill: string;
  /** Text on a fill, at least 4.5 : 1. */
  ink: string;
  /** Outlines and borders on the panel's ground, at least 3 : 1. */
  line: string;
  /** Links and the like on the panel's ground, at least 4.5 : 1. */
  text: string;
}

/** Everything made of one brand colour for a ground. A fill that neither ink reads well on is moved until one does. */
export function accentOf(colour: string, ground: string): Accent {
  const asked = read(colour) ? colour : DEFAULT_ACCENT;
  let fill = write(read(asked) as Rgb);
  const ink = inkOn(fill);
  if (contrast(fill, ink) < 4.5) fill = readableOn(fill, ink, 4.5);
  return { fill, ink, line: readableOn(fill, ground, 3), text: readableOn(fill, ground, 4.5) };
}
