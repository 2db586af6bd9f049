import { describe, expect, it } from "vitest";
import { LiveClient, Refused, type SocketLike, type Surroundings } from "../src/live/client";
import { Pace, backoff } from "../src/live/backoff";
import { emptyTopic, fold, listOf } from "../src/live/fold";
import type { Shelf } from "../src/live/outbox";

class FakeSocket implements SocketLike {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  frames: Record<string, unknown>[] = [];
  closed = false;

  send(data: string): void {
    this.frames.push(JSON.parse(data) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.onopen?.(undefined as never);
  }
  says(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  loses(code = 1006): void {
    this.onclose?.({ code });
  }
  dos(): unknown[] {
    return this.frames.filter((frame) => frame["type"] === "do").map((frame) => frame["id"]);
  }
}

/** A clock and timers moved by hand. */
class Bench implements Surroundings {
  sockets: FakeSocket[] = [];
  time = 1_000;
  private timers = new Map<number, { at: number; run: () => void }>();
  private next = 1;

  socket(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  now(): number {
    return this.time;
  }
  later(run: () => void, delay: number): number {
    this.timers.set(this.next, { at: this.time + delay, run });
    return this.next++;
  }
  cancel(handle: unknown): void {
    this.timers.delete(handle as number);
  }
  random(): number {
    return 0.5;
  }
  async pass(millis: number): Promise<void> {
    const end = this.time + millis;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].run();
      await settle();
    }
    this.time = end;
    await settle();
  }
  get last(): FakeSocket {
    return this.sockets.at(-1)!;
  }
}

class FakeShelf implements Shelf {
  held = new Map<string, string>();
  getItem = (key: string): string | null => this.held.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.held.set(key, value);
  removeItem = (key: string): void => void this.held.delete(key);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

async function started(bench: Bench, shelf: Shelf | null = null): Promise<LiveClient> {
  const client = new LiveClient({
    url: "ws://here/live/socket",
    topics: ["desk"],
    token: () => Promise.resolve({ token: "T", expires_at: null }),
    shelf,
    surroundings: bench,
  });
  client.start();
  await settle();
  return client;
}

function welcome(bench: Bench, extra: Record<string, unknown> = {}): void {
  bench.last.open();
  bench.last.says({ type: "welcome", now: bench.time + 500, ...extra });
}

describe("fold", () => {
  it("gives the same as a fresh snapshot and leaves the old topic alone", () => {
    const old = fold(emptyTopic(), { type: "snapshot", topic: "desk", cursor: 1, keys: { a: 1, b: 2 } });
    const now = fold(old, { type: "patch", topic: "desk", cursor: 2, set: { b: 3, c: 4 }, del: ["a"] });
    expect(now).toEqual(fold(emptyTopic(), { type: "snapshot", topic: "desk", cursor: 2, keys: { b: 3, c: 4 } }));
    expect(old.keys).toEqual({ a: 1, b: 2 });
  });

  it("lists messages in the order of their numbers", () => {
    const keys = { "m:x:000010": "ten", "m:x:000002": "two", "m:y:000001": "other" };
    expect(listOf({ cursor: 1, keys }, "m:x:")).toEqual(["two", "ten"]);
  });
});

describe("backoff and pace", () => {
  it("doubles, is spread, and never passes its cap", () => {
    expect(backoff(0, () => 0)).toBe(200);
    expect(backoff(3, () => 1)).toBe(3_200);
    expect(backoff(40, () => 1)).toBe(15_000);
  });

  it("lets a burst through and then the rate", () => {
    const pace = new Pace(2, 10, 0);
    expect([pace.take(0), pace.take(0), pace.take(0)]).toEqual([0, 0, 100]);
    expect(pace.take(100)).toBe(0);
  });
});

describe("the live client", () => {
  it("says hello with its cursors, takes the clock's offset, folds what it hears", async () => {
    const bench = new Bench();
    const client = await started(bench);
    welcome(bench);
    expect(bench.last.frames[0]).toMatchObject({ type: "hello", token: "T", topics: { desk: null } });
    expect(client.now()).toBe(1_500);
    bench.last.says({ type: "snapshot", topic: "desk", cursor: 7, keys: { me: { id: "a" } } });
    bench.last.loses();
    expect(client.connection).toBe("offline");
    await bench.pass(15_000);
    welcome(bench);
    expect(bench.last.frames[0]).toMatchObject({ topics: { desk: 7 } });
    expect(client.topic("desk").keys["me"]).toEqual({ id: "a" });
    expect(client.connection).toBe("online");
  });

  it("sends an unanswered command again after a reconnect under the same id, and settles once", async () => {
    const bench = new Bench();
    const client = await started(bench);
    welcome(bench);
    const answer = client.do({ type: "offer.accept", interaction: "i" });
    const id = bench.last.dos()[0];
    bench.last.loses();
    await bench.pass(15_000);
    welcome(bench);
    expect(bench.last.dos()).toEqual([id]);
    bench.last.says({ type: "answer", id, ok: true });
    bench.last.says({ type: "answer", id, ok: true });
    await expect(answer).resolves.toEqual({ ok: true });
    bench.last.loses();
    await bench.pass(15_000);
    welcome(bench);
    expect(bench.last.dos()).toEqual([]);
  });

  it("keeps what was written while the line is down, in order, even over a reload", async () => {
    const bench = new Bench();
    const shelf = new FakeShelf();
    const before = await started(bench, shelf);
    void before.do({ type: "message.post", text: "one" });
    void before.do({ type: "message.post", text: "two" });
    before.stop();
    const after = await started(bench, shelf);
    welcome(bench);
    const texts = bench.last.frames.filter((f) => f["type"] === "do").map((f) => (f["command"] as { text: string }).text);
    expect(texts).toEqual(["one", "two"]);
    for (const id of bench.last.dos()) bench.last.says({ type: "answer", id, ok: true });
    expect(after.outbox.pending()).toEqual([]);
    expect(shelf.held.size).toBe(0);
  });

  it("asks again when the centre does not know the answer yet", async () => {
    const bench = new Bench();
    const client = await started(bench);
    welcome(bench);
    void client.do({ type: "message.post", text: "x" });
    const [id] = bench.last.dos();
    bench.last.says({ type: "answer", id, ok: false, error: { code: "command.unanswered" } });
    await bench.pass(2_000);
    expect(bench.last.dos()).toEqual([id, id]);
  });

  it("paces a large backlog below the centre's limit", async () => {
    const bench = new Bench();
    const client = await started(bench);
    for (let n = 0; n < 50; n += 1) void client.do({ type: "message.post", text: String(n) });
    welcome(bench);
    expect(bench.last.dos()).toHaveLength(30);
    await bench.pass(2_000);
    expect(bench.last.dos()).toHaveLength(50);
  });

  it("does not repeat a frame that the centre called bad", async () => {
    const bench = new Bench();
    const client = await started(bench);
    welcome(bench);
    const answer = client.do({ type: "message.post", text: "x" });
    bench.last.says({ type: "error", code: "live.bad_frame" });
    bench.last.loses(4400);
    await expect(answer).resolves.toMatchObject({ ok: false, error: { code: "live.bad_frame" } });
    await bench.pass(15_000);
    welcome(bench);
    expect(bench.last.dos()).toEqual([]);
  });

  it("refuses a frame over the limit without sending it", async () => {
    const bench = new Bench();
    const client = await started(bench);
    const answer = await client.do({ type: "message.post", text: "😀".repeat(4_100) });
    expect(answer).toMatchObject({ ok: false, error: { code: "live.frame_too_large" } });
  });

  it("renews its token before it runs out", async () => {
    const bench = new Bench();
    await started(bench);
    welcome(bench, { expires_at: bench.time + 500 + 300_000 });
    for (let minute = 0; minute < 16; minute += 1) {
      bench.last.says({ type: "pong", now: bench.time + 500 });
      await bench.pass(15_000);
    }
    expect(bench.last.frames.some((frame) => frame["type"] === "renew")).toBe(true);
  });

  it("comes back after silence, and stops for good when it is refused", async () => {
    const bench = new Bench();
    const client = await started(bench);
    welcome(bench);
    await bench.pass(61_000);
    expect(bench.sockets[0]?.closed).toBe(true);
    expect(bench.sockets.length).toBeGreaterThan(1);
    bench.last.loses(4403);
    const tries = bench.sockets.length;
    await bench.pass(60_000);
    expect(client.connection).toBe("refused");
    expect(bench.sockets).toHaveLength(tries);
  });

  it("treats a signed-out session as refused", async () => {
    const bench = new Bench();
    const client = new LiveClient({
      url: "ws://here",
      topics: ["desk"],
      token: () => Promise.reject(new Refused("live.signed_out")),
      surroundings: bench,
    });
    client.start();
    await settle();
    expect(client.connection).toBe("refused");
    expect(client.trouble).toBe("live.signed_out");
  });
});
