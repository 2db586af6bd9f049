import { describe, expect, it } from "vitest";
import type { SocketLike, Surroundings } from "../src/live/client";
import type { Shelf } from "../src/live/outbox";
import { inkOn } from "../src/widget/colour";
import { Conversation } from "../src/widget/conversation";

interface Posted {
  id: string;
  command: { type: string; message: string; text: string };
}

/** A centre in miniature: keeps messages by id, as the real one does, and can be cut off. */
class Centre implements Surroundings {
  down = false;
  startCalls: Record<string, unknown>[] = [];
  messages = new Map<string, { text: string; number: number }>();
  closed = false;
  /** Swallows answers: the work is done, nobody hears of it. */
  mute = false;
  live: (SocketLike & { says(frame: unknown): void })[] = [];
  private timers: { at: number; run: () => void }[] = [];
  private time = 10_000;

  now = (): number => this.time;
  random = (): number => 0;
  later = (run: () => void, delay: number): unknown => {
    const timer = { at: this.time + delay, run };
    this.timers.push(timer);
    return timer;
  };
  cancel = (handle: unknown): void => {
    this.timers = this.timers.filter((timer) => timer !== handle);
  };

  async pass(millis: number): Promise<void> {
    const end = this.time + millis;
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.cancel(next);
      this.time = Math.max(this.time, next.at);
      next.run();
      await settle();
    }
    this.time = end;
    await settle();
  }

  post = (path: string, body: unknown): Promise<{ status: number; body: unknown; retryAfter: number }> => {
    if (this.down) return Promise.reject(new TypeError("network"));
    const asked = body as { start?: string; text?: string; message?: string };
    if (path.endsWith("start")) {
      this.startCalls.push(asked);
      if (asked.text && asked.message) this.keep(asked.message, asked.text);
      if (this.mute) return Promise.reject(new TypeError("answer lost"));
    }
    return Promise.resolve({
      status: 200,
      retryAfter: 0,
      body: { token: "V", expires_at: null, contact: "c", interaction: "i", socket: "/live/socket", closed: this.closed, reason: null },
    });
  };

  keep(id: string, text: string): void {
    if (!this.messages.has(id)) this.messages.set(id, { text, number: this.messages.size + 1 });
  }

  keys(): Record<string, unknown> {
    const keys: Record<string, unknown> = {
      contact: { contact: "c", interaction: "i", phase: "queued", queued_at: 1, agent_name: null, alternatives: [], closed: this.closed, reason: null },
    };
    for (const [message, { text, number }] of this.messages) {
      keys[`m:i:${String(number).padStart(6, "0")}`] = { number, message, author: "customer", author_name: "", text, at: number };
    }
    return keys;
  }

  socket = (): SocketLike => {
    const socket: SocketLike & { says(frame: unknown): void } = {
      onopen: null,
      onmessage: null,
      onclose: null,
      close: () => undefined,
      says: (frame) => socket.onmessage?.({ data: JSON.stringify(frame) }),
      send: (data) => {
        const frame = JSON.parse(data) as { type: string } & Posted;
        if (frame.type === "hello") {
          socket.says({ type: "welcome", now: this.time });
          socket.says({ type: "snapshot", topic: "chat", cursor: 1, keys: this.keys() });
        }
        if (frame.type === "do") {
          if (this.closed) {
            socket.says({ type: "answer", id: frame.id, ok: false, error: { code: "interaction.closed" } });
            return;
          }
          this.keep(frame.command.message, frame.command.text);
          if (this.mute) return;
          socket.says({ type: "patch", topic: "chat", cursor: 2, set: this.keys(), del: [] });
          socket.says({ type: "answer", id: frame.id, ok: true });
        }
      },
    };
    queueMicrotask(() => (this.down ? socket.onclose?.({ code: 1006 }) : socket.onopen?.(undefined as never)));
    this.live.push(socket);
    return socket;
  };

  cut(): void {
    for (const socket of this.live.splice(0)) socket.onclose?.({ code: 1006 });
  }

  texts(): string[] {
    return [...this.messages.values()].map((message) => message.text);
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function shelf(): Shelf & { held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
  };
}

const visit = (centre: Centre, kept: Shelf): Conversation =>
  new Conversation({ host: "http://centre", key: "k", language: "en", shelf: kept, post: centre.post, surroundings: centre });

const texts = (talk: Conversation): string[] => talk.lines().map((line) => `${line.text}/${line.state}`);

describe("a visitor's conversation", () => {
  it("begins with the first message and shows it once", async () => {
    const centre = new Centre();
    const talk = visit(centre, shelf());
    talk.say("hello");
    expect(texts(talk)).toEqual(["hello/sending"]);
    await settle();
    expect(centre.startCalls).toHaveLength(1);
    expect(texts(talk)).toEqual(["hello/there"]);
    talk.say("second");
    await settle();
    expect(texts(talk)).toEqual(["hello/there", "second/there"]);
  });

  it("asks the same start again until it is answered, and what was written meanwhile follows in order", async () => {
    const centre = new Centre();
    centre.down = true;
    const talk = visit(centre, shelf());
    talk.say("one");
    talk.say("two");
    await centre.pass(3_000);
    expect(talk.offline).toBe(true);
    centre.down = false;
    await centre.pass(20_000);
    expect(centre.texts()).toEqual(["one", "two"]);
    expect(new Set(centre.startCalls.map((call) => call["start"])).size).toBe(1);
  });

  it("doubles nothing when only the answers are lost", async () => {
    const centre = new Centre();
    centre.mute = true;
    const kept = shelf();
    const talk = visit(centre, kept);
    talk.say("one");
    await settle();
    await centre.pass(2_000);
    expect(centre.startCalls.length).toBeGreaterThan(1);
    centre.mute = false;
    await centre.pass(20_000);
    centre.mute = true;
    talk.say("two");
    await settle();
    centre.cut();
    centre.mute = false;
    await centre.pass(20_000);
    expect(centre.texts()).toEqual(["one", "two"]);
    expect(texts(talk)).toEqual(["one/there", "two/there"]);
  });

  it("carries on after a reload, with what was not sent yet", async () => {
    const centre = new Centre();
    const kept = shelf();
    const before = visit(centre, kept);
    before.say("one");
    await settle();
    centre.down = true;
    centre.cut();
    before.say("two");
    await centre.pass(1_000);
    before.client?.stop();
    centre.down = false;
    const after = visit(centre, kept);
    after.resume();
    await settle();
    expect(texts(after)).toEqual(["one/there", "two/there"]);
    expect(centre.startCalls).toHaveLength(1);
  });

  it("keeps what was written before the start was answered, over a reload too", async () => {
    const centre = new Centre();
    centre.down = true;
    const kept = shelf();
    const before = visit(centre, kept);
    before.say("one");
    before.say("two");
    await settle();
    centre.down = false;
    const after = visit(centre, kept);
    after.resume();
    await settle();
    expect(texts(after)).toEqual(["one/there", "two/there"]);
  });

  it("takes a message that came too late into a new conversation", async () => {
    const centre = new Centre();
    const talk = visit(centre, shelf());
    talk.say("one");
    await settle();
    centre.closed = true;
    talk.say("are you there?");
    await settle();
    expect(centre.startCalls).toHaveLength(2);
    expect(centre.startCalls[1]).toMatchObject({ text: "are you there?" });
    expect(centre.startCalls[1]!["start"]).not.toBe(centre.startCalls[0]!["start"]);
  });

  it("says so when the page may not use the chat", async () => {
    const centre = new Centre();
    centre.post = () => Promise.resolve({ status: 403, retryAfter: 0, body: { error: { code: "chat.origin" } } });
    const talk = visit(centre, shelf());
    talk.say("hello");
    await settle();
    expect(talk.unavailable).toBe("chat.origin");
  });
});

describe("colours", () => {
  it("puts readable ink on any accent", () => {
    expect(inkOn("#0a7c80")).toBe("#ffffff");
    expect(inkOn("#ffd400")).toBe("#0b1214");
  });
});
