import type { Shelf } from "../live/outbox";
import type { Draft } from "./model";
import type { CustomerEdit, WhoForm } from "./customer";
import type { Attachment } from "./types";
import type { Upload } from "./uploads";

export interface Handover {
  interaction: string;
  kind: "transfer" | "consult";
  search: string;
  target: string;
  note: string;
}

/** What has been filled in of a wrap-up. */
export interface WrapForm {
  outcome: string;
  reason: string;
  search: string;
  reasonSearch: string;
  follow: boolean;
  owner: string;
  due: string;
  note: string;
}

/** An open list of suggestions under a composer. */
export interface Suggest {
  place: string;
  kind: "/" | "@";
  from: number;
  query: string;
  chosen: number;
  /** In the order they had when the list opened: it must not move under the finger when somebody comes. */
  colleagues: readonly { id: string; name: string }[];
}

export interface Notice {
  id: number;
  text: string;
  kind: "failed" | "done";
  undo?: () => void;
}

export type Panel = "details" | "day" | null;

interface Kept {
  texts: Record<string, string>;
  files: Record<string, Attachment[]>;
  wraps: Record<string, WrapForm>;
  edits: Record<string, CustomerEdit>;
  who: Record<string, WhoForm>;
  read: Record<string, number>;
  failed: Draft[];
  selected: string | null;
  columns: boolean;
  panel: Panel;
}

const KEY = "pasokh.desk";

/** What the desk itself remembers, over a reload too: the choice of conversation, unsent texts, what has been read. */
export class DeskMemory {
  selected: string | null = null;
  columns = false;
  panel: Panel = "details";
  texts: Record<string, string> = {};
  files: Record<string, Attachment[]> = {};
  wraps: Record<string, WrapForm> = {};
  /** By customer: outlives the conversation, so that nothing written of somebody is lost. */
  edits: Record<string, CustomerEdit> = {};
  who: Record<string, WhoForm> = {};
  /** Places whose message goes as soon as its files have arrived. */
  queued = new Set<string>();
  read: Record<string, number> = {};
  failed: Draft[] = [];
  noting = new Set<string>();
  handover: Handover | null = null;
  help: { interaction: string; question: string } | null = null;
  finishing: { follow_up: string; name: string; result: string } | null = null;
  suggest: Suggest | null = null;
  presenceOpen = false;
  alertsOpen = false;
  /** On a phone: the list, or the chosen conversation. */
  view: "list" | "thread" = "list";
  notices: Notice[] = [];
  busy = new Set<string>();
  /** Somebody else has signed in on this computer meanwhile. */
  stranger: string | null = null;
  /** By conversation and mode: what is being uploaded; lost with the page, unlike what has arrived. */
  uploads = new Map<string, Upload[]>();
  /** How many messages of a long conversation are drawn. */
  shown = new Map<string, number>();
  typists = new Map<string, { name: string; who: "customer" | "agent"; until: number }>();
  /** The conversation whose field gets the focus with the next drawing. */
  focus: string | null = null;
  private saving: ReturnType<typeof setTimeout> | undefined;
  private saved = "";

  constructor(
    private readonly shelf: Shelf,
    private readonly agent: string,
  ) {
    try {
      const kept = JSON.parse(shelf.getItem(this.key) ?? "{}") as Partial<Kept>;
      this.selected = kept.selected ?? null;
      this.columns = kept.columns ?? false;
      this.panel = matchMedia("(min-width: 1241px)").matches ? (kept.panel === undefined ? "details" : kept.panel) : null;
      this.texts = kept.texts ?? {};
      this.files = kept.files ?? {};
      this.wraps = kept.wraps ?? {};
      this.edits = kept.edits ?? {};
      this.who = kept.who ?? {};
      for (const each of [...Object.values(this.edits), ...Object.values(this.who)]) {
        if ("saving" in each) each.saving = false;
        else each.busy = false;
      }
      this.read = kept.read ?? {};
      this.failed = kept.failed ?? [];
      this.view = this.selected ? "thread" : "list";
    } catch {
      // Nothing usable was kept; begin afresh.
    }
  }

  /** Another person at the same desk finds nothing of this one's. */
  private get key(): string {
    return `${KEY}.${this.agent}`;
  }

  /** Soon, so that writing costs nothing while somebody types. */
  save(): void {
    this.saving ??= setTimeout(() => this.saveNow(), 250);
  }

  saveNow(): void {
    clearTimeout(this.saving);
    this.saving = undefined;
    const { texts, files, wraps, edits, who, read, failed, selected, columns, panel } = this;
    const kept: Kept = { texts, files, wraps, edits, who, read, failed, selected, columns, panel };
    const written = JSON.stringify(kept);
    if (written === this.saved) return;
    this.saved = written;
    try {
      this.shelf.setItem(this.key, written);
    } catch {
      // Without storage only the survival of a reload is lost.
    }
  }

  wrapOf(id: string): WrapForm {
    return (this.wraps[id] ??= { outcome: "", reason: "", search: "", reasonSearch: "", follow: false, owner: "", due: "", note: "" });
  }

  /** Drops what belongs to interactions that are gone from the desk. */
  forget(alive: ReadonlySet<string>): void {
    for (const record of [this.texts, this.files, this.wraps, this.who, this.read] as Record<string, unknown>[]) {
      for (const id of Object.keys(record)) if (!alive.has(id.split("#")[0] ?? id)) delete record[id];
    }
    for (const [place, uploads] of this.uploads) {
      if (alive.has(place.split("#")[0] ?? place)) continue;
      for (const upload of uploads) upload.cancel();
      this.uploads.delete(place);
    }
    this.failed = this.failed.filter((draft) => alive.has(draft.interaction));
    if (this.selected && !alive.has(this.selected)) this.selected = null;
    if (this.handover && !alive.has(this.handover.interaction)) this.handover = null;
    if (this.help && !alive.has(this.help.interaction)) this.help = null;
  }
}
