import { type Device, type DeviceChoice, type MicrophoneState, microphoneOf } from "./state";

const KEPT = "pasokh.phone.devices";
const PROBE_MS = 500;
const ECHO_S = 1.2;
/** Mean loudness above which somebody speaks. */
const VOICE = 0.02;

type Sink = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };

/** The chosen devices, remembered on this computer, and what can be chosen. */
export class Devices {
  inputs: Device[] = [];
  outputs: Device[] = [];
  chosen: DeviceChoice = { microphone: "", speaker: "", ringer: "" };
  private context: AudioContext | null = null;
  private readonly heard: Sink = new Audio();
  private readonly rung: Sink = new Audio();
  private ringing: (() => void) | null = null;

  constructor(
    private readonly shelf: Storage,
    private readonly changed: () => void,
  ) {
    try {
      this.chosen = { ...this.chosen, ...(JSON.parse(shelf.getItem(KEPT) ?? "{}") as Partial<DeviceChoice>) };
    } catch {
      // What cannot be read is chosen anew.
    }
    this.heard.autoplay = true;
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.list());
  }

  async list(): Promise<void> {
    const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (kind: MediaDeviceKind): Device[] =>
      found
        .filter((each) => each.kind === kind && each.deviceId && each.deviceId !== "default" && each.deviceId !== "communications")
        .map((each) => ({ id: each.deviceId, label: each.label }));
    this.inputs = of("audioinput");
    this.outputs = "setSinkId" in HTMLMediaElement.prototype ? of("audiooutput") : [];
    this.changed();
  }

  choose(part: Partial<DeviceChoice>): void {
    this.chosen = { ...this.chosen, ...part };
    try {
      this.shelf.setItem(KEPT, JSON.stringify(this.chosen));
    } catch {
      // The choice then lasts as long as the page.
    }
    void this.aim(this.heard, this.chosen.speaker);
    void this.aim(this.rung, this.chosen.ringer);
    this.changed();
  }

  /** The chosen microphone, or any other when that one is not plugged in. Raises what the browser raises. */
  async open(): Promise<MediaStream> {
    if (!navigator.mediaDevices) throw new DOMException("insecure page", "SecurityError");
    const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const { microphone } = this.chosen;
    if (microphone) {
      try {
        return await navigator.mediaDevices.getUserMedia({ audio: { ...sound, deviceId: { exact: microphone } } });
      } catch (error) {
        if (microphoneOf(error) === "refused") throw error;
      }
    }
    return navigator.mediaDevices.getUserMedia({ audio: sound });
  }

  /** Whether the microphone can be used now: opened, not switched off, and more than dead silence in it. */
  async probe(): Promise<MicrophoneState> {
    let stream: MediaStream;
    try {
      stream = await this.open();
    } catch (error) {
      return microphoneOf(error);
    }
    try {
      void this.list();
      const meter = this.meter(stream);
      const until = performance.now() + PROBE_MS;
      let alive = false;
      while (!alive && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        alive = meter.context.state !== "running" || meter.level() > 0;
      }
      meter.stop();
      return alive && stream.getAudioTracks().some((track) => track.readyState === "live" && !track.muted) ? "ok" : "silent";
    } finally {
      release(stream);
    }
  }

  /** Lets a person hear themselves a second later, and tells how loud they are; returns what ends it. */
  async test(told: (level: number, heard: boolean) => void): Promise<() => void> {
    const stream = await this.open();
    void this.list();
    const context = this.sound();
    const source = context.createMediaStreamSource(stream);
    const delay = new DelayNode(context, { delayTime: ECHO_S, maxDelayTime: ECHO_S });
    const out = context.createMediaStreamDestination();
    source.connect(delay).connect(out);
    this.play(out.stream);
    const meter = this.meter(stream);
    let loud = 0;
    const looking = setInterval(() => {
      const level = meter.level();
      loud = level > VOICE ? loud + 1 : Math.max(0, loud - 0.2);
      told(Math.min(1, level * 5), loud >= 3);
    }, 100);
    return () => {
      clearInterval(looking);
      meter.stop();
      source.disconnect();
      delay.disconnect();
      release(stream);
      this.silence();
    };
  }

  /** The other side, to the chosen speaker. */
  play(stream: MediaStream): void {
    void this.aim(this.heard, this.chosen.speaker);
    if (this.heard.srcObject !== stream) this.heard.srcObject = stream;
    void this.heard.play().catch(() => undefined);
  }

  silence(): void {
    this.heard.srcObject = null;
  }

  /** Rings on the chosen device until stopped; as loud as the desk's alerts. */
  ring(volume: number): void {
    if (this.ringing || volume <= 0 || !navigator.userActivation?.hasBeenActive) return;
    const context = this.sound();
    const out = context.createMediaStreamDestination();
    const loudness = context.createGain();
    loudness.gain.value = 0;
    loudness.connect(out);
    const tones = [425, 450].map((pitch) => {
      const tone = context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(loudness);
      tone.start();
      return tone;
    });
    const again = (): void => {
      const now = context.currentTime;
      for (const at of [0, 0.6]) {
        loudness.gain.setTargetAtTime(0.22 * volume, now + at, 0.02);
        loudness.gain.setTargetAtTime(0, now + at + 0.4, 0.02);
      }
    };
    again();
    const beating = setInterval(again, 2_400);
    this.rung.srcObject = out.stream;
    void this.aim(this.rung, this.chosen.ringer).then(() => this.rung.play().catch(() => undefined));
    this.ringing = () => {
      clearInterval(beating);
      for (const tone of tones) tone.stop();
      this.rung.srcObject = null;
    };
  }

  stopRinging(): void {
    this.ringing?.();
    this.ringing = null;
  }

  /** A stream of nothing, for who only listens and has no microphone. */
  nothing(): MediaStream {
    return this.sound().createMediaStreamDestination().stream;
  }

  private sound(): AudioContext {
    this.context ??= new AudioContext();
    void this.context.resume();
    return this.context;
  }

  private meter(stream: MediaStream): { context: AudioContext; level: () => number; stop: () => void } {
    const context = this.sound();
    const source = context.createMediaStreamSource(stream);
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      context,
      level: () => {
        analyser.getFloatTimeDomainData(samples);
        return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
      },
      stop: () => source.disconnect(),
    };
  }

  private async aim(element: Sink, id: string): Promise<void> {
    const there = id && this.outputs.some((each) => each.id === id) ? id : "";
    await element.setSinkId?.(there).catch(() => undefined);
  }
}

export function release(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
