/** The shapes of the live protocol (docs/live-protocol.md). Instants are milliseconds UTC as the centre's clock has them. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Keys = Record<string, Json>;
export type Names = Record<string, string>;

export interface Topic {
  cursor: string | number | null;
  keys: Keys;
}

export interface Failure {
  code: string;
  message?: string;
  params?: Record<string, Json>;
}

export type Answer = { ok: true } | { ok: false; error: Failure };

export type ServerFrame =
  | { type: "welcome"; now: number; expires_at?: number }
  | { type: "renewed"; expires_at: number }
  | { type: "snapshot"; topic: string; cursor: string | number; keys: Keys }
  | { type: "patch"; topic: string; cursor: string | number; set?: Keys; del?: string[] }
  | { type: "answer"; id: string; ok: boolean; error?: Failure }
  | { type: "pong"; now: number }
  | { type: "error"; code: string; message?: string };

export interface Command {
  type: string;
  [field: string]: Json | undefined;
}

export type Presence = "offline" | "not_ready" | "ready";
export type Phase = "scheduled" | "queued" | "offered" | "active" | "wrap_up" | "outcome_due" | "closed" | "outside" | "menu";
export type Channel = "voice" | "callback" | "chat" | "messenger" | "email";

export interface Me {
  id: string;
  name: string;
  presence: Presence;
  reason: string;
  since: number;
  idle_since: number | null;
  answered: number;
  missed: number;
  talk_ms: number;
  capacity?: { voice: number; text: number; mail: number };
}

export interface Part {
  name: string;
  value: number;
}

export interface Why {
  question: "who_takes" | "what_take";
  rank: Part[];
  agent_order: Part[];
  candidates: number;
  step: number;
  policy_version: number;
}

export interface Consult {
  id: string;
  phase: Phase;
  agent: string | null;
  agent_name: string | null;
  /** Somebody outside who is asked. */
  number?: string | null;
  answered_at?: number | null;
}

export interface Interaction {
  id: string;
  contact: string;
  kind: "contact" | "callback" | "message" | "consult";
  channel: Channel;
  queue: string;
  queue_name: Names;
  client: string;
  phase: Phase;
  since: number;
  queued_at: number;
  waited_ms: number;
  deadline: number | null;
  customer: string | null;
  customer_name: string;
  language: string;
  subject: string;
  on_hold_since: number | null;
  hold_ms: number;
  consult: Consult | null;
  parent: string | null;
  note: string;
  messages: number;
  outcomes: string[];
  why: Why | null;
  address: string;
  accepted_at: number | null;
  customer_here: boolean;
}

export interface Message {
  interaction?: string;
  number: number;
  message: string;
  author: "customer" | "agent" | "system" | "note";
  author_id?: string;
  author_name: string;
  text: string;
  at: number;
}

export interface QueueGlance {
  id: string;
  name: Names;
  client: string;
  open: boolean;
  waiting: number;
  longest_since: number | null;
}

export interface Colleague {
  id: string;
  name: string;
  presence: Presence;
  busy: number | boolean;
}

export interface ServiceLevel {
  formula: string;
  version: number | string;
  threshold_ms: number;
  target_permille: number;
  value: number | null;
  n: number;
}

export interface WallQueue {
  id: string;
  name: Names;
  client: string;
  open: boolean;
  waiting: number;
  longest_since: number | null;
  alarm_at: number | null;
  never_at: number | null;
  entered: number;
  answered: number;
  abandoned: number;
  left_otherwise: number;
  sl: ServiceLevel;
  asa_ms: number | null;
  answered_wait_ms: number;
  handled: number;
  handle_ms: number;
  overflow_now: string[];
  /** The running quarter of an hour: from, entered, answered, abandoned, most waiting, waiting now, service level, n. */
  now: [number, number, number, number, number, number, number | null, number] | null;
  arrivals: { at: number; count: number } | null;
  ready: number;
  busy: number;
  agents: number;
}

export interface WallWork {
  interaction: string;
  contact: string;
  kind: "contact" | "callback" | "message" | "consult";
  channel: Channel;
  queue: string;
  phase: Phase;
  since: number;
  customer_name: string;
  on_hold_since: number | null;
  help_since: number | null;
  monitors: string[];
}

/** Somebody who waits, as the wall knows them. */
export interface WallWaiter {
  interaction: string;
  contact: string;
  kind: "contact" | "callback" | "message";
  channel: Channel;
  queue: string;
  phase: Phase;
  queued_at: number;
  priority: number;
  customer_name: string;
  language: string;
  away_since: number | null;
}

export interface WallIncident {
  id: string;
  queues: string[];
  texts: Names;
  since: number;
  by: string;
}

/** A conversation the supervisor reads along. */
export interface Followed {
  id: string;
  contact: string;
  kind: "contact" | "callback" | "message" | "consult";
  channel: Channel;
  queue: string;
  queue_name: Names;
  phase: Phase;
  since: number;
  agent: string | null;
  agent_name: string;
  customer_name: string;
  language: string;
  subject: string;
  on_hold_since: number | null;
  help_since: number | null;
  help_question: string;
  monitors: string[];
  /** By user: read, or by telephone listen, whisper, barge. */
  modes?: Record<string, string>;
  parent: string | null;
}

export interface WallAgent {
  id: string;
  name: string;
  team: string;
  queues: string[];
  missed: number;
  handle_ms: number;
  presence: Presence;
  reason: string;
  since: number;
  idle_since: number | null;
  answered: number;
  work: WallWork[];
}

export interface ChatContact {
  contact: string;
  interaction: string;
  phase: Phase;
  queued_at: number;
  agent_name: string | null;
  language?: string;
  alternatives: string[];
  closed: boolean;
  reason: string | null;
}
