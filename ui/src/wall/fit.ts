/** A wall screen cannot be scrolled: what it shows is made as large as fits, and what never fits takes turns. */
import type { Address } from "./address";

/** Sizes tried, the largest first; smaller than the last nobody reads it from five metres. */
const SIZES = [2, 1.8, 1.65, 1.5, 1.4, 1.3, 1.2, 1.1, 1, 0.92, 0.85, 0.8] as const;

export interface Page {
  from: number;
  to: number;
  /** Which of how many, from 1. */
  number: number;
  of: number;
}

/** What is on at an instant when `per` of `count` fit: each round of the screen shows the next page, on every screen the same. */
export function pageAt(count: number, per: number, address: Address, now: number): Page {
  const of = per > 0 && per < count ? Math.ceil(count / per) : 1;
  const turn = Math.floor(now / (address.every * address.show.length)) % of;
  return of === 1 ? { from: 0, to: count, number: 1, of } : { from: turn * per, to: Math.min(count, (turn + 1) * per), number: turn + 1, of };
}

export class Fitting {
  private per = Number.POSITIVE_INFINITY;
  private measured = "";

  page(count: number, address: Address, now: number): Page {
    return pageAt(count, address.screen ? this.per : count, address, now);
  }

  /** Looks at what was drawn; whether it must be drawn again. Measures only what is new: another view, number or window. */
  measure(list: HTMLElement | null, show: string): boolean {
    const count = Number(list?.dataset["count"]);
    const wanted = `${show} ${count} ${innerWidth} ${innerHeight} ${document.fonts.status}`;
    if (!list || !list.childElementCount || wanted === this.measured) return false;
    this.measured = wanted;
    const before = this.per;
    const most = largest(list, count);
    this.per = most >= count ? Number.POSITIVE_INFINITY : evenly(count, most);
    if (most < count) largest(list, this.per);
    return this.per !== before;
  }
}

/** As many on each page as on the next, as far as it goes, and no more than fit. */
export function evenly(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most));
}

/** Gives the list the largest size at which so many fit; how many fit then. */
function largest(list: HTMLElement, wanted: number): number {
  let most = 1;
  for (const size of SIZES) {
    list.style.setProperty("--fit", String(size));
    most = capacity(list);
    if (most >= wanted) break;
  }
  return most;
}

function capacity(list: HTMLElement): number {
  const { gridTemplateColumns, rowGap, fontSize } = getComputedStyle(list);
  const gap = Number.parseFloat(rowGap) || 0;
  const space = innerHeight - list.getBoundingClientRect().top - Number.parseFloat(fontSize) / 2;
  const height = Math.max(...[...list.children].map((each) => (each as HTMLElement).offsetHeight));
  return Math.max(1, Math.floor((space + gap) / (height + gap))) * gridTemplateColumns.split(" ").length;
}
