import { csrf } from "../live/page";

/** What the browser counted of one call from its beginning; `POST /api/v1/phone/quality`. */
export interface QualityReport {
  sip_call_id: string;
  received: number;
  received_lost: number;
  jitter_us: number;
  round_trip_us: number;
  concealed_permille: number;
  silent_ms: number;
  network: string;
}

type Stats = RTCStats & Record<string, unknown>;

const LOOK_MS = 5_000;
/** Every second look is told. */
const TOLD_LOOKS = 2;
const MINUTE_US = 60_000_000;

/** What `getStats()` says, in the report's words; `energy` is what the microphone gave so far. */
export function counted(stats: Iterable<Stats>): Omit<QualityReport, "sip_call_id" | "silent_ms" | "network"> & { energy: number } {
  const found = { received: 0, received_lost: 0, jitter_us: 0, round_trip_us: 0, concealed_permille: 0, energy: 0 };
  const micros = (seconds: unknown): number => Math.min(MINUTE_US, Math.max(0, Math.round(Number(seconds ?? 0) * 1_000_000) || 0));
  for (const each of stats) {
    if (each.type === "inbound-rtp") {
      found.received += Number(each["packetsReceived"] ?? 0);
      found.received_lost += Number(each["packetsLost"] ?? 0);
      found.jitter_us = Math.max(found.jitter_us, micros(each["jitter"]));
      const samples = Number(each["totalSamplesReceived"] ?? 0);
      if (samples > 0) found.concealed_permille = Math.min(1_000, Math.round((Number(each["concealedSamples"] ?? 0) / samples) * 1_000));
    } else if (each.type === "remote-inbound-rtp") found.round_trip_us = Math.max(found.round_trip_us, micros(each["roundTripTime"]));
    else if (each.type === "candidate-pair" && each["nominated"] && !found.round_trip_us) found.round_trip_us = micros(each["currentRoundTripTime"]);
    else if (each.type === "media-source") found.energy += Number(each["totalAudioEnergy"] ?? 0);
  }
  return found;
}

/** Tells the office how a call sounds here, so that a bad last mile is told from a bad carrier. What fails is let be. */
export class Quality {
  private timer: ReturnType<typeof setInterval> | undefined;
  private latest: QualityReport | null = null;
  private energy = 0;
  private silentMs = 0;
  private looks = 0;

  /** Begins with a call; `quiet` = nobody expects the microphone to give anything (muted). */
  follow(connection: RTCPeerConnection, sipCallId: string, quiet: () => boolean): void {
    this.over();
    this.latest = null;
    this.energy = this.silentMs = this.looks = 0;
    this.timer = setInterval(() => void this.look(connection, sipCallId, quiet), LOOK_MS);
  }

  /** The call is over: its last figures are told. */
  over(): void {
    clearInterval(this.timer);
    if (this.timer !== undefined && this.latest) this.tell(this.latest);
    this.timer = undefined;
  }

  private async look(connection: RTCPeerConnection, sipCallId: string, quiet: () => boolean): Promise<void> {
    if (connection.connectionState === "closed") return;
    const { energy, ...found } = counted((await connection.getStats()).values() as IterableIterator<Stats>);
    if (energy === this.energy && !quiet()) this.silentMs += LOOK_MS;
    this.energy = energy;
    this.latest = { sip_call_id: sipCallId.slice(0, 200), ...found, silent_ms: Math.min(86_400_000, this.silentMs), network: network() };
    this.looks += 1;
    if (this.looks % TOLD_LOOKS === 0) this.tell(this.latest);
  }

  private tell(report: QualityReport): void {
    void fetch("/api/v1/phone/quality", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify(report),
    }).catch(() => undefined);
  }
}

function network(): string {
  const known = (navigator as Navigator & { connection?: { type?: string; effectiveType?: string } }).connection;
  return (known?.type ?? known?.effectiveType ?? "").toLowerCase().replace(/[^a-z0-9-]/g, "").slice(0, 16);
}
