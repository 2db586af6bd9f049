import { Pace, backoff } from "./backoff";
import { emptyTopic, fold } from "./fold";
import { Outbox, type Shelf } from "./outbox";
import type { Answer, Command, ServerFrame, Topic } from "./types";

export type Connection = "connecting" | "online" | "offline" | "refused";

export interface SocketLike {
  send(data: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface Surroundings {
  socket(url: string): SocketLike;
  now(): number;
  later(run: () => void, delay: number): unknown;
  cancel(handle: unknown): void;
  random(): number;
}

export interface Token {
  token: string;
  /** By the centre's clock; null when unknown. */
  expires_at: number | null;
}

export interface LiveOptions {
  url: string;
  topics: readonly string[];
  token(): Promise<Token>;
  language?: string;
  shelf?: Shelf | null;
  shelfKey?: string;
  surroundings?: Surroundings;
}

/** What the centre tells beside the topics; it may be lost. */
export type Signal =
  | { type: "typing"; interaction: string; who: "customer" | "agent"; name: string; until: number }
  | { type: "hint"; what: string };

const PING_EVERY = 15_000;
const SILENCE = 35_000;
const LARGEST_FRAME = 16_000;
const ASK_AGAIN = 1_000;
/** The longest that `setTimeout` can wait. */
const LONGEST_TIMER = 2_000_000_000;

export const browser: Surroundings = {
  socket: (url) => new WebSocket(url) as unknown as SocketLike,
  now: () => Date.now(),
  later: (run, delay) => setTimeout(run, delay),
  cancel: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  random: Math.random,
};

/**
 * Follows topics over one socket: hello with the cursors held, patches folded, reconnects with back-off, commands kept
 * until answered. Listeners hear of every change; they read `topics`, `connection` and `outbox`.
 */
export class LiveClient {
  readonly topics = new Map<string, Topic>();
  readonly outbox: Outbox;
  connection: Connection = "connecting";
  /** The last fatal or protocol error code, for the screen. */
  trouble: string | null = null;

  private readonly env: Surroundings;
  private readonly listeners = new Set<() => void>();
  private readonly signalled = new Set<(signal: Signal) => void>();
  private socket: SocketLike | null = null;
  private attempt = 0;
  private offset = 0;
  private welcomed = false;
  private heardAt = 0;
  private retry: unknown = null;
  private heartbeat: unknown = null;
  private pumping: unknown = null;
  private renewal: unknown = null;
  private pace: Pace;
  private stopped = false;
  private generation = 0;

  constructor(private readonly options: LiveOptions) {
    this.env = options.surroundings ?? browser;
    this.outbox = new Outbox(options.shelf ?? null, options.shelfKey ?? "pasokh.outbox");
    this.pace = new Pace(30, 15, this.env.now());
    for (const topic of options.topics) this.topics.set(topic, emptyTopic());
  }

  topic(name: string): Topic {
    return this.topics.get(name) ?? emptyTopic();
  }

  /** The centre's clock, as well as it is known. */
  now(): number {
    return this.env.now() + this.offset;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onSignal(listener: (signal: Signal) => void): () => void {
    this.signalled.add(listener);
    return () => this.signalled.delete(listener);
  }

  /** Says that somebody writes in an interaction, or no longer; forgotten while there is no line. */
  typing(interaction: string, on: boolean): void {
    if (this.welcomed && this.pace.take(this.env.now()) === 0) this.socket?.send(JSON.stringify({ type: "typing", interaction, on }));
  }

  /** After having been refused: begins again, for example because the person has signed in anew. */
  resume(): void {
    if (this.stopped || this.connection !== "refused") return;
    this.attempt = 0;
    this.setConnection("offline");
    void this.connect();
  }

  start(): void {
    this.stopped = false;
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.generation += 1;
    this.env.cancel(this.retry);
    this.drop();
  }

  /** Tries at once, for example because the browser says the network is back. */
  nudge(): void {
    if (this.stopped || this.connection === "online" || this.connection === "refused") return;
    this.attempt = 0;
    this.env.cancel(this.retry);
    this.drop();
    void this.connect();
  }

  /** Asks the centre to do something; settles when it has answered, however often the line drops in between. */
  do(command: Command, id?: string): Promise<Answer> {
    const frame = JSON.stringify({ type: "do", id: id ?? "x".repeat(26), command });
    if (new TextEncoder().encode(frame).length > LARGEST_FRAME) {
      return Promise.resolve({ ok: false, error: { code: "live.frame_too_large" } });
    }
    const { answer } = this.outbox.add(command, id);
    this.pump();
    this.changed();
    return answer;
  }

  private async connect(): Promise<void> {
    const generation = (this.generation += 1);
    this.setConnection(this.connection === "online" ? "offline" : this.connection);
    let token: Token;
    try {
      token = await this.options.token();
    } catch (error) {
      if (generation !== this.generation || this.stopped) return;
      if (error instanceof Refused) this.refuse(error.code);
      else this.fail();
      return;
    }
    if (generation !== this.generation || this.stopped) return;
    const socket = this.env.socket(this.options.url);
    this.socket = socket;
    this.welcomed = false;
    this.heardAt = this.env.now();
    socket.onopen = () => {
      const topics: Record<string, string | number | null> = {};
      for (const [name, topic] of this.topics) topics[name] = topic.cursor;
      const { language } = this.options;
      socket.send(
        JSON.stringify({ type: "hello", token: token.token, topics, ...(language ? { language } : {}) }),
      );
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket || typeof event.data !== "string") return;
      this.heardAt = this.env.now();
      this.receive(JSON.parse(event.data) as ServerFrame | Signal);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (event.code === 4403) {
        this.refuse(this.trouble ?? "live.refused");
        return;
      }
      if (event.code === 4400 || event.code === 4413) this.giveUpSent();
      this.fail();
    };
    this.beat();
  }

  private receive(frame: ServerFrame | Signal): void {
    switch (frame.type) {
      case "welcome":
        this.offset = frame.now - this.env.now();
        this.welcomed = true;
        this.attempt = 0;
        this.trouble = null;
        this.pace = new Pace(30, 15, this.env.now());
        this.outbox.rewind();
        this.setConnection("online");
        this.renewBefore(frame.expires_at ?? null);
        this.pump();
        break;
      case "renewed":
        this.renewBefore(frame.expires_at);
        break;
      case "pong":
        this.offset = frame.now - this.env.now();
        break;
      case "snapshot":
      case "patch":
        this.topics.set(frame.topic, fold(this.topic(frame.topic), frame));
        this.changed();
        break;
      case "answer":
        if (!frame.ok && frame.error?.code === "command.unanswered") {
          this.outbox.askAgain(frame.id);
          this.env.later(() => this.pump(), ASK_AGAIN);
          break;
        }
        this.outbox.answer(
          frame.id,
          frame.ok ? { ok: true } : { ok: false, error: frame.error ?? { code: "live.unknown" } },
        );
        this.changed();
        break;
      case "error":
        this.trouble = frame.code;
        break;
      default:
        for (const listener of this.signalled) listener(frame);
    }
  }

  private pump(): void {
    this.env.cancel(this.pumping);
    if (!this.welcomed || !this.socket) return;
    for (const { id, command } of this.outbox.unsent()) {
      const wait = this.pace.take(this.env.now());
      if (wait > 0) {
        this.pumping = this.env.later(() => this.pump(), wait);
        return;
      }
      this.socket.send(JSON.stringify({ type: "do", id, command }));
      this.outbox.markSent(id);
    }
  }

  /** One of the frames sent and not answered was refused as such: none of them is sent a second time. */
  private giveUpSent(): void {
    const code = this.trouble ?? "live.bad_frame";
    for (const id of this.outbox.sent()) this.outbox.answer(id, { ok: false, error: { code } });
  }

  private renewBefore(expires: number | null): void {
    this.env.cancel(this.renewal);
    if (expires === null) return;
    const left = expires - this.now();
    const delay = Math.min(LONGEST_TIMER, Math.max(5_000, Math.min(left * 0.8, left - 20_000)));
    this.renewal = this.env.later(() => void this.renew(), delay);
  }

  private async renew(): Promise<void> {
    const socket = this.socket;
    if (!socket || !this.welcomed) return;
    try {
      const { token } = await this.options.token();
      if (this.socket === socket) socket.send(JSON.stringify({ type: "renew", token }));
    } catch (error) {
      if (error instanceof Refused) this.refuse(error.code);
      else this.renewal = this.env.later(() => void this.renew(), 5_000);
    }
  }

  private beat(): void {
    this.env.cancel(this.heartbeat);
    this.heartbeat = this.env.later(() => {
      if (!this.socket) return;
      if (this.env.now() - this.heardAt > SILENCE) {
        this.drop();
        this.fail();
        return;
      }
      if (this.welcomed) this.socket.send(JSON.stringify({ type: "ping" }));
      this.beat();
    }, PING_EVERY);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.welcomed = false;
    this.env.cancel(this.heartbeat);
    this.env.cancel(this.renewal);
    socket?.close();
  }

  private fail(): void {
    if (this.stopped) return;
    this.welcomed = false;
    this.setConnection("offline");
    const delay = backoff(this.attempt, this.env.random);
    this.attempt += 1;
    this.env.cancel(this.retry);
    this.retry = this.env.later(() => void this.connect(), delay);
  }

  private refuse(code: string): void {
    this.trouble = code;
    this.drop();
    this.setConnection("refused");
  }

  private setConnection(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** The token cannot be had and trying again will not help (signed out, no right). */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}
