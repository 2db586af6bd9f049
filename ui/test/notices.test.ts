import { describe, expect, it, vi } from "vitest";

import { Feed, type Notice, type Notices } from "../src/notices/feed";

const notice = (id: number, more: Partial<Notice> = {}): Notice => ({
  id, kind: "mention", text: `n${id}`, link: "", at: 0, read: false, desktop: true, sound: true, ...more,
});

class Shelf {
  held = new Map<string, string>();
  getItem = (key: string): string | null => this.held.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.held.set(key, value);
}

function stage(shelf = new Shelf()) {
  const centre: Notices = { unread: 0, notices: [] };
  let broken = 0;
  const arrived: number[][] = [];
  const posts: unknown[] = [];
  const feed = new Feed(0, () => undefined, (fresh) => arrived.push(fresh.map((each) => each.id)), () => true, shelf, async (_url, body) => {
    if (broken) return new Response("{}", { status: broken });
    if (body !== undefined) posts.push(body);
    return new Response(JSON.stringify(centre));
  });
  const tell = (...rows: Notice[]): void => {
    centre.notices = [...rows, ...centre.notices];
    centre.unread = centre.notices.filter((each) => !each.read).length;
  };
  return { feed, centre, arrived, posts, tell, fail: (status: number) => (broken = status) };
}

describe("the feed of notices", () => {
  vi.useFakeTimers();

  it("rings for what is new and never for what was there before", async () => {
    const s = stage();
    s.tell(notice(1), notice(0));
    await s.feed.refresh();
    expect([s.feed.unread, s.arrived]).toEqual([2, []]);
    s.tell(notice(3), notice(2, { read: true }));
    await s.feed.refresh();
    await s.feed.refresh();
    expect(s.arrived).toEqual([[3]]);
  });

  it("rings in one tab of the browser only", async () => {
    const shelf = new Shelf();
    const [a, b] = [stage(shelf), stage(shelf)];
    await a.feed.refresh();
    for (const s of [a, b]) s.tell(notice(5));
    await a.feed.refresh();
    await b.feed.refresh();
    expect([a.arrived, b.arrived]).toEqual([[[5]], []]);
    expect(b.feed.unread).toBe(1);
  });

  it("shows what is read at once and puts it back when the centre does not take it", async () => {
    const s = stage();
    s.tell(notice(2), notice(1));
    await s.feed.refresh();
    s.centre.unread = 1;
    await s.feed.read([2]);
    expect([s.feed.unread, s.feed.notices[0]!.read, s.posts]).toEqual([1, true, [{ ids: [2] }]]);
    s.fail(503);
    await s.feed.read(null);
    expect([s.feed.unread, s.feed.notices[1]!.read]).toEqual([1, false]);
  });

  it("keeps what it has while the network is away, and stops when the person is signed out", async () => {
    const s = stage();
    s.fail(500);
    await s.feed.refresh();
    expect(s.feed.state).toBe("failed");
    s.fail(0);
    s.tell(notice(1));
    await s.feed.refresh();
    s.fail(500);
    await s.feed.refresh();
    expect([s.feed.state, s.feed.unread]).toEqual(["there", 1]);
    s.fail(401);
    await s.feed.refresh();
    expect(s.feed.state).toBe("signed_out");

  });
});
