import type { Names, Topic } from "../live/types";
import { valuesOf } from "./figures";

export type FaultKind = "carrier" | "carrier_sound" | "station_sound" | "silent" | "sign_ons" | "clock" | "spend_day" | "spend_month" | "figure";
export type AlarmKind = "wait" | "help" | "wrap" | "level" | "empty" | "surge" | "lost" | "telephone" | FaultKind;

export interface Alarm {
  id: string;
  kind: AlarmKind;
  queue: string;
  interaction: string;
  agent: string;
  since: number | null;
  urgent: boolean;
  detail: string;
  acknowledged: { by: string; at: number } | null;
}

const ORDER: Record<AlarmKind, number> = {
  lost: 0,
  telephone: 1,
  help: 1,
  wait: 2,
  empty: 3,
  carrier: 4,
  silent: 5,
  surge: 6,
  level: 7,
  carrier_sound: 8,
  station_sound: 9,
  sign_ons: 10,
  clock: 11,
  spend_day: 11,
  spend_month: 11,
  figure: 12,
  wrap: 13,
};

/** Faults of the telephony: something, not a queue or a customer, needs looking after. */
export const FAULTS: ReadonlySet<string> = new Set<FaultKind>(["carrier", "carrier_sound", "station_sound", "silent", "sign_ons", "clock", "spend_day", "spend_month", "figure"]);

/** Everything that alarms now: what nobody attends to first, urgent before the rest, then by kind and age. */
export function alarmsOf(wall: Topic): Alarm[] {
  const found = valuesOf<Alarm>(wall, "x:");
  return found.sort(
    (a, b) =>
      Number(a.acknowledged !== null) - Number(b.acknowledged !== null) ||
      Number(b.urgent) - Number(a.urgent) ||
      ORDER[a.kind] - ORDER[b.kind] ||
      (a.since ?? 0) - (b.since ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Of a group of queues: how bad it is. Only what nobody attends to and is urgent counts as an alarm. */
export function worryOf(alarms: Alarm[], queues: ReadonlySet<string>): "calm" | "warn" | "alarm" {
  let worst: "calm" | "warn" = "calm";
  for (const alarm of alarms) {
    if (!queues.has(alarm.queue) || alarm.kind === "wrap" || alarm.kind === "help") continue;
    if (alarm.urgent && !alarm.acknowledged) return "alarm";
    worst = "warn";
  }
  return worst;
}

export type Naming = { queue(id: string): string; agent(id: string): string; person(id: string): string };

export type NamesByKey = Record<string, Names>;

/** Rings once for each new urgent alarm, again every half minute while one is left alone, and never at the start. */
export class Bell {
  private context: AudioContext | null = null;
  private readonly heard = new Set<string>();
  private begun = false;
  private rang = 0;

  update(alarms: Alarm[], sound: boolean, now: number): boolean {
    const urgent = alarms.filter((alarm) => alarm.urgent && !alarm.acknowledged);
    const fresh = urgent.filter((alarm) => !this.heard.has(alarm.id));
    for (const alarm of fresh) this.heard.add(alarm.id);
    const due = urgent.length > 0 && now - this.rang > 30_000;
    if (!this.begun) {
      this.begun = true;
      this.rang = now;
      return false;
    }
    if (!fresh.length && !due) return false;
    this.rang = now;
    if (sound) this.chime();
    return true;
  }

  /** Two falling tones, unlike the desk's rising three. Browsers allow it only after the page was touched. */
  private chime(): void {
    if (!navigator.userActivation?.hasBeenActive) return;
    this.context ??= new AudioContext();
    const begin = this.context.currentTime;
    for (const [index, pitch] of [740, 554.4].entries()) {
      const tone = this.context.createOscillator();
      const loudness = this.context.createGain();
      const at = begin + index * 0.22;
      tone.type = "triangle";
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.14, at + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
      tone.connect(loudness).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + 0.65);
    }
  }
}
