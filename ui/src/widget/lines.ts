import { listOf } from "../live/fold";
import type { LiveClient } from "../live/client";
import type { Opening, Session } from "./session";
import type { Attachment, ChatEvent, ChatMessage } from "./types";

/** One thing to read in the conversation. */
export interface Line {
  id: string;
  author: "customer" | "agent" | "system" | "event";
  name: string;
  /** The text; of an event, its kind. */
  text: string;
  at: number | null;
  /** Number among the messages; 0 while it has none. */
  number: number;
  attachments: readonly Attachment[];
  state: "there" | "sending" | "failed";
}

const NOTHING: readonly Attachment[] = [];

export function lineOf(message: ChatMessage): Line {
  const { message: id, author, author_name: name, text, at, number, attachments = NOTHING } = message;
  return { id, author, name, text, at, number, attachments, state: "there" };
}

/** What is to be read, in order; nothing twice: what is on its way leaves as soon as the centre shows it. */
export function linesOf(client: LiveClient | null, session: Session | null, failed: readonly Opening[], closed: boolean): Line[] {
  const topic = client?.topic("chat");
  const lines = topic ? listOf<ChatMessage>(topic, "m:").map(lineOf) : [];
  for (const event of topic ? listOf<ChatEvent>(topic, "e:") : []) {
    const { kind, name, at, number } = event;
    lines.push({ id: `e:${number}`, author: "event", name, text: kind, at, number: 0, attachments: NOTHING, state: "there" });
  }
  lines.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.number - b.number);
  const seen = new Set(lines.map((line) => line.id));
  const own = ({ message, text, attachments = [] }: Opening, state: Line["state"]): void => {
    if (seen.has(message)) return;
    seen.add(message);
    lines.push({ id: message, author: "customer", name: "", text, at: null, number: 0, attachments, state });
  };
  if (session?.opening) own(session.opening, closed ? "failed" : "sending");
  for (const { command } of client?.outbox.pending() ?? []) {
    if (command.type !== "message.post") continue;
    const { message, text, attachments } = command as unknown as Opening;
    own({ message, text, ...(attachments ? { attachments } : {}) }, "sending");
  }
  for (const each of session?.later ?? []) own(each, "sending");
  for (const each of failed) own(each, "failed");
  return lines;
}

/** The customer's own last message if it was read up to there. Who joins after it takes nothing back; an answer says by itself that it was read. */
export function seenOf(lines: readonly Line[], read: number): Line | undefined {
  const last = lines.filter((line) => line.author === "customer" || line.author === "agent").at(-1);
  return last?.author === "customer" && last.state === "there" && last.number <= read ? last : undefined;
}
