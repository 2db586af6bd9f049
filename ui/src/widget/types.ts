/** What topic `chat` and the web chat's calls carry (docs/live-protocol.md). */

export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size: number;
}

export interface ChatMessage {
  number: number;
  message: string;
  author: "customer" | "agent" | "system";
  author_name: string;
  text: string;
  at: number;
  attachments?: Attachment[];
}

/** Something that happened in the talk, told between the messages. */
export interface ChatEvent {
  number: number;
  kind: "joined" | "transferred" | "taken_over" | "returned";
  name: string;
  at: number;
}

export interface ChatState {
  contact: string;
  interaction: string;
  phase: string;
  queued_at: number;
  agent_name: string | null;
  language: string;
  alternatives: string[];
  closed: boolean;
  reason: string | null;
  /** Place in the queue, 1 = next; null where it cannot be stated fairly. */
  position?: number | null;
  wait?: { low_at: number; high_at: number } | null;
  /** The newest own message that the agent has read. */
  read?: number;
  incidents?: { id: string; texts: Record<string, string> }[];
  /** The score given, once one was. */
  rated?: number | null;
}

/** An earlier conversation of the same visitor. */
export interface Earlier {
  contact: string;
  opened_at: number;
  messages: ChatMessage[];
}

export type FieldKey = "name" | "email" | "phone" | "order" | "subject";
export type Details = Partial<Record<FieldKey, string>>;

export interface WidgetOptions {
  title: string;
  greeting: string;
  colour: string;
  position: "start" | "end";
  prechat: { key: FieldKey; required: boolean }[];
  rating: boolean;
  transcript: boolean;
  attachments: boolean;
  offline_form: boolean;
  languages: string[];
  language: string;
  /** Whether new chats are let in now. */
  open: boolean;
  /** When the next business hours begin; null when nobody knows. */
  opens_at: number | null;
  /** The largest file taken. */
  most_bytes: number;
}
