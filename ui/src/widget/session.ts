import { newId } from "../live/identity";
import type { Shelf } from "../live/outbox";

/** A message that has its id and is not yet with the centre. */
export interface Opening {
  message: string;
  text: string;
}

/** One conversation of this visitor, kept over reloads and pages until a new one is begun. */
export interface Session {
  start: string;
  /** The first message; the start call carries it. */
  opening: Opening | null;
  /** Written while the start had no answer yet. */
  later: Opening[];
  token: string | null;
  contact: string | null;
  interaction: string | null;
  socket: string;
  /** As the visitor gave it; may be empty. */
  name: string;
  /** What the visitor chose instead of waiting. */
  chosen: { choice: "callback" | "message"; address: string } | null;
  /** Time of the newest message seen. */
  read: number;
}

export function newSession(text: string, name: string): Session {
  return {
    start: newId("visit"),
    opening: { message: newId("m"), text },
    later: [],
    token: null,
    contact: null,
    interaction: null,
    socket: "/live/socket",
    name,
    chosen: null,
    read: 0,
  };
}

/** Keeps the session in the browser; a private window without storage still has it until the page is left. */
export class SessionShelf {
  constructor(
    private readonly shelf: Shelf | null,
    readonly key: string,
  ) {}

  load(): Session | null {
    try {
      const kept = JSON.parse(this.shelf?.getItem(this.key) ?? "null") as Session | null;
      return kept && typeof kept.start === "string" ? kept : null;
    } catch {
      return null;
    }
  }

  save(session: Session | null): void {
    try {
      if (session) this.shelf?.setItem(this.key, JSON.stringify(session));
      else this.shelf?.removeItem(this.key);
    } catch {
      // Nothing to be done about a full or forbidden storage.
    }
  }
}
