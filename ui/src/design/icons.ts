import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";

/** Line icons on a 24 × 24 grid; `mirror` ones point somewhere and turn round in right-to-left pages. */
const PATHS = {
  accept: svg`<path d="M4.5 12.5l5 5 10-11"/>`,
  back: svg`<path d="M14.5 5.5L8 12l6.5 6.5"/>`,
  bell: svg`<path d="M6 16V11a6 6 0 0112 0v5l1.5 2h-15zM10 20.5h4"/>`,
  bellOff: svg`<path d="M6 16V11a6 6 0 019.5-4.9M18 12v4l1.5 2H8M10 20.5h4M4 4l16 16"/>`,
  chat: svg`<path d="M4 6.5A2.5 2.5 0 016.5 4h11A2.5 2.5 0 0120 6.5v7a2.5 2.5 0 01-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 014 13.5z"/>`,
  check: svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
  close: svg`<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>`,
  columns: svg`<rect x="3.5" y="4.5" width="17" height="15" rx="2.5"/><path d="M12 4.5v15"/>`,
  consult: svg`<circle cx="9" cy="9" r="3.5"/><path d="M3 19.5c.6-3.4 3-5 6-5s5.4 1.6 6 5M16 4.5a3.5 3.5 0 010 7M17.5 14.8c2 .6 3.2 2.2 3.5 4.7"/>`,
  down: svg`<path d="M6 9.5l6 6 6-6"/>`,
  end: svg`<rect x="6.5" y="6.5" width="11" height="11" rx="2"/>`,
  full: svg`<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>`,
  info: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.01"/>`,
  mail: svg`<rect x="3.5" y="5.5" width="17" height="13" rx="2.5"/><path d="M4.5 7.5l7.5 6 7.5-6"/>`,
  note: svg`<path d="M5 4.5h14v10l-5 5H5zM14 19.5v-5h5M8.5 9h7M8.5 12.5h4"/>`,
  pause: svg`<path d="M8.5 6v12M15.5 6v12"/>`,
  phone: svg`<path d="M6 4h3.5l1.5 4-2 1.5a11 11 0 005.5 5.5l1.5-2 4 1.5V18a2 2 0 01-2 2A16 16 0 014 6a2 2 0 012-2z"/>`,
  play: svg`<path d="M8 5.5l10.5 6.5L8 18.5z"/>`,
  send: svg`<path d="M4.5 12L20 4.5 15.5 20l-3.5-6.5zM12 13.5L20 4.5"/>`,
  transfer: svg`<path d="M4 8.5h14M14 4.5l4 4-4 4M20 16.5H7"/>`,
  wave: svg`<path d="M4 14.5c2.5-6 4-6 5.5 0s3 6 5.5 0 3-5.5 5-2.5"/>`,
} as const;

const POINTING = new Set<Icon>(["back", "send", "transfer", "play"]);

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): TemplateResult {
  const path: SVGTemplateResult = PATHS[name];
  return html`<svg class="icon ${POINTING.has(name) ? "mirror" : ""}" viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;
}
