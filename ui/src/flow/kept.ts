/** Unsaved work, kept in this browser until it is saved: it survives a reload, a closed window, a lost connection. */
import type { Flow } from "./types";

export interface Kept {
  flow: Flow;
  /** The version on the server that it started from. */
  version: number;
  at: number;
}

export function keep(key: string, flow: Flow, version: number, at: number): void {
  try {
    localStorage.setItem(key, JSON.stringify({ flow, version, at } satisfies Kept));
  } catch {
    // Then it lasts as long as the page.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

export function kept(key: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Kept> | null;
    const good = found && typeof found.version === "number" && typeof found.at === "number" && typeof found.flow?.nodes === "object";
    return good ? (found as Kept) : null;
  } catch {
    return null;
  }
}
