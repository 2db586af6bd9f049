import { html, nothing, svg, type TemplateResult } from "lit-html";
import type { Wall } from "./context";
import type { Interval } from "./figures";

const WIDTH = 96;
const HEIGHT = 24;
/** Quarters that fill the width at least: the first of a day must be seen from where the wall is read. */
const LEAST = 8;

type Measure = "entered" | "answered" | "abandoned" | "waiting" | "sl";

/** The day of one figure in quarters of an hour. Its size never changes; what it says is said in words too. */
export function spark(wall: Wall, series: Interval[], of: Measure, label: string, target: number | null = null): TemplateResult {
  const values = series.map((each) => each[of]);
  const known = values.filter((value) => value !== null);
  const top = of === "sl" ? 1 : Math.max(1, ...known);
  const last = known.at(-1);
  const show = (value: number): string => (of === "sl" ? wall.f.percent(Math.round(value * 1000) / 1000) : wall.f.digits(value));
  const words = known.length && last !== undefined ? wall.t("wall.spark", { what: label, last: show(last), most: show(Math.max(...known)) }) : wall.t("wall.spark_none", { what: label });
  // A young day takes its part of the width only: four quarters are no whole day.
  const places = Math.max(LEAST, values.length);
  const x = (index: number): number => ((index + 0.5) / places) * WIDTH;
  const y = (value: number): number => HEIGHT - 2 - (value / top) * (HEIGHT - 4);
  const wide = (WIDTH / places) * 0.7;
  return html`<figure class="spark ${of}">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${words}>
      <title>${words}</title>
      ${target === null ? nothing : svg`<line class="target" x1="0" x2=${WIDTH} y1=${y(target)} y2=${y(target)} />`}
      ${of === "sl" || of === "waiting" ? line(values, x, y, wide) : bars(values, x, y, wide)}
    </svg>
    <figcaption>${label}</figcaption>
  </figure>`;
}

function line(values: (number | null)[], x: (index: number) => number, y: (value: number) => number, wide: number) {
  let path = "";
  let before: number | null = null;
  values.forEach((value, index) => {
    // A quarter with nothing to divide by is a gap, not a zero.
    if (value !== null) path += `${before === null ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    // A quarter alone is a dash as wide as itself: a line needs two.
    if (value !== null && before === null && values[index + 1] == null) path += `m${(-wide / 2).toFixed(1)} 0h${wide.toFixed(1)}`;
    before = value;
  });
  return svg`<path class="line" d=${path || "M0 0"} />`;
}

function bars(values: (number | null)[], x: (index: number) => number, y: (value: number) => number, wide: number) {
  const path = values.map((value, index) => (value ? `M${(x(index) - wide / 2).toFixed(1)} ${HEIGHT - 1}V${y(value).toFixed(1)}h${wide.toFixed(1)}V${HEIGHT - 1}z` : "")).join("");
  return svg`<path class="bars" d=${path || "M0 0"} />`;
}
