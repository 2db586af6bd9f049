import { newId } from "./identity";
import type { Answer, Command } from "./types";

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface Pending {
  id: string;
  command: Command;
}

interface Entry extends Pending {
  sent: boolean;
  settle: ((answer: Answer) => void) | null;
}

/**
 * Commands asked and not yet answered, in order. They outlive a reload (kept on `shelf`) and are sent again after every
 * reconnect under the same id, so the centre recognises a repeat.
 */
export class Outbox {
  private entries: Entry[];
  private readonly settled = new Set<string>();

  constructor(
    private readonly shelf: Shelf | null,
    private readonly key: string,
  ) {
    this.entries = readShelf(shelf, key).map((pending) => ({ ...pending, sent: false, settle: null }));
  }

  add(command: Command, id: string = newId("d")): { id: string; answer: Promise<Answer> } {
    let settle: (answer: Answer) => void = () => undefined;
    const answer = new Promise<Answer>((resolve) => {
      settle = resolve;
    });
    this.entries.push({ id, command, sent: false, settle });
    this.save();
    return { id, answer };
  }

  /** What has to be sent now, oldest first. */
  unsent(): Pending[] {
    return this.entries.filter((entry) => !entry.sent).map(({ id, command }) => ({ id, command }));
  }

  pending(): Pending[] {
    return this.entries.map(({ id, command }) => ({ id, command }));
  }

  markSent(id: string): void {
    for (const entry of this.entries) if (entry.id === id) entry.sent = true;
  }

  /** Ids sent on this connection and not answered yet. */
  sent(): string[] {
    return this.entries.filter((entry) => entry.sent).map((entry) => entry.id);
  }

  /** The centre does not know the answer yet: the same entry is to be sent again. */
  askAgain(id: string): void {
    for (const entry of this.entries) if (entry.id === id) entry.sent = false;
  }

  /** The connection is gone: whatever has no answer must be sent again. */
  rewind(): void {
    for (const entry of this.entries) entry.sent = false;
  }

  /** Settles one entry; returns its command, or null for an id that is not (or no longer) waited for. */
  answer(id: string, answer: Answer): Command | null {
    const entry = this.entries.find((candidate) => candidate.id === id);
    if (!entry) return null;
    this.settled.add(id);
    this.entries = this.entries.filter((candidate) => candidate !== entry);
    this.save();
    entry.settle?.(answer);
    return entry.command;
  }

  /** Writes what is pending, and leaves alone what another tab has put there. */
  private save(): void {
    try {
      const own = new Set(this.entries.map((entry) => entry.id));
      const others = readShelf(this.shelf, this.key).filter(({ id }) => !own.has(id) && !this.settled.has(id));
      const kept = [...others, ...this.pending()];
      if (kept.length === 0) this.shelf?.removeItem(this.key);
      else this.shelf?.setItem(this.key, JSON.stringify(kept));
    } catch {
      // A full or forbidden storage only costs the survival of a reload.
    }
  }
}

function readShelf(shelf: Shelf | null, key: string): Pending[] {
  try {
    const kept: unknown = JSON.parse(shelf?.getItem(key) ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.filter(
      (entry: unknown): entry is Pending =>
        typeof entry === "object" && entry !== null && "id" in entry && "command" in entry,
    );
  } catch {
    return [];
  }
}
