import { listOf } from "../live/fold";
import type { Pending } from "../live/outbox";
import type { Colleague, Interaction, Me, Message, QueueGlance, Topic } from "../live/types";

/** What the agent wrote and the centre has not confirmed, or has refused. */
export interface Draft {
  message: string;
  interaction: string;
  text: string;
  note: boolean;
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

/** The messages an agent sees in an interaction: those of what it came from (a consult's customer talk) first. */
export function messagesOf(desk: Topic, interaction: Interaction): Message[] {
  const parent = interaction.parent ? listOf<Message>(desk, `m:${interaction.parent}:`) : [];
  const consult = interaction.consult ? listOf<Message>(desk, `m:${interaction.consult.id}:`) : [];
  const own = listOf<Message>(desk, `m:${interaction.id}:`);
  if (parent.length === 0 && consult.length === 0) return own;
  return [...parent, ...own, ...consult].sort((a, b) => a.at - b.at || a.number - b.number);
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
