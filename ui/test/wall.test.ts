import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Keys, Topic, WallAgent, WallQueue } from "../src/live/types";
import { LANGUAGES, type Text } from "../src/language/catalogue";
import { wallTexts } from "../src/language/staff/wall";
import { wallEn } from "../src/language/staff/wall.en";
import { evenly, pageAt } from "../src/wall/fit";
import { contactsLink, readAddress, shownAt, writeAddress } from "../src/wall/address";
import { readStaffing } from "../src/wall/agent_panel";
import { type Alarm, Bell, alarmsOf, worryOf } from "../src/wall/alarms";
import { type Point, STEP, agentsShown, cardOf, figuresOf, folded, merged, queuesShown, seriesOf } from "../src/wall/figures";
import { driftAt } from "../src/wall/screen";

const topic = (keys: Record<string, unknown>): Topic => ({ cursor: 1, keys: keys as Keys });

const queue = (change: Partial<WallQueue> = {}): WallQueue => ({
  id: "q",
  name: { en: "Sales", fa: "فروش" },
  client: "own",
  open: true,
  waiting: 1,
  longest_since: 0,
  alarm_at: 45_000,
  never_at: 60_000,
  entered: 1,
  answered: 0,
  abandoned: 0,
  left_otherwise: 0,
  sl: { formula: "sl.answered_only", version: 1, threshold_ms: 20_000, target_permille: 800, value: null, n: 0 },
  asa_ms: null,
  answered_wait_ms: 0,
  handled: 0,
  handle_ms: 0,
  overflow_now: [],
  now: null,
  arrivals: null,
  ready: 0,
  busy: 0,
  agents: 0,
  ...change,
});

const agent = (change: Partial<WallAgent> = {}): WallAgent => ({
  id: "a",
  name: "Ann",
  team: "red",
  queues: ["q"],
  presence: "ready",
  reason: "",
  since: 1,
  idle_since: 2,
  answered: 0,
  missed: 0,
  handle_ms: 0,
  work: [],
  ...change,
});

const alarm = (change: Partial<Alarm> = {}): Alarm => ({
  id: "wait:q:i",
  kind: "wait",
  queue: "q",
  interaction: "i",
  agent: "",
  since: 10,
  urgent: true,
  detail: "",
  acknowledged: null,
  ...change,
});

describe("the wallboard's figures", () => {
  it("says what an agent does now: hold before talk before wrap-up before idle", () => {
    const work = {
      interaction: "i", contact: "c", kind: "contact" as const, channel: "chat" as const, queue: "q", customer_name: "",
      on_hold_since: null, help_since: null, monitors: [],
    }; // prettier-ignore
    expect(cardOf(agent())).toMatchObject({ state: "ready", since: 2 });
    expect(cardOf(agent({ presence: "not_ready" }))).toMatchObject({ state: "not_ready" });
    const active = { ...work, phase: "active" as const, since: 5 };
    const wrap = { ...work, phase: "wrap_up" as const, since: 4 };
    expect(cardOf(agent({ work: [wrap] }))).toMatchObject({ state: "wrap_up", since: 4 });
    expect(cardOf(agent({ work: [wrap, active] }))).toMatchObject({ state: "busy", since: 5 });
    expect(cardOf(agent({ work: [{ ...active, on_hold_since: 9 }] }))).toMatchObject({ state: "hold", since: 9 });
    const asking = cardOf(agent({ work: [{ ...active, help_since: 9 }] }));
    expect(agentsShown([asking, cardOf(agent())], { ...readAddress(""), state: "help" })).toEqual([asking]);
  });

  it("adds queues up to a client, with n", () => {
    const sl = queue().sl;
    const sum = figuresOf([
      queue({ waiting: 2, longest_since: 500, answered: 9, answered_wait_ms: 900, sl: { ...sl, value: 2 / 3, n: 9 } }),
      queue({ waiting: 3, longest_since: 300, answered: 1, answered_wait_ms: 100, sl: { ...sl, value: 1, n: 1 } }),
      queue({ waiting: 0, longest_since: null, alarm_at: null, never_at: null }),
    ]);
    expect(sum).toMatchObject({ waiting: 5, longest: 300, answered: 10, met: 7, n: 10, asa: 100, alarmAt: 45_000 });
    expect(figuresOf([queue()])).toMatchObject({ n: 0, asa: null, aht: null });
  });

  it("draws a day without gaps, where a quiet quarter keeps who waits and divides nothing by nothing", () => {
    const now = 10 * STEP + 5;
    const past: Point[] = [[7 * STEP, 4, 3, 1, 2, 1, 0.75, 4]];
    const wall = topic({ "s:q": past });
    const series = seriesOf(wall, queue({ now: [9 * STEP, 1, 2, 0, 2, 0, 1, 2] }), now);
    expect(series.map((each) => [each.from / STEP, each.answered, each.waiting, each.sl])).toEqual([
      [7, 3, 2, 0.75],
      [8, 0, 1, null],
      [9, 2, 2, 1],
      [10, 0, 0, null],
    ]);
    expect(seriesOf(topic({}), queue(), now)).toEqual([]);
    const both = merged([series, series.slice(0, 1).map((each) => ({ ...each, sl: 0.25, n: 4 }))]);
    expect(both[0]).toMatchObject({ answered: 6, waiting: 4, sl: 0.5, n: 8 });
  });

  it("does not make thousands of quarters of a queue that was quiet for weeks", () => {
    expect(seriesOf(topic({}), queue({ now: [0, 1, 1, 0, 1, 0, 1, 1] }), 1_700_000_000_000).length).toBeLessThan(100);
  });

  it("finds names however they are typed", () => {
    expect(folded(" مُلّا ۱۲٣ ي ك\u200f")).toBe(folded("مُلّا 123 ی ک"));
    const address = { ...readAddress(""), search: "فروش" };
    expect(queuesShown([queue(), queue({ id: "x", name: { fa: "پشتيباني" } })], address)).toHaveLength(1);
    expect(queuesShown([queue({ name: { fa: "پشتيباني" } })], { ...address, search: "پشتیبانی" })).toHaveLength(1);
  });
});

describe("alarms", () => {
  it("puts what nobody attends to first, urgent before the rest", () => {
    const wall = topic({
      "x:wait:1": alarm({ id: "1", acknowledged: { by: "boss", at: 1 } }),
      "x:level:q": alarm({ id: "2", kind: "level", urgent: false }),
      "x:wait:3": alarm({ id: "3" }),
      "x:help:4": alarm({ id: "4", kind: "help" }),
    });
    expect(alarmsOf(wall).map((each) => each.id)).toEqual(["4", "3", "2", "1"]);
  });

  it("colours a tile by its own queues, and calms it as soon as somebody attends", () => {
    const mine = new Set(["q"]);
    expect(worryOf([alarm({ queue: "other" })], mine)).toBe("calm");
    expect(worryOf([alarm()], mine)).toBe("alarm");
    expect(worryOf([alarm({ acknowledged: { by: "boss", at: 1 } })], mine)).toBe("warn");
    expect(worryOf([alarm({ urgent: false })], mine)).toBe("warn");
  });

  it("rings for what is new and for what is left alone, not for what was there at the start", () => {
    const bell = new Bell();
    const rings = [
      bell.update([alarm()], false, 100_000),
      bell.update([alarm()], false, 101_000),
      bell.update([alarm(), alarm({ id: "new" })], false, 102_000),
      bell.update([alarm(), alarm({ id: "new" })], false, 103_000),
      bell.update([alarm()], false, 133_000),
      bell.update([alarm({ acknowledged: { by: "x", at: 1 } })], false, 200_000),
    ];
    expect(rings).toEqual([false, false, true, false, true, false]);
  });
});

describe("the address", () => {
  it("keeps what is shown", () => {
    for (const said of ["", "?show=agents&team=red&state=help", "?show=queues,agents&every=20s&screen=1", "?q=%D9%81%D8%B1%D9%88%D8%B4&client=own"]) {
      expect(writeAddress(readAddress(said))).toBe(said);
    }
  });

  it("takes nonsense for the usual", () => {
    expect(readAddress("?show=nothing,queues&every=0s&screen=maybe")).toMatchObject({ show: ["queues"], every: 5_000, screen: false });
    expect(readAddress("?every=2m&screen=1").every).toBe(120_000);
    expect(readAddress("?every=999999h").every).toBe(20_000);
  });

  it("goes round on a wall screen, everywhere at the same time", () => {
    const address = readAddress("?show=queues,agents,teams&every=10s&screen=1");
    expect([0, 9_999, 10_000, 25_000, 30_000].map((now) => shownAt(address, now))).toEqual(["queues", "queues", "agents", "teams", "queues"]);
    expect(driftAt(0)).not.toEqual(driftAt(60_000));
  });

  it("shows what does not fit in turns, the next part each round", () => {
    const address = readAddress("?show=queues,agents&every=10s&screen=1");
    expect([0, 19_999, 20_000, 40_000].map((now) => pageAt(25, 12, address, now))).toEqual([
      { from: 0, to: 12, number: 1, of: 3 },
      { from: 0, to: 12, number: 1, of: 3 },
      { from: 12, to: 24, number: 2, of: 3 },
      { from: 24, to: 25, number: 3, of: 3 },
    ]);
    expect(pageAt(12, 12, address, 30_000)).toEqual({ from: 0, to: 12, number: 1, of: 1 });
    expect([evenly(13, 10), evenly(20, 10), evenly(21, 10), evenly(5, 1)]).toEqual([7, 10, 7, 1]);
    expect(pageAt(7, Number.POSITIVE_INFINITY, address, 30_000).to).toBe(7);
  });

  it("opens the contacts behind a figure: what has ended of today, what goes on of any day", () => {
    expect(contactsLink({ queue: "help", state: "answered", wait_over: "20s" })).toBe("/contacts/?queue=help&state=answered&wait_over=20s&day=today");
    expect(contactsLink({ client: "own", state: "waiting" })).toBe("/contacts/?client=own&state=waiting");
  });
});

describe("staffing", () => {
  it("reads levels in any digits, and names the skill whose level is none", () => {
    const form: [string, string][] = [["queue:a", "on"], ["skill:x", "۵۰"], ["skill:y", " ٧ "], ["skill:z", ""], ["skill:w", "0"]]; // prettier-ignore
    expect(readStaffing(form)).toEqual({ queues: ["a"], skills: { x: 50, y: 7 }, wrong: null });
    for (const wrong of ["101", "-1", "abc", "5.5"]) expect(readStaffing([["skill:x", wrong]]).wrong).toBe("x");
  });
});

describe("the wall's catalogue", () => {
  const forms = (text: Text): string[] => (typeof text === "string" ? [text] : Object.values(text));
  const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

  it.each(LANGUAGES)("is complete in %s", (language) => {
    const catalogue = wallTexts[language] as Record<string, Text>;
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(wallEn).sort());
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, original] of Object.entries(wallEn) as [string, Text][]) {
      const text = catalogue[key]!;
      if (typeof original === "string") expect(places(text as string), key).toEqual(places(original));
      else expect(Object.keys(text).sort(), key).toEqual([...needed].sort());
      for (const form of forms(text)) {
        expect(form.trim(), key).not.toBe("");
        if (language === "fa") expect(form, key).not.toMatch(/[يك]/);
        if (language !== "en" && key !== "done.priority") expect(form, key).toMatch(language === "fa" ? /[\u0600-\u06ff]/ : /[\u0400-\u04ff]/);
      }
    }
  });

  it("holds nothing that is not used", () => {
    const code = readdirSync("src/wall").map((name) => readFileSync(`src/wall/${name}`, "utf8")).join("\n");
    const built = /^wall\.state\./;
    expect(Object.keys(wallEn).filter((key) => !built.test(key) && !code.includes(`"${key}"`))).toEqual([]);
  });
});
