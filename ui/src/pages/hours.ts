/** The week as a grid of half-hours beside each day's line: painted by mouse or keys, the line stays what counts. */

const CELLS = 48;
const CELL_MINUTES = 30;
const DAY = 1_440;

export interface Span {
  start: number;
  end: number;
}

/** The spans of a typed line; null where it is no such line. */
export function readSpans(text: string): Span[] | null {
  const plain = text.replace(/[۰-۹]/g, (d) => String(d.charCodeAt(0) - 0x6f0)).replace(/[٠-٩]/g, (d) => String(d.charCodeAt(0) - 0x660));
  const spans: Span[] = [];
  for (const part of plain.split(/[,،;؛]+/).map((each) => each.trim())) {
    if (!part) continue;
    const found = /^(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|تا|до|to)\s*(\d{1,2})(?:[:.](\d{2}))?$/.exec(part);
    if (!found) return null;
    const start = Number(found[1]) * 60 + Number(found[2] ?? 0);
    const end = Number(found[3]) * 60 + Number(found[4] ?? 0);
    if (start > DAY || end > DAY) return null;
    spans.push({ start, end: end > start ? end : end + DAY });
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** Spans as a line in a language's digits. */
export function writeSpans(spans: readonly Span[], language: string): string {
  const clock = (minutes: number): string =>
    minutes === DAY ? "24:00" : `${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, "0")}`;
  const text = spans.map((s) => `${clock(s.start)}–${clock(s.end)}`).join(language === "fa" ? "، " : ", ");
  return language === "fa" ? text.replace(/\d/g, (d) => String.fromCharCode(0x6f0 + Number(d))) : text;
}

/** The spans with one cell opened or closed; parts of other cells, and what reaches into the next day, stay exact. */
export function withCell(spans: readonly Span[], cell: number, open: boolean): Span[] {
  const [from, to] = [cell * CELL_MINUTES, (cell + 1) * CELL_MINUTES];
  const cut = spans.flatMap((s) => [
    ...(s.start < from ? [{ start: s.start, end: Math.min(s.end, from) }] : []),
    ...(s.end > to ? [{ start: Math.max(s.start, to), end: s.end }] : []),
  ]);
  const all = (open ? [...cut, { start: from, end: to }] : cut).sort((a, b) => a.start - b.start);
  const joined: Span[] = [];
  for (const span of all) {
    const last = joined.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else joined.push({ ...span });
  }
  return joined;
}

const isOpen = (spans: readonly Span[], cell: number): boolean =>
  spans.some((s) => s.start < (cell + 1) * CELL_MINUTES && s.end > cell * CELL_MINUTES);

export function setUpHours(): void {
  const week = document.querySelector<HTMLElement>("[data-week]");
  if (!week) return;
  const language = document.documentElement.lang;
  const inputs = [...week.querySelectorAll<HTMLInputElement>("input[data-spans]")];
  const rows: HTMLElement[][] = [];
  let painting: boolean | null = null;
  document.addEventListener("pointerup", () => {
    painting = null;
  });
  inputs.forEach((input, place) => {
    const field = input.closest(".field");
    const day = field?.querySelector("label")?.textContent ?? "";
    const grid = document.createElement("div");
    grid.className = "hours-grid";
    grid.setAttribute("role", "group");
    grid.setAttribute("aria-label", (week.dataset["gridLabel"] ?? "{day}").replace("{day}", day));
    const cells: HTMLElement[] = [];
    const show = (): void => {
      const spans = readSpans(input.value);
      cells.forEach((cell, k) => cell.setAttribute("aria-pressed", String(spans !== null && isOpen(spans, k))));
    };
    const paint = (k: number, open: boolean): void => {
      const spans = readSpans(input.value);
      if (spans === null) return;
      input.value = writeSpans(withCell(spans, k, open), language);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    for (let k = 0; k < CELLS; k += 1) {
      const cell = document.createElement("button");
      cell.type = "button";
      cell.tabIndex = k === 18 ? 0 : -1;
      const from = writeSpans([{ start: k * 30, end: (k + 1) * 30 }], language);
      cell.setAttribute("aria-label", `${day} ${from}`);
      cell.title = from;
      cell.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        cell.focus();
        painting = cell.getAttribute("aria-pressed") !== "true";
        paint(k, painting);
      });
      cell.addEventListener("pointerenter", () => painting !== null && paint(k, painting));
      cell.addEventListener("click", (event) => {
        if (event.detail === 0) paint(k, cell.getAttribute("aria-pressed") !== "true");
      });
      cell.addEventListener("keydown", (event) => {
        const ahead = getComputedStyle(grid).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
        const back = ahead === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
        const steps: Record<string, [number, number]> = {
          [ahead]: [0, 1], [back]: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -k], End: [0, CELLS - 1 - k],
        };
        const step = steps[event.key];
        if (!step) return;
        event.preventDefault();
        const target = rows[place + step[0]]?.[k + step[1]];
        if (!target) return;
        if (event.shiftKey && step[0] === 0) paint(k + step[1], cell.getAttribute("aria-pressed") === "true");
        for (const other of cells) other.tabIndex = -1;
        target.tabIndex = 0;
        target.focus();
      });
      cells.push(cell);
    }
    rows.push(cells);
    grid.append(...cells);
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "button compact plain hours-copy";
    copy.textContent = week.dataset["copy"] ?? "";
    copy.setAttribute("aria-label", `${copy.textContent}: ${day}`);
    copy.addEventListener("click", () => {
      for (const other of inputs) {
        other.value = input.value;
        other.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    input.addEventListener("input", show);
    field?.append(grid, copy);
    show();
  });
}
