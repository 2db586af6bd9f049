import type { Interaction as Held, Message as Written } from "../live/types";

/** A file sent with a message (docs/files.md). */
export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size: number;
}

/** What only a telephone call has. */
export interface Call {
  number: string;
  caller: string;
  answers: { step: string; said: string }[];
  talks_with: "customer" | "helper" | "both" | null;
  unrecorded_since: number | null;
  hold_warn_ms: number;
}

/** What the desk topic says of an interaction. */
export interface Interaction extends Held {
  reasons: string[];
  follow_up_outcomes: string[];
  read_by_customer: number;
  read_by_agent: number;
  away_since: number | null;
  help_since: number | null;
  help_question: string;
  monitors: { id: string; name: string; mode?: string }[];
  /** Of a telephone call. */
  call?: Call | null;
}

export interface Message extends Omit<Written, "author"> {
  author: "customer" | "agent" | "system" | "note" | "whisper";
  attachments?: Attachment[];
  mentions?: string[];
}
