/** What each kind of step has, in the order in which people fill it in. Bounds and usual values are those of the server. */
import type { FlowNode, Value } from "./types";

export type Part =
  | { type: "saying"; name: string; must?: boolean; more?: boolean }
  | { type: "target"; name: string; must?: boolean; more?: boolean }
  | { type: "seconds" | "count"; name: string; least: number; most: number; usual: number; more?: boolean }
  | { type: "switch"; name: string; usual: boolean; more?: boolean }
  | { type: "pick"; name: string; from: "queues" | "flows" | "music" | "numbers" | "languages"; must?: boolean; usual?: string; more?: boolean }
  | { type: "name" | "text"; name: string; must?: boolean; usual?: string; most: number; more?: boolean }
  | { type: "one_of"; name: string; options: readonly string[]; usual: string; more?: boolean }
  | { type: "choices" | "language_choices" | "offer" | "announce" | "skills" | "attributes" | "cases" | "questions"; name: string; more?: boolean };

const then: Part = { type: "target", name: "then", must: true };
const otherwise: Part = { type: "target", name: "otherwise", must: true };
const say: Part = { type: "saying", name: "say", must: true };
const maySay: Part = { type: "saying", name: "say" };
const tries = (usual: number): Part => ({ type: "count", name: "tries", least: 1, most: 9, usual, more: true });
const timeout = (usual: number, least = 1, most = 60): Part => ({ type: "seconds", name: "timeout_s", least, most, usual, more: true });
const asides: Part[] = [{ type: "saying", name: "silence", more: true }, { type: "saying", name: "wrong", more: true }];
const KEYS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"] as const;

export const PARTS: Record<string, readonly Part[]> = {
  say: [say, then, { type: "switch", name: "interruptible", usual: true, more: true }],
  menu: [say, { type: "choices", name: "choices" }, otherwise, timeout(6), tries(3), ...asides],
  collect: [
    say, { type: "name", name: "into", must: true, most: 40 },
    { type: "count", name: "least", least: 1, most: 40, usual: 1 }, { type: "count", name: "most", least: 1, most: 40, usual: 20 },
    { type: "switch", name: "confirm", usual: false }, then, otherwise,
    { type: "one_of", name: "terminator", options: ["#", "*", ""], usual: "#", more: true },
    timeout(8), { type: "seconds", name: "between_s", least: 1, most: 30, usual: 4, more: true }, tries(3), ...asides,
  ],
  ask_language: [say, { type: "language_choices", name: "choices" }, then, { type: "switch", name: "remembered", usual: true }, timeout(5), tries(2)],
  set_language: [{ type: "pick", name: "to", from: "languages", must: true }, then, { type: "switch", name: "remember", usual: false }],
  set: [{ type: "name", name: "name", must: true, most: 40 }, { type: "text", name: "value", must: true, most: 80 }, then],
  branch: [{ type: "cases", name: "cases" }, otherwise],
  queue: [
    { type: "pick", name: "queue", from: "queues", must: true }, maySay, { type: "offer", name: "offer" }, otherwise,
    { type: "target", name: "when_closed" }, { type: "target", name: "when_full" }, { type: "target", name: "after" },
    { type: "announce", name: "announce" }, { type: "skills", name: "skills", more: true }, { type: "attributes", name: "attributes", more: true },
    { type: "count", name: "priority", least: 0, most: 20, usual: 1, more: true },
    { type: "pick", name: "music", from: "music", usual: "default", more: true },
  ],
  callback: [{ type: "pick", name: "queue", from: "queues" }, then, otherwise, { type: "saying", name: "done", more: true }, timeout(8), tries(3)],
  voicemail: [
    { type: "pick", name: "queue", from: "queues" }, maySay, then, { type: "target", name: "otherwise", more: true },
    { type: "seconds", name: "most_s", least: 5, most: 600, usual: 120, more: true },
    { type: "seconds", name: "silence_s", least: 1, most: 30, usual: 5, more: true },
    { type: "one_of", name: "finish", options: KEYS, usual: "#", more: true },
  ],
  transfer: [{ type: "pick", name: "to", from: "numbers", must: true }, maySay, otherwise, timeout(30, 5, 120)],
  survey: [
    { type: "name", name: "id", must: true, most: 40 }, { type: "questions", name: "questions" }, then,
    { type: "saying", name: "thanks", more: true }, timeout(7), tries(2),
  ],
  goto: [{ type: "target", name: "to", must: true }, { type: "count", name: "most", least: 1, most: 20, usual: 3 }, otherwise],
  subflow: [{ type: "pick", name: "flow", from: "flows", must: true }, then],
  return: [],
  hang_up: [maySay, { type: "name", name: "reason", most: 40, usual: "done", more: true }],
};

/** In the order in which they are offered. */
export const KINDS = Object.keys(PARTS);
export const PHONE_KEYS: readonly string[] = KEYS;
/** Order of a keypad, for the next free key. */
export const CHOICE_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"] as const;
export const WAYS = ["callback", "message", "overflow"] as const;

/** A new step of a kind: what must be there, with the first queue, language or number there is. */
export function blank(kind: string, first: (from: string) => string): FlowNode {
  const node: Record<string, Value> = { kind };
  for (const part of PARTS[kind] ?? []) {
    if (part.type === "saying" && part.must) node[part.name] = { text: {} };
    else if (part.type === "pick" && part.must) node[part.name] = first(part.from);
    else if (part.type === "name" && part.must) node[part.name] = part.name === "id" ? "survey" : part.name === "into" ? "digits" : "note";
    else if (part.type === "choices") node[part.name] = { "1": "" };
    else if (part.type === "language_choices") node[part.name] = {};
    else if (part.type === "cases") node[part.name] = [];
    else if (part.type === "questions") node[part.name] = [{ id: "one", say: { text: {} } }];
    else if (part.type === "offer") node[part.name] = { after_s: 35, ways: [{ key: "1", way: "callback", then: "" }, { key: "2", way: "message", then: "" }] };
  }
  return node as FlowNode;
}
