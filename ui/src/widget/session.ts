import { newId } from "../live/identity";
import type { Shelf } from "../live/outbox";
import type { Attachment, Details } from "./types";

/** A message that has its id and is not yet with the centre. */
export interface Opening {
  message: string;
  text: string;
  attachments?: Attachment[];
}

/** One conversation of this visitor, kept over reloads and pages until a new one is begun. */
export interface Session {
  start: string;
  /** The first message; the start call carries it. Null when the first thing sent was a file. */
  opening: Opening | null;
  /** Written while the start had no answer yet. */
  later: Opening[];
  token: string | null;
  contact: string | null;
  interaction: string | null;
  socket: string;
  /** What the visitor gave before the first message. */
  details: Details;
  /** What the visitor chose instead of waiting. */
  chosen: { choice: "callback" | "message"; address: string } | null;
  /** Time of the newest message seen. */
  read: number;
  /** The score given at the end; 0 = none, -1 = would rather not. */
  rated: number;
  /** Where the transcript was asked to go. */
  sent_to: string;
}

export function newSession(text: string, details: Details): Session {
  return {
    start: newId("visit"),
    opening: text ? { message: newId("m"), text } : null,
    later: [],
    token: null,
    contact: null,
    interaction: null,
    socket: "/live/socket",
    details,
    chosen: null,
    read: 0,
    rated: 0,
    sent_to: "",
  };
}

/**
 * Keeps the session in the browser and tells this site's other tabs of every change. Nothing is kept before the first
 * message. Where storage is forbidden the session lives as long as one of the tabs does.
 */
export class SessionShelf {
  private readonly tabs: BroadcastChannel | null;
  private memory: Session | null = null;

  constructor(
    private readonly shelf: Shelf | null,
    readonly key: string,
    tabs: BroadcastChannel | null = null,
  ) {
    this.tabs = tabs;
  }

  /** Calls back with what another tab has done; a tab without storage asks the others what they have. */
  listen(changed: (session: Session | null) => void): void {
    if (!this.tabs) return;
    this.tabs.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data === "who") {
        if (this.memory) this.tabs?.postMessage(this.memory);
        return;
      }
      const session = readSession(data);
      this.memory = session;
      changed(session);
    };
    if (!this.memory) this.tabs.postMessage("who");
  }

  load(): Session | null {
    try {
      this.memory = readSession(JSON.parse(this.shelf?.getItem(this.key) ?? "null"));
    } catch {
      // Forbidden or damaged storage holds nothing.
    }
    return this.memory;
  }

  save(session: Session | null): void {
    this.memory = session;
    try {
      if (session) this.shelf?.setItem(this.key, JSON.stringify(session));
      else this.shelf?.removeItem(this.key);
    } catch {
      // Nothing to be done about a full or forbidden storage.
    }
    this.tabs?.postMessage(session);
  }

  /** Small things beside the session (a draft, the visitor's pass); null takes one away. */
  note(name: string, value?: string | null): string {
    try {
      if (value === undefined) return this.shelf?.getItem(`${this.key}.${name}`) ?? "";
      if (value === null || value === "") this.shelf?.removeItem(`${this.key}.${name}`);
      else this.shelf?.setItem(`${this.key}.${name}`, value);
    } catch {
      // As above.
    }
    return value ?? "";
  }
}

/** A session as kept by this or an earlier version of the widget. */
function readSession(kept: unknown): Session | null {
  const found = kept as Partial<Session> | null;
  if (!found || typeof found !== "object" || typeof found.start !== "string") return null;
  return { ...newSession("", {}), ...found, start: found.start };
}
