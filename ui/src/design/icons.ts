import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";

/** Line icons on a 24 × 24 grid; `mirror` ones point somewhere and turn round in right-to-left pages. */
const PATHS = {
  accept: svg`<path d="M4.5 12.5l5 5 10-11"/>`,
  alarm: svg`<path d="M12 4.5l8.5 15h-17zM12 10v4.5M12 17v.01"/>`,
  eye: svg`<path d="M3 12c2.5-4.5 5.5-6.5 9-6.5s6.5 2 9 6.5c-2.5 4.5-5.5 6.5-9 6.5S5.500 16.500 3 12z"/><circle cx="12" cy="12" r="2.5"/>`,
  overflow: svg`<path d="M4 7h6c5 0 3 10 8 10h2M17 14l3 3-3 3M4 17h4"/>`,
  lock: svg`<rect x="5.500" y="10.500" width="13" height="9" rx="2"/><path d="M8.500 10.500V8a3.500 3.500 0 017 0v2.500"/>`,
  horn: svg`<path d="M4 10v4h3l9 4.500V5.500L7 10zM7 14l1.500 5h2.500l-1-4M19 9.500a3.500 3.500 0 010 5"/>`,
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
  reply: svg`<path d="M9.500 6.500L4.500 11.500l5 5M5 11.500h8.500a6 6 0 016 6"/>`,
  send: svg`<path d="M4.5 12L20 4.5 15.5 20l-3.5-6.5zM12 13.5L20 4.5"/>`,
  transfer: svg`<path d="M4 8.5h14M14 4.5l4 4-4 4M20 16.5H7"/>`,
  clip: svg`<path d="M19 11.5l-7.500 7.500a4.500 4.500 0 01-6.400-6.400l8-8a3 3 0 014.300 4.300l-8 8a1.500 1.500 0 01-2.100-2.100l7.200-7.300"/>`,
  file: svg`<path d="M6.500 3.500H14l4 4v13H6.500zM14 3.500v4h4M9.500 12h5M9.500 15.500h5"/>`,
  help: svg`<circle cx="12" cy="12" r="8.5"/><path d="M9.500 9.500a2.500 2.500 0 114 2c-1 .7-1.500 1.200-1.500 2.200M12 16.500v.01"/>`,
  day: svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600L7 7M17 17l1.400 1.400M5.600 18.400L7 17M17 7l1.400-1.400"/>`,
  due: svg`<rect x="4" y="5.500" width="16" height="14.500" rx="2.500"/><path d="M8 3.500v4M16 3.500v4M4 10.500h16M9.500 15l2 2 3.500-3.500"/>`,
  keys: svg`<rect x="3" y="6.500" width="18" height="11" rx="2"/><path d="M6.500 10h.01M10 10h.01M14 10h.01M17.500 10h.01M8 14h8"/>`,
  wave: svg`<path d="M4 14.5c2.5-6 4-6 5.5 0s3 6 5.5 0 3-5.5 5-2.5"/>`,
} as const;

const POINTING = new Set<Icon>(["back", "reply", "send", "transfer", "play"]);

export type Icon = keyof typeof PATHS;

export const ICONS = Object.keys(PATHS) as Icon[];

export function icon(name: Icon): TemplateResult {
  const path: SVGTemplateResult = PATHS[name];
  return html`<svg class="icon ${POINTING.has(name) ? "mirror" : ""}" viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;
}
