import { ranked } from "../keys/fuzzy";

/** A text that is written often (GET /api/v1/canned). */
export interface Canned {
  id: number | string;
  shortcut: string;
  title: string;
  text: string;
  variables: string[];
}

export interface Filled {
  text: string;
  /** The first hole that nothing filled, as a range in `text`; the end when there is none. */
  from: number;
  to: number;
}

const HOLE = /\{([a-z_]{1,40})\}/g;

/** Puts in what is known; what is not stays as its hole and is chosen, so that the next key replaces it. */
export function fill(text: string, values: Readonly<Record<string, string>>): Filled {
  let from = -1;
  let to = -1;
  let result = "";
  let at = 0;
  for (const found of text.matchAll(HOLE)) {
    result += text.slice(at, found.index);
    at = found.index + found[0].length;
    const value = values[found[1] ?? ""] ?? "";
    if (!value && from < 0) {
      from = result.length;
      to = from + found[0].length;
    }
    result += value || found[0];
  }
  result += text.slice(at);
  return from < 0 ? { text: result, from: result.length, to: result.length } : { text: result, from, to };
}

/** The next unfilled hole at or after a place, from the beginning again when there is none. */
export function nextHole(text: string, after: number): { from: number; to: number } | null {
  const holes = [...text.matchAll(HOLE)].map((found) => ({ from: found.index, to: found.index + found[0].length }));
  return holes.find((hole) => hole.from >= after) ?? holes[0] ?? null;
}

export function search(canned: readonly Canned[], query: string): Canned[] {
  return ranked(query, canned, (each) => [each.shortcut, each.title, each.text]).slice(0, 8);
}

/** What is being asked for before the cursor: `/` begins a canned answer, `@` (in notes) a colleague. */
export function asked(text: string, cursor: number, note: boolean): { kind: "/" | "@"; from: number; query: string } | null {
  const before = text.slice(0, cursor);
  const found = /(?:^|\s)([/@])([^\n/@]{0,40})$/u.exec(before);
  const [, sign, query] = found ?? [];
  if (query === undefined || (sign !== "/" && sign !== "@") || (sign === "@" && !note)) return null;
  if (/\s\s|^\s/u.test(query)) return null;
  return { kind: sign, from: cursor - query.length - 1, query };
}
