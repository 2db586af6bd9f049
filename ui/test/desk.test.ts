import { describe, expect, it } from "vitest";
import { asked, fill, nextHole, search } from "../src/desk/canned";
import { standOf } from "../src/desk/day";
import { messagesOf, unreadIn, waitingSince } from "../src/desk/model";
import { leavesOf } from "../src/desk/tree";
import type { Interaction, Message } from "../src/desk/types";
import { dayAt, readDay, readWhen, usual, writeWhen } from "../src/desk/when";
import type { Keys } from "../src/live/types";

const TEHRAN = "Asia/Tehran";
const NOW = Date.UTC(2026, 10, 22, 5, 0);

describe("a due time as people write it", () => {
  it.each([
    ["2026-11-25 10:00", Date.UTC(2026, 10, 25, 6, 30)],
    ["1405/09/04 10:00", Date.UTC(2026, 10, 25, 6, 30)],
    ["۱۴۰۵/۰۹/۰۴ ساعت ۱۰:۰۰", Date.UTC(2026, 10, 25, 6, 30)],
    ["25.11.2026", Date.UTC(2026, 10, 25, 6, 30)],
    ["tomorrow 9:15", Date.UTC(2026, 10, 23, 5, 45)],
    ["فردا ۱۰:۰۰", Date.UTC(2026, 10, 23, 6, 30)],
    ["پس‌فردا", Date.UTC(2026, 10, 24, 6, 30)],
    ["завтра о 10:00", Date.UTC(2026, 10, 23, 6, 30)],
    ["17:00", Date.UTC(2026, 10, 22, 13, 30)],
    ["07:00", Date.UTC(2026, 10, 23, 3, 30)],
  ])("reads %s", (text, instant) => {
    expect(readWhen(text, NOW, TEHRAN)).toBe(instant);
  });

  it.each(["", "soon", "2026-13-01", "2026-02-30", "1405/12/31", "31/31/2026", "25:00"])("does not guess at %j", (text) => {
    expect(readWhen(text, NOW, TEHRAN)).toBeNull();
  });

  it("knows every day of a Jalali leap year and of the one after it", () => {
    for (const year of [1403, 1404]) {
      let last = Date.UTC(year + 621, 2, 20) - 86_400_000;
      for (let month = 1; month <= 12; month += 1) {
        const days = month <= 6 ? 31 : month < 12 || year === 1403 ? 30 : 29;
        for (let day = 1; day <= days; day += 1) {
          const found = readDay(`${year}/${month}/${day}`)!;
          const at = Date.UTC(found.year, found.month - 1, found.day);
          if (month > 1 || day > 1) expect(at - last).toBe(86_400_000);
          last = at;
        }
      }
    }
    expect(readDay("1404/12/30")).toBeNull();
  });

  it("keeps the hour over a change of the clocks", () => {
    const kyiv = "Europe/Kyiv";
    expect(readWhen("2026-10-24 10:00", NOW, kyiv)).toBe(Date.UTC(2026, 9, 24, 7));
    expect(readWhen("2026-10-26 10:00", NOW, kyiv)).toBe(Date.UTC(2026, 9, 26, 8));
  });

  it("writes what it reads", () => {
    for (const language of ["fa", "uk", "en"]) {
      for (const { at } of usual(NOW, TEHRAN)) expect(readWhen(writeWhen(at, language, TEHRAN), NOW, TEHRAN)).toBe(at);
    }
    expect(dayAt(Date.UTC(2026, 10, 22, 21), TEHRAN)).toEqual({ year: 2026, month: 11, day: 23 });
  });
});

describe("a canned answer", () => {
  it("is filled with what is known, the rest is chosen", () => {
    expect(fill("Hello {customer}, order {order} is {what}.", { customer: "Zahra" })).toEqual({
      text: "Hello Zahra, order {order} is {what}.",
      from: 19,
      to: 26,
    });
    expect(fill("Bye", {})).toEqual({ text: "Bye", from: 3, to: 3 });
  });

  it("fills in a customer's braces as text", () => {
    expect(fill("Hi {customer}!", { customer: "{order}" }).text).toBe("Hi {order}!");
  });

  it("leads from hole to hole and round again", () => {
    expect(nextHole("{a} and {b}", 3)).toEqual({ from: 8, to: 11 });
    expect(nextHole("{a} and {b}", 11)).toEqual({ from: 0, to: 3 });
    expect(nextHole("none", 0)).toBeNull();
  });

  it("is asked for by a slash at the beginning of a word only", () => {
    expect(asked("/ret", 4, false)).toEqual({ kind: "/", from: 0, query: "ret" });
    expect(asked("see /ret pol", 12, false)).toEqual({ kind: "/", from: 4, query: "ret pol" });
    expect(asked("https://x", 9, false)).toBeNull();
    expect(asked("and/or", 6, false)).toBeNull();
    expect(asked("call @em", 8, false)).toBeNull();
    expect(asked("call @em", 8, true)).toEqual({ kind: "@", from: 5, query: "em" });
    expect(asked("a / b", 5, false)).toBeNull();
  });

  it("is found by shortcut, title or words, in the wrong layout too", () => {
    const all = [
      { id: 1, shortcut: "hi", title: "Greeting", text: "Hello {customer}", variables: [] },
      { id: 2, shortcut: "بازگشت", title: "بازگشت کالا", text: "…", variables: [] },
    ];
    expect(search(all, "gree").map((each) => each.id)).toEqual([1]);
    expect(search(all, "fhc'aj").map((each) => each.id)).toEqual([2]);
    expect(search(all, "")).toHaveLength(2);
  });
});

const message = (change: Partial<Message>): Message => ({ interaction: "i", number: 1, message: "m", author: "customer", author_name: "", text: "", at: 0, ...change });

describe("a conversation", () => {
  it("waits since the first message that nobody has answered", () => {
    const talk = [message({ at: 1 }), message({ at: 2, author: "agent" }), message({ at: 3 }), message({ at: 4, author: "note" }), message({ at: 5 })];
    expect(waitingSince(talk)).toBe(3);
    expect(waitingSince(talk.slice(0, 2))).toBeNull();
    expect(waitingSince([])).toBeNull();
  });

  it("counts as unread what neither this desk nor the centre has seen", () => {
    const talk = [1, 2, 3].map((number) => message({ number, at: number * 10 }));
    expect(unreadIn(talk, 0, "i", 0)).toBe(3);
    expect(unreadIn(talk, 2, "i", 0)).toBe(1);
    expect(unreadIn(talk, 0, "i", 20)).toBe(1);
    expect(unreadIn(talk, 3, "other", 0)).toBe(3);
  });

  it("keeps ten long ones in order without sorting them again at every look", () => {
    const keys: Record<string, unknown> = {};
    for (let talk = 0; talk < 10; talk += 1) {
      for (let number = 500; number > 0; number -= 1) {
        keys[`m:i${talk}:${String(number).padStart(6, "0")}`] = message({ interaction: `i${talk}`, number, at: number });
      }
    }
    const topic = { cursor: 1, keys: keys as Keys };
    const of = (id: string): Message[] => messagesOf(topic, { id, parent: null, consult: null } as Interaction);
    expect(of("i3").map((each) => each.number)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(of("i3")).toBe(of("i3"));
    const begin = performance.now();
    for (let look = 0; look < 1_000; look += 1) of(`i${look % 10}`);
    expect(performance.now() - begin).toBeLessThan(50);
  });
});

describe("outcomes and reasons", () => {
  const name = (text: string) => ({ en: text });
  const terms = [
    { key: "delivery", name: name("Delivery"), parent: "" },
    { key: "late", name: name("Late"), parent: "delivery" },
    { key: "broken", name: name("Broken"), parent: "delivery" },
    { key: "other", name: name("Other"), parent: "" },
  ];

  it("are the queue's own in the tree's order, under their branches", () => {
    expect(leavesOf(terms, ["other", "late", "own"], "en", (key) => key)).toEqual([
      { key: "late", name: "Late", path: ["Delivery"] },
      { key: "other", name: "Other", path: [] },
      { key: "own", name: "own", path: [] },
    ]);
  });

  it("are all leaves where the queue names none", () => {
    expect(leavesOf(terms, [], "en", (key) => key).map((leaf) => leaf.key)).toEqual(["late", "broken", "other"]);
    expect(leavesOf([], [], "en", (key) => key).length).toBeGreaterThan(3);
  });

  it("compare a mean with its band only where there is one", () => {
    expect(standOf(5, 1, 9)).toBe("within");
    expect(standOf(10, 1, 9)).toBe("over");
    expect(standOf(0, 1, 9)).toBe("under");
    expect(standOf(null, 1, 9)).toBe("");
    expect(standOf(5, null, null)).toBe("");
  });
});
