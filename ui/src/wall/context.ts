import { type Language, type Values, pick } from "../language/catalogue";
import type { Format } from "../language/format";
import type { StaffText } from "../language/staff/en";
import type { WallText } from "../language/staff/wall.en";
import type { LiveClient } from "../live/client";
import type { Command, Failure, Topic, WallAgent, WallIncident, WallQueue } from "../live/types";
import type { Address } from "./address";
import type { Alarm } from "./alarms";
import type { PastAlarm, PastIncident, Staffing, WallNames } from "./office";

export type Key = (keyof StaffText | keyof WallText) & string;

export type Panel =
  | { kind: "queue"; id: string }
  | { kind: "agent"; id: string }
  | { kind: "along"; id: string }
  | { kind: "alarms" }
  | { kind: "incident"; queues: string[] };

export interface Toast {
  text: string;
  bad: boolean;
  undo: (() => void) | null;
  until: number;
}

/** What the page remembers between two drawings. */
export interface Memory {
  panel: Panel | null;
  /** What had the focus before a panel opened. */
  opener: HTMLElement | null;
  toast: Toast | null;
  sound: boolean;
  /** Asked "are you sure?" and not answered yet: the command's name and whom it is about. */
  confirming: string;
  whispers: Map<string, string>;
  names: WallNames;
  history: PastAlarm[] | "loading" | "failed" | null;
  historyShown: boolean;
  earlier: PastIncident[] | null;
  incident: { queues: string[]; texts: Record<string, string>; wrong: string };
  staffing: { of: string; loaded: Staffing | null; wrong: string; saving: boolean };
  overflow: { of: string; to: string[] } | null;
  filter: string;
}

export interface Wall {
  client: LiveClient;
  topic: Topic;
  language: Language;
  t(key: Key, values?: Values): string;
  known(key: string): key is Key;
  f: Format;
  now: number;
  address: Address;
  memory: Memory;
  rights: ReadonlySet<string>;
  /** The user as the core names whoever acts: the agent's id, else the user's. */
  me: string;
  agent: string;
  queues: WallQueue[];
  agents: WallAgent[];
  alarms: Alarm[];
  incidents: WallIncident[];
  redraw(): void;
  go(change: Partial<Address>): void;
  open(panel: Panel | null): void;
  /** Asks the core; says what became of it, with a way back where there is one. */
  act(command: Command, done?: { text: string; undo?: Command[] }): Promise<boolean>;
  tell(text: string, undo?: (() => void) | null): void;
  fail(error: Failure): void;
  /** Asks the office, and says so when it refuses. */
  office<T>(path: string, body?: unknown): Promise<T | null>;
}

export function queueName(wall: Wall, id: string): string {
  const queue = wall.topic.keys[`q:${id}`] as unknown as WallQueue | undefined;
  return pick(queue?.name, wall.language, id);
}

export function agentName(wall: Wall, id: string): string {
  const agent = wall.topic.keys[`a:${id}`] as unknown as WallAgent | undefined;
  return agent?.name || wall.memory.names.people[id] || id;
}

export function teamName(wall: Wall, id: string): string {
  return id ? pick(wall.memory.names.teams[id], wall.language, id) : wall.t("wall.no_team");
}

export function clientName(wall: Wall, id: string): string {
  return pick(wall.memory.names.clients[id], wall.language, id);
}

export function reasonName(wall: Wall, reason: string): string {
  const own = pick(wall.memory.names.pauses.find((each) => each.key === reason)?.name, wall.language);
  const key = `reason.${reason}`;
  return own || (wall.known(key) ? wall.t(key) : reason);
}

