import type { Json, Topic, WallAgent, WallQueue } from "../live/types";
import type { Address } from "./address";

/** A quarter of an hour of one queue, as the wire has it: from, entered, answered, abandoned, most waiting, waiting at its end, service level, n. */
export type Point = [number, number, number, number, number, number, number | null, number];

export interface Interval {
  from: number;
  entered: number;
  answered: number;
  abandoned: number;
  waiting: number;
  level: number;
  sl: number | null;
  n: number;
}

export const STEP = 15 * 60_000;

/** The day of one queue without gaps, up to the quarter that runs: a quarter nobody came in keeps who waited. */
export function seriesOf(wall: Topic, queue: WallQueue, now: number): Interval[] {
  const past = (wall.keys[`s:${queue.id}`] ?? []) as unknown as Point[];
  return filled([...past, ...(queue.now ? [queue.now] : [])].map(interval), now);
}

/** Several queues as one: counts add up, the most waiting at once is at most the sum. */
export function merged(series: Interval[][]): Interval[] {
  const found = new Map<number, Interval>();
  for (const each of series) {
    for (const part of each) {
      const sum = found.get(part.from);
      if (!sum) {
        found.set(part.from, { ...part });
        continue;
      }
      const n = sum.n + part.n;
      sum.sl = n ? ((sum.sl ?? 0) * sum.n + (part.sl ?? 0) * part.n) / n : null;
      sum.n = n;
      sum.entered += part.entered;
      sum.answered += part.answered;
      sum.abandoned += part.abandoned;
      sum.waiting += part.waiting;
      sum.level += part.level;
    }
  }
  return [...found.values()].sort((a, b) => a.from - b.from);
}

function interval([from, entered, answered, abandoned, waiting, level, sl, n]: Point): Interval {
  return { from, entered, answered, abandoned, waiting, level, sl, n };
}

function filled(known: Interval[], now: number): Interval[] {
  const first = known[0];
  if (!first) return [];
  const found: Interval[] = [];
  const byFrom = new Map(known.map((each) => [each.from, each]));
  const running = now - (now % STEP);
  // A queue that was quiet for days must not make thousands of quarters.
  for (let from = Math.max(first.from, running - 96 * STEP); from <= running; from += STEP) {
    const level = found.at(-1)?.level ?? 0;
    found.push(byFrom.get(from) ?? { from, entered: 0, answered: 0, abandoned: 0, waiting: level, level, sl: null, n: 0 });
  }
  return found;
}

/** Figures of one queue, or of several together. `met` is the number within the threshold. */
export interface Figures {
  waiting: number;
  longest: number | null;
  alarmAt: number | null;
  neverAt: number | null;
  entered: number;
  answered: number;
  abandoned: number;
  left: number;
  met: number;
  n: number;
  asa: number | null;
  aht: number | null;
  handled: number;
  agents: number;
  ready: number;
  busy: number;
}

export function figuresOf(queues: WallQueue[]): Figures {
  const sum = (of: (queue: WallQueue) => number): number => queues.reduce((total, queue) => total + of(queue), 0);
  const first = (of: (queue: WallQueue) => number | null): number | null =>
    queues.reduce<number | null>((least, queue) => {
      const value = of(queue);
      return value !== null && (least === null || value < least) ? value : least;
    }, null);
  const answered = sum((queue) => queue.answered);
  const handled = sum((queue) => queue.handled);
  return {
    waiting: sum((queue) => queue.waiting),
    longest: first((queue) => queue.longest_since),
    alarmAt: first((queue) => queue.alarm_at),
    neverAt: first((queue) => queue.never_at),
    entered: sum((queue) => queue.entered),
    answered,
    abandoned: sum((queue) => queue.abandoned),
    left: sum((queue) => queue.left_otherwise),
    met: sum((queue) => Math.round((queue.sl.value ?? 0) * queue.sl.n)),
    n: sum((queue) => queue.sl.n),
    asa: answered ? sum((queue) => queue.answered_wait_ms) / answered : null,
    aht: handled ? sum((queue) => queue.handle_ms) / handled : null,
    handled,
    agents: sum((queue) => queue.agents),
    ready: sum((queue) => queue.ready),
    busy: sum((queue) => queue.busy),
  };
}

export type AgentState = "ready" | "busy" | "not_ready" | "hold" | "wrap_up";

export interface AgentCard {
  agent: WallAgent;
  state: AgentState;
  since: number;
}

export function cardOf(agent: WallAgent): AgentCard {
  const held = agent.work.find((work) => work.on_hold_since !== null);
  if (held && held.on_hold_since !== null) return { agent, state: "hold", since: held.on_hold_since };
  const talking = agent.work.filter((work) => work.phase === "active");
  if (talking.length) return { agent, state: "busy", since: Math.min(...talking.map((work) => work.since)) };
  const wrapping = agent.work.filter((work) => work.phase === "wrap_up");
  if (wrapping.length) return { agent, state: "wrap_up", since: Math.min(...wrapping.map((work) => work.since)) };
  const ready = agent.presence === "ready";
  return { agent, state: ready ? "ready" : "not_ready", since: (ready ? agent.idle_since : null) ?? agent.since };
}

/** Letters people type in different ways compare equal: Arabic ي ك, digits, case. */
export function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[يى]/g, "ی")
    .replace(/ك/g, "ک")
    .replace(/[\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .trim();
}

export function queuesShown(queues: WallQueue[], address: Address): WallQueue[] {
  const wanted = folded(address.search);
  return queues.filter(
    (queue) =>
      (!address.client || queue.client === address.client) &&
      (!address.queue || queue.id === address.queue) &&
      (!wanted || [queue.id, ...Object.values(queue.name)].some((name) => folded(name).includes(wanted))),
  );
}

export function agentsShown(cards: AgentCard[], address: Address): AgentCard[] {
  const wanted = folded(address.search);
  return cards.filter(
    ({ agent, state }) =>
      (!address.team || agent.team === address.team) &&
      (!address.queue || agent.queues.includes(address.queue)) &&
      (!address.state || state === address.state || (address.state === "help" && agent.work.some((work) => work.help_since !== null))) &&
      (!wanted || folded(agent.name).includes(wanted) || folded(agent.id).includes(wanted)),
  );
}

/** Values whose key begins so, unsorted: the caller knows the order it wants. */
export function valuesOf<T>(topic: Topic, prefix: string): T[] {
  const found: T[] = [];
  for (const key in topic.keys) if (key.startsWith(prefix)) found.push(topic.keys[key] as unknown as T & Json);
  return found;
}
