import type { Failure, Names } from "../live/types";
import type { AlarmKind } from "./alarms";

/** What the office adds to the live topic: names, history, and changes that are more than a command of the core. */

export interface WallNames {
  teams: Record<string, Names>;
  clients: Record<string, Names>;
  people: Record<string, string>;
  /** Reasons for not being ready, in the order of the menu. */
  pauses: { key: string; name: Names; archived: boolean }[];
  /** Carriers and telephones, by their names on the switch. */
  lines: Record<string, string>;
}

export interface PastAlarm {
  alarm: string;
  kind: AlarmKind;
  queue: string;
  interaction: string;
  contact: string;
  agent: string;
  detail: string;
  raised_at: number;
  ended_at: number;
  acknowledged_by: string;
  acknowledged_at: number;
}

export interface PastIncident {
  id: string;
  queues: string[];
  texts: Names;
  announced_at: number;
  withdrawn_at: number;
}

export interface Staffing {
  username: string;
  name: string;
  queues: string[];
  skills: Record<string, number>;
  all_queues: Record<string, Names>;
  all_skills: Record<string, Names>;
  version: number;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Failure };

const PATIENCE = 15_000;

export async function ask<T>(path: string, body?: unknown): Promise<Outcome<T>> {
  try {
    const response = await fetch(`/api/v1/wall/${path}`, {
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
      ...(body === undefined
        ? { headers: { Accept: "application/json" } }
        : {
            method: "POST",
            headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() },
            body: JSON.stringify(body),
          }),
    });
    const said: unknown = await response.json();
    if (response.ok) return { ok: true, value: said as T };
    return { ok: false, error: (said as { error?: Failure }).error ?? { code: "live.unknown" } };
  } catch {
    return { ok: false, error: { code: "wall.office_away" } };
  }
}

function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}
