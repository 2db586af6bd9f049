import type { Interaction as Held, Message as Written } from "../live/types";

/** A file sent with a message (docs/files.md). */
export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size: number;
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
  monitors: { id: string; name: string }[];
}

export interface Message extends Omit<Written, "author"> {
  author: "customer" | "agent" | "system" | "note" | "whisper";
  attachments?: Attachment[];
  mentions?: string[];
}
