import type { Shelf } from "../live/outbox";
import type { Draft } from "./model";

export interface Handover {
  interaction: string;
  kind: "transfer" | "consult";
  search: string;
  target: string;
  note: string;
}

interface Kept {
  texts: Record<string, string>;
  outcomes: Record<string, string>;
  read: Record<string, number>;
  failed: Draft[];
  selected: string | null;
  columns: boolean;
  details: boolean;
  sound: boolean;
}

const KEY = "pasokh.desk";

/** What the desk itself remembers, over a reload too: the choice of conversation, unsent texts, what has been read. */
export class DeskMemory {
  selected: string | null = null;
  columns = false;
  details = true;
  sound = true;
  texts: Record<string, string> = {};
  outcomes: Record<string, string> = {};
  read: Record<string, number> = {};
  failed: Draft[] = [];
  noting = new Set<string>();
  handover: Handover | null = null;
  presenceOpen = false;
  /** On a phone: the list, or the chosen conversation. */
  view: "list" | "thread" = "list";
  notices: { id: number; text: string }[] = [];
  busy = new Set<string>();

  constructor(private readonly shelf: Shelf) {
    try {
      const kept = JSON.parse(shelf.getItem(KEY) ?? "{}") as Partial<Kept>;
      this.selected = kept.selected ?? null;
      this.columns = kept.columns ?? false;
      this.details = matchMedia("(min-width: 1241px)").matches && (kept.details ?? true);
      this.sound = kept.sound ?? true;
      this.texts = kept.texts ?? {};
      this.outcomes = kept.outcomes ?? {};
      this.read = kept.read ?? {};
      this.failed = kept.failed ?? [];
      this.view = this.selected ? "thread" : "list";
    } catch {
      // Nothing usable was kept; begin afresh.
    }
  }

  save(): void {
    const { texts, outcomes, read, failed, selected, columns, details, sound } = this;
    const kept: Kept = { texts, outcomes, read, failed, selected, columns, details, sound };
    try {
      this.shelf.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Without storage only the survival of a reload is lost.
    }
  }

  /** Drops what belongs to interactions that are gone from the desk. */
  forget(alive: ReadonlySet<string>): void {
    for (const record of [this.texts, this.outcomes, this.read] as Record<string, unknown>[]) {
      for (const id of Object.keys(record)) if (!alive.has(id.split("#")[0] ?? id)) delete record[id];
    }
    this.failed = this.failed.filter((draft) => alive.has(draft.interaction));
    if (this.selected && !alive.has(this.selected)) this.selected = null;
    if (this.handover && !alive.has(this.handover.interaction)) this.handover = null;
  }
}
