import { listOf } from "../live/fold";
import type { Topic, WallAgent, WallQueue } from "../live/types";

export type Worry = "calm" | "warn" | "alarm";

export interface QueueTile {
  queue: WallQueue;
  worry: Worry;
  /** Longest wait in ms; null when nobody waits. */
  waited: number | null;
  /** Seconds until the wait that is never acceptable; negative once past it; null when nobody waits. */
  left: number | null;
}

export interface AgentCard {
  agent: WallAgent;
  state: "ready" | "busy" | "not_ready" | "hold" | "wrap_up";
  since: number;
}

export interface WallModel {
  tiles: QueueTile[];
  agents: AgentCard[];
  waiting: number;
  ready: number;
  busy: number;
  away: number;
  worst: Worry;
}

/** Warns from half of the way to the alarm on, alarms from `alarm_at` (before a minute has passed). */
export function tileOf(queue: WallQueue, now: number): QueueTile {
  if (!queue.waiting || queue.longest_since === null) return { queue, worry: "calm", waited: null, left: null };
  const waited = Math.max(0, now - queue.longest_since);
  const alarm = queue.alarm_at !== null && now >= queue.alarm_at;
  const warn = waited >= queue.sl.threshold_ms;
  return {
    queue,
    worry: alarm ? "alarm" : warn ? "warn" : "calm",
    waited,
    left: queue.never_at === null ? null : Math.ceil((queue.never_at - now) / 1000),
  };
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

/** Everything on the wallboard. The order is by name only, so that nothing jumps about while people read it. */
export function wallModel(wall: Topic, now: number): WallModel {
  const tiles = listOf<WallQueue>(wall, "q:").map((queue) => tileOf(queue, now));
  const agents = listOf<WallAgent>(wall, "a:")
    .filter((agent) => agent.presence !== "offline")
    .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id))
    .map(cardOf);
  const count = (...states: AgentCard["state"][]): number => agents.filter((card) => states.includes(card.state)).length;
  return {
    tiles,
    agents,
    waiting: tiles.reduce((sum, tile) => sum + tile.queue.waiting, 0),
    ready: count("ready"),
    busy: count("busy", "hold", "wrap_up"),
    away: count("not_ready"),
    worst: tiles.some((tile) => tile.worry === "alarm")
      ? "alarm"
      : tiles.some((tile) => tile.worry === "warn")
        ? "warn"
        : "calm",
  };
}
