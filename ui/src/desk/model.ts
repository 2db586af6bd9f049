import { listOf } from "../live/fold";
import type { Pending } from "../live/outbox";
import type { Colleague, Keys, Me, QueueGlance, Topic } from "../live/types";
import type { Attachment, Interaction, Message } from "./types";

/** What the agent wrote and the centre has not confirmed, or has refused. */
export interface Draft {
  message: string;
  interaction: string;
  text: string;
  note: boolean;
  attachments?: Attachment[];
  mentions?: string[];
  state: "sending" | "waiting" | "failed";
  reason?: string;
}

export interface DeskModel {
  me: Me | null;
  offers: Interaction[];
  work: Interaction[];
  queues: QueueGlance[];
  colleagues: Colleague[];
}

const OPEN = new Set(["active", "wrap_up", "outcome_due"]);

/** Everything on the desk, from its two topics; offers by deadline, work in the order it was accepted. */
export function deskModel(desk: Topic, team: Topic): DeskModel {
  const me = (desk.keys["me"] as unknown as Me | undefined) ?? null;
  const interactions = listOf<Interaction>(desk, "i:");
  return {
    me,
    offers: interactions
      .filter((each) => each.phase === "offered")
      .sort((a, b) => (a.deadline ?? 0) - (b.deadline ?? 0)),
    work: interactions
      .filter((each) => OPEN.has(each.phase))
      .sort((a, b) => (a.accepted_at ?? a.since) - (b.accepted_at ?? b.since) || a.id.localeCompare(b.id)),
    queues: listOf<QueueGlance>(team, "q:").sort(
      (a, b) => b.waiting - a.waiting || (a.longest_since ?? Infinity) - (b.longest_since ?? Infinity) || a.id.localeCompare(b.id),
    ),
    colleagues: listOf<Colleague>(team, "t:")
      .filter((each) => each.id !== me?.id)
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}

const indexes = new WeakMap<Keys, Map<string, Message[]>>();

/** Messages by interaction, in order; made once for each state of the topic however many conversations ask. */
function messageIndex(desk: Topic): Map<string, Message[]> {
  let index = indexes.get(desk.keys);
  if (index) return index;
  index = new Map();
  for (const key in desk.keys) {
    if (!key.startsWith("m:")) continue;
    const message = desk.keys[key] as unknown as Message;
    const id = key.slice(2, key.lastIndexOf(":"));
    const list = index.get(id);
    if (list) list.push(message);
    else index.set(id, [message]);
  }
  for (const list of index.values()) {
    if (list.some((message, at) => at > 0 && message.number < (list[at - 1]?.number ?? 0))) list.sort((a, b) => a.number - b.number);
  }
  indexes.set(desk.keys, index);
  return index;
}

const joined = new WeakMap<Keys, Map<string, Message[]>>();

/** The messages an agent sees in an interaction: those of what it came from (a consult's customer talk) first. */
export function messagesOf(desk: Topic, interaction: Interaction): Message[] {
  const index = messageIndex(desk);
  const own = index.get(interaction.id) ?? [];
  const parent = (interaction.parent && index.get(interaction.parent)) || [];
  const consult = (interaction.consult && index.get(interaction.consult.id)) || [];
  if (parent.length === 0 && consult.length === 0) return own;
  let kept = joined.get(desk.keys);
  if (!kept) joined.set(desk.keys, (kept = new Map()));
  let all = kept.get(interaction.id);
  if (!all) kept.set(interaction.id, (all = [...parent, ...own, ...consult].sort((a, b) => a.at - b.at || a.number - b.number)));
  return all;
}

/** Since when the customer waits for an answer: their first message after the last one to them; null when they do not. */
export function waitingSince(messages: readonly Message[]): number | null {
  let since: number | null = null;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (message?.author === "agent") break;
    if (message?.author === "customer") since = message.at;
  }
  return since;
}

/** Customer messages that neither the centre nor this desk counts as read. */
export function unreadIn(messages: readonly Message[], readByAgent: number, own: string, readAt: number): number {
  let count = 0;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (!message || message.at <= readAt) break;
    if (message.author === "customer" && !(message.interaction === own && message.number <= readByAgent)) count += 1;
  }
  return count;
}

/** What is still on its way, oldest first; what has arrived in `shown` is left out, so nothing is seen twice. */
export function draftsOf(
  interactions: readonly string[],
  shown: readonly Message[],
  pending: readonly Pending[],
  failed: readonly Draft[],
  online: boolean,
): Draft[] {
  const arrived = new Set(shown.map((message) => message.message));
  const going = pending
    .filter(({ command }) => command.type === "message.post" && interactions.includes(String(command["interaction"])))
    .map(({ command }): Draft => ({
      message: String(command["message"]),
      interaction: String(command["interaction"]),
      text: String(command["text"]),
      note: command["author"] === "note",
      attachments: (command["attachments"] as unknown as Attachment[] | undefined) ?? [],
      state: online ? "sending" : "waiting",
    }));
  return [...failed.filter((draft) => interactions.includes(draft.interaction)), ...going].filter(
    (draft) => !arrived.has(draft.message),
  );
}

/** How worried to be about a queue's longest wait (R1's ladder as the glance shows it). */
export function urgency(waited: number | null): "calm" | "warn" | "alarm" {
  if (waited === null) return "calm";
  if (waited >= 45_000) return "alarm";
  return waited >= 20_000 ? "warn" : "calm";
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  const joined = letters.map((word) => [...(word ?? "")][0] ?? "").join(words.length > 1 ? "\u200c" : "");
  return joined.toLocaleUpperCase();
}

/** One of six tints, the same for a person everywhere. */
export function tint(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum % 6;
}
