import { UA } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent } from "jssip/lib/UA";
import type { Token } from "../live/client";
import { newId } from "../live/identity";
import { Devices, release } from "./devices";
import { Quality } from "./quality";
import { type Closed, PhoneSocket } from "./socket";
import { type Call, type DeviceChoice, type MicrophoneState, type PhoneView, type SoundSample, microphoneOf, oneWay } from "./state";
import { OneTab } from "./tab";

/** What the office knows of the person's telephone (`GET /api/v1/phone`). */
export interface Station {
  kind: "webrtc" | "desk" | "mobile";
  station: string;
  name: string;
  number: string;
  password: string;
  realm: string;
}

export interface PhoneOptions {
  station: Station;
  url: string;
  token: () => Promise<Token>;
  changed: () => void;
  /** Loudness of the ring, 0…1. */
  volume: () => number;
}

const REGISTER_S = 120;
const MEND_MS = 6_000;
const KEPT_SAMPLES = 8;
const PC_CONFIG: RTCConfiguration = { iceServers: [], bundlePolicy: "max-bundle" };

/** A person's telephone in the browser: registered at the switch by way of the office, one call at a time. */
export class Phone {
  private readonly devices: Devices;
  private readonly tab: OneTab;
  private readonly quality = new Quality();
  private ua: UA | null = null;
  private session: RTCSession | null = null;
  private connection: RTCPeerConnection | null = null;
  private stream: MediaStream | null = null;
  private call: Call | null = null;
  private state: PhoneView["state"] = "off";
  private why: PhoneView["why"] = "";
  private microphone: MicrophoneState = "unknown";
  private muted = false;
  private silent: PhoneView["oneWay"] = "";
  private samples: SoundSample[] = [];
  private hears: number | null = null;
  private testing: (() => void) | null = null;
  private level: PhoneView["test"] = null;
  private mending: ReturnType<typeof setTimeout> | undefined;
  /** The offer whose telephone call is answered as soon as it rings. */
  private wanted = "";

  constructor(private readonly options: PhoneOptions) {
    this.devices = new Devices(localStorage, () => void this.plugged());
    this.tab = new OneTab(`pasokh.phone.${options.station.station}`, () => this.stop("other_tab"));
    // For whoever looks after the line from the browser's own tools: counters and loudness of the call at hand.
    Object.assign(window, { pasokhSound: () => this.sound() });
    setInterval(() => void this.look(), 1_000);
    addEventListener("online", () => this.mend());
    addEventListener("pagehide", () => this.leave());
    addEventListener("beforeunload", (event) => {
      if (this.call?.up) event.preventDefault();
    });
    void navigator.permissions?.query({ name: "microphone" as PermissionName }).then(
      (permission) => {
        permission.onchange = () => void this.permitted(permission.state);
      },
      () => undefined,
    );
  }

  get view(): PhoneView {
    const { state, why, call, muted, microphone } = this;
    const { inputs, outputs, chosen } = this.devices;
    return { state, why, call, muted, microphone, inputs, outputs, chosen, oneWay: this.silent, test: this.level };
  }

  // -- on and off ------------------------------------------------------------------------------------------------------
  async start(take = false): Promise<void> {
    if (this.ua) return;
    if (!isSecureContext || !("RTCPeerConnection" in window)) {
      this.stop("insecure");
      return;
    }
    if (!(await this.tab.claim(take))) {
      this.stop("other_tab");
      return;
    }
    if (this.ua) return;
    void this.devices.list();
    const { station, password, name, realm } = this.options.station;
    const socket = new PhoneSocket(this.options.url, this.options.token, (closed, code) => this.closed(closed, code));
    const ua = new UA({
      sockets: [socket],
      uri: `sip:${station}@${realm}`,
      // The switch calls this address, so it is who answers, and whom the office knows.
      contact_uri: `sip:${station}@${newId("b")}.invalid;transport=ws`,
      authorization_user: station,
      password,
      ...(name ? { display_name: name.replace(/["\\<>]/g, " ") } : {}),
      session_timers: false,
      register_expires: REGISTER_S,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 15,
      user_agent: "Pasokh",
    });
    this.ua = ua;
    this.state = "connecting";
    this.why = "";
    ua.on("registered", () => this.settle());
    ua.on("unregistered", () => this.settle());
    ua.on("registrationFailed", () => this.settle());
    ua.on("disconnected", () => this.settle());
    ua.on("newRTCSession", (event: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => {
      if ("request" in event && event.originator === "remote") this.rings(event as IncomingRTCSessionEvent);
    });
    ua.start();
    this.options.changed();
  }

  stop(why: PhoneView["why"]): void {
    const { ua } = this;
    this.ua = null;
    this.over();
    ua?.stop();
    this.tab.release();
    this.state = "off";
    this.why = why;
    this.options.changed();
  }

  private closed(why: Closed, code: string): void {
    this.stop(code === "phone.no_station" ? "no_station" : why);
  }

  private settle(): void {
    const registered = this.ua?.isRegistered() ?? false;
    if (this.call?.up) this.state = "talking";
    else if (this.call) this.state = "ringing";
    else if (registered) this.state = "registered";
    else if (this.ua) this.state = this.state === "connecting" ? "connecting" : "lost";
    if (registered) this.mend();
    this.options.changed();
  }

  // -- a call ------------------------------------------------------------------------------------------------------------
  private rings({ session, request }: IncomingRTCSessionEvent): void {
    if (this.session) {
      // The exchange calls again because it knows this page's call as lost: the newer one counts.
      if (this.call?.interaction !== request.getHeader("X-Pasokh-Interaction")) {
        session.terminate({ status_code: 486 });
        return;
      }
      this.over();
    }
    this.session = session;
    this.call = {
      interaction: request.getHeader("X-Pasokh-Interaction") ?? "",
      role: request.getHeader("X-Pasokh-Role") === "supervisor" ? "supervisor" : "agent",
      up: false,
      since: Date.now(),
      mending: false,
    };
    session.on("peerconnection", ({ peerconnection }) => this.connected(peerconnection));
    session.on("icecandidate", ({ candidate, ready }) => {
      // Without this it waits for the end of gathering: seconds, where an interface leads nowhere.
      if (candidate.type === "host" || candidate.type === "srflx") ready();
    });
    const ended = (): void => {
      if (this.session === session) this.over();
    };
    session.on("ended", ended);
    session.on("failed", ended);
    session.on("confirmed", () => {
      if (this.session === session && this.connection) this.quality.follow(this.connection, request.getHeader("Call-ID") ?? "", () => this.muted);
      this.settle();
    });
    const byItself = /answer-after=0/.test(request.getHeader("Call-Info") ?? "");
    if (byItself || this.call.role === "supervisor" || (this.wanted && this.wanted === this.call.interaction)) {
      void this.answer();
    } else this.devices.ring(this.options.volume());
    this.settle();
  }

  /** Answers what rings; for an offer whose call is still on its way, as soon as it comes. */
  async accept(interaction: string): Promise<boolean> {
    if (this.call && this.call.interaction === interaction) return this.answer();
    this.wanted = interaction;
    setTimeout(() => {
      if (this.wanted === interaction) this.wanted = "";
    }, 10_000);
    return true;
  }

  private async answer(): Promise<boolean> {
    const { session, call } = this;
    if (!session || !call || call.up) return false;
    this.wanted = "";
    this.devices.stopRinging();
    call.up = true;
    let stream: MediaStream;
    try {
      stream = await this.devices.open();
      this.microphone = "ok";
    } catch (error) {
      this.microphone = microphoneOf(error);
      if (call.role !== "supervisor") {
        call.up = false;
        if (this.session === session) session.terminate({ status_code: 480 });
        this.options.changed();
        return false;
      }
      stream = this.devices.nothing();
    }
    if (this.session !== session || session.isEnded()) {
      release(stream);
      return false;
    }
    this.listenTo(stream);
    this.hears = Date.now();
    call.since = Date.now();
    session.answer({ mediaStream: stream, pcConfig: PC_CONFIG });
    this.settle();
    return true;
  }

  private connected(connection: RTCPeerConnection): void {
    this.connection = connection;
    this.samples = [];
    connection.addEventListener("track", ({ streams: [stream], track }) => this.devices.play(stream ?? new MediaStream([track])));
    connection.addEventListener("connectionstatechange", () => {
      if (this.connection !== connection) return;
      if (connection.connectionState === "disconnected" || connection.connectionState === "failed") this.mend();
      else if (connection.connectionState === "connected") this.mended();
    });
  }

  private over(): void {
    const { session } = this;
    this.quality.over();
    this.session = null;
    this.connection = null;
    this.call = null;
    this.muted = false;
    this.silent = "";
    this.hears = null;
    this.samples = [];
    clearTimeout(this.mending);
    this.mending = undefined;
    this.devices.stopRinging();
    this.devices.silence();
    release(this.stream);
    this.stream = null;
    if (session && !session.isEnded()) session.terminate();
    this.settle();
  }

  /** The page goes: say so, so that the customer hears music instead of nothing. */
  private leave(): void {
    const { session } = this;
    this.session = null;
    if (session && !session.isEnded()) session.terminate(session.isEstablished() ? {} : { status_code: 480 });
  }

  // -- mending -----------------------------------------------------------------------------------------------------------
  /** The way of the sound has broken: new ways are looked for while the call stands (ICE restart). */
  private mend(): void {
    const { session, connection, call } = this;
    if (!session || !connection || !call?.up || !session.isEstablished()) return;
    if (connection.connectionState !== "disconnected" && connection.connectionState !== "failed") return;
    call.mending = true;
    this.mending ??= setTimeout(() => {
      this.mending = undefined;
      // Nothing came of it: give the leg up, the desk has the exchange call anew.
      if (this.connection === connection && connection.connectionState !== "connected" && this.ua?.isRegistered()) this.over();
    }, MEND_MS);
    if (this.ua?.isRegistered()) session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
    this.options.changed();
  }

  private mended(): void {
    clearTimeout(this.mending);
    this.mending = undefined;
    if (this.call) this.call.mending = false;
    this.options.changed();
  }

  // -- what a person does ------------------------------------------------------------------------------------------------
  mute(on: boolean): void {
    if (!this.session || !this.call?.up) return;
    if (on) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
    this.muted = on;
    this.options.changed();
  }

  press(key: string): void {
    if (/^[0-9*#]$/.test(key)) this.session?.sendDTMF(key, { transportType: "RFC2833" as never });
  }

  choose(part: Partial<DeviceChoice>): void {
    this.devices.choose(part);
    if (part.microphone !== undefined) {
      this.microphone = "unknown";
      if (this.call?.up) void this.swapMicrophone();
      if (this.testing) void this.test(true);
    }
  }

  /** Whether somebody is there to be heard: not while the customer waits alone. */
  listening(on: boolean): void {
    if (!on) this.hears = null;
    else this.hears ??= Date.now();
  }

  /** Tries the microphone; part of becoming ready. */
  async probe(): Promise<MicrophoneState> {
    if (!this.call?.up) this.microphone = await this.devices.probe();
    this.options.changed();
    return this.microphone;
  }

  async test(on: boolean): Promise<void> {
    this.testing?.();
    this.testing = null;
    this.level = null;
    if (on && !this.call?.up) {
      this.level = { level: 0, heard: false };
      try {
        const heardOnce = { value: false };
        this.testing = await this.devices.test((level, heard) => {
          heardOnce.value ||= heard;
          this.level = { level, heard: heardOnce.value };
          this.options.changed();
        });
        this.microphone = "ok";
      } catch (error) {
        this.level = null;
        this.microphone = microphoneOf(error);
      }
    }
    this.options.changed();
  }

  // -- watching ------------------------------------------------------------------------------------------------------------
  private listenTo(stream: MediaStream): void {
    release(this.stream);
    this.stream = stream;
    for (const track of stream.getAudioTracks()) {
      track.onended = () => {
        if (this.stream === stream) void this.unplugged();
      };
    }
  }

  /** The microphone was pulled out in a call: another one takes over, or it is said. */
  private async unplugged(): Promise<void> {
    this.microphone = "lost";
    this.options.changed();
    await this.swapMicrophone();
  }

  private async swapMicrophone(): Promise<void> {
    const sender = this.connection?.getSenders().find((each) => each.track?.kind === "audio" || each.track === null);
    if (!sender) return;
    try {
      const stream = await this.devices.open();
      const [track] = stream.getAudioTracks();
      if (!track || !this.call) {
        release(stream);
        return;
      }
      track.enabled = !this.muted;
      await sender.replaceTrack(track);
      this.listenTo(stream);
      this.microphone = "ok";
    } catch (error) {
      this.microphone = this.call?.up && this.microphone === "lost" ? "lost" : microphoneOf(error);
    }
    this.options.changed();
  }

  private async plugged(): Promise<void> {
    if (this.microphone === "lost" && this.call?.up) await this.swapMicrophone();
    this.options.changed();
  }

  private async permitted(state: PermissionState): Promise<void> {
    if (state === "denied") this.microphone = "refused";
    else if (this.microphone === "refused") this.microphone = "unknown";
    this.options.changed();
  }

  private async look(): Promise<void> {
    const { connection, call } = this;
    if (!connection || !call?.up) return;
    const sample: SoundSample = { at: Date.now(), received: 0, sent: 0 };
    for (const report of (await connection.getStats()).values() as IterableIterator<RTCStats & Record<string, unknown>>) {
      if (report.type === "inbound-rtp") sample.received += Number(report["packetsReceived"] ?? 0);
      if (report.type === "outbound-rtp") sample.sent += Number(report["packetsSent"] ?? 0);
    }
    if (this.connection !== connection) return;
    this.samples = [...this.samples.slice(1 - KEPT_SAMPLES), sample];
    const found = call.mending ? "" : oneWay(this.samples, this.hears, this.muted || this.microphone === "lost");
    if (found === this.silent) return;
    this.silent = found;
    this.options.changed();
  }

  /** Counters and loudness of the call's sound, for whoever looks after it. */
  async sound(): Promise<{ received: number; sent: number; energy: number } | null> {
    if (!this.connection) return null;
    const found = { received: 0, sent: 0, energy: 0 };
    for (const report of (await this.connection.getStats()).values() as IterableIterator<RTCStats & Record<string, unknown>>) {
      if (report.type === "inbound-rtp") {
        found.received += Number(report["packetsReceived"] ?? 0);
        found.energy += Number(report["totalAudioEnergy"] ?? 0);
      }
      if (report.type === "outbound-rtp") found.sent += Number(report["packetsSent"] ?? 0);
    }
    return found;
  }
}
