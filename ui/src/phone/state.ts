/** What the telephone in the browser says of itself; drawn by whoever shows it. */

export type PhoneState = "off" | "connecting" | "registered" | "ringing" | "talking" | "lost";
/** Why it is off; empty = nobody has switched it on yet. */
export type OffReason = "" | "other_tab" | "elsewhere" | "sign_in" | "insecure" | "refused" | "no_station";
export type MicrophoneState = "unknown" | "ok" | "refused" | "none" | "busy" | "silent" | "lost";
export type OneWay = "" | "in" | "out";

export interface Call {
  /** The core's interaction, as the exchange names it. */
  interaction: string;
  role: "agent" | "supervisor";
  /** Answered; false while it rings. */
  up: boolean;
  since: number;
  /** The line to the switch is being mended. */
  mending: boolean;
}

export interface DeviceChoice {
  microphone: string;
  speaker: string;
  ringer: string;
}

export interface Device {
  id: string;
  label: string;
}

export interface PhoneView {
  state: PhoneState;
  why: OffReason;
  call: Call | null;
  muted: boolean;
  microphone: MicrophoneState;
  oneWay: OneWay;
  inputs: readonly Device[];
  outputs: readonly Device[];
  chosen: DeviceChoice;
  /** A test runs: the level of the microphone, 0…1, and whether a voice was heard. */
  test: { level: number; heard: boolean } | null;
}

/** Counters of one look at a call's sound. */
export interface SoundSample {
  at: number;
  received: number;
  sent: number;
}

const QUIET_MS = 4_000;

/**
 * Which way no sound goes, from samples a second apart, oldest first: nothing for four seconds though it should be.
 * `expected` says since when there is somebody to hear (null = nobody: on hold, consulting alone).
 */
export function oneWay(samples: readonly SoundSample[], expected: number | null, muted: boolean): OneWay {
  const last = samples.at(-1);
  if (!last || expected === null) return "";
  const then = samples.findLast((each) => each.at <= last.at - QUIET_MS && each.at >= expected);
  if (!then) return "";
  if (last.received === then.received) return "in";
  return last.sent === then.sent && !muted ? "out" : "";
}

/** What a refusal of the microphone means. */
export function microphoneOf(error: unknown): MicrophoneState {
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  if (["NotAllowedError", "SecurityError", "PermissionDeniedError"].includes(name)) return "refused";
  if (["NotFoundError", "OverconstrainedError", "DevicesNotFoundError"].includes(name)) return "none";
  return "busy";
}
