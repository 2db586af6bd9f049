/** Line icons on a 24 × 24 grid, drawn in `icons.json` for pages and front end alike (`src/pasokh/office/icons.py`). */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import icons from "../../../src/pasokh/office/icons.json";

const { drawn } = icons;

/** They point somewhere and turn round in right-to-left pages. */
const POINTING = new Set<string>(icons.pointing);

export type Icon = keyof typeof drawn;

export const ICONS = Object.keys(drawn) as Icon[];

/** Each drawing is a template of its own, made once: lit-html knows a template by its strings. */
const TEMPLATES = new Map<Icon, SVGTemplateResult>(ICONS.map((name) => [name, svg(Object.assign([drawn[name]], { raw: [drawn[name]] }))]));

export function icon(name: Icon): TemplateResult {
  return html`<svg class="icon ${POINTING.has(name) ? "mirror" : ""}" viewBox="0 0 24 24" aria-hidden="true">${TEMPLATES.get(name)}</svg>`;
}
