import { afterEach, describe, expect, it, vi } from "vitest";
import { fold, match, ranked } from "../src/keys/fuzzy";
import { otherLayouts } from "../src/keys/layouts";
import { available, register, shown, written } from "../src/keys/shortcuts";

const key = (key: string, code: string, change: Partial<KeyboardEvent> = {}) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...change,
});

describe("a search", () => {
  it("compares what people mean, not how it was spelt", () => {
    expect(fold("سفارش‌هاي كهنه ۱۲")).toBe(fold("سفارشهای کهنه 12"));
    expect(fold("Élodie  COHEN")).toBe("elodie cohen");
    expect(fold("Їжак")).toBe("їжак");
    expect(fold("йод")).not.toBe(fold("иод"));
  });

  it("understands the wrong keyboard layout", () => {
    expect(otherLayouts("chiv")).toContain("زاهر");
    expect(match("chiv", "زاهر کریمی")).toBeGreaterThan(0.5);
    expect(match("jvx", "тест")).toBe(0);
    expect(match("rjdfkm", "Олена Коваль")).toBeGreaterThan(0.5);
    expect(match("сщтефсеі", "contacts")).toBeGreaterThan(0.5);
    expect(match("زخدفشزفس", "contacts")).toBeGreaterThan(0.5);
  });

  it("puts beginnings before insides before scattered letters", () => {
    const names = ["Wallboard", "New wall", "Firewall log", "Windy alley"];
    expect(ranked("wall", names, (name) => [name])).toEqual(["Wallboard", "New wall", "Firewall log", "Windy alley"]);
    expect(match("wal", "Windy alley")).toBeGreaterThan(0);
    expect(match("zzz", "Wallboard")).toBe(0);
  });

  it("needs every word typed", () => {
    expect(match("emma clarke", "Clarke, Emma")).toBeGreaterThan(0);
    expect(match("emma smith", "Clarke, Emma")).toBe(0);
  });

  it("finds everything for nothing, in the order given", () => {
    expect(ranked(" ", ["b", "a"], (each) => [each])).toEqual(["b", "a"]);
  });

  it("is quick over many", () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `Customer number ${index} of the long list`);
    const begin = performance.now();
    ranked("number 1999", names, (name) => [name]);
    expect(performance.now() - begin).toBeLessThan(2_000); // a busy machine; quadratic would be minutes
  });
});

describe("a pressed key", () => {
  it("is told by its place where the layout writes no Latin", () => {
    expect(written(key("ل", "KeyG"))).toBe("g");
    expect(written(key("п", "KeyG"))).toBe("g");
    expect(written(key("ل", "KeyK", { ctrlKey: true }))).toBe("mod+k");
    expect(written(key("˚", "KeyK", { altKey: true }))).toBe("alt+k");
    expect(written(key("۱", "Digit1", { altKey: true }))).toBe("alt+1");
    expect(written(key("ArrowUp", "ArrowUp", { altKey: true }))).toBe("alt+up");
  });

  it("is a question mark on every layout", () => {
    expect(written(key("?", "Slash", { shiftKey: true }))).toBe("?");
    expect(written(key("؟", "Slash", { shiftKey: true }))).toBe("?");
    expect(written(key("?", "Digit7", { shiftKey: true }))).toBe("?");
  });

  it("is nothing for a modifier alone", () => {
    expect(written(key("Shift", "ShiftLeft", { shiftKey: true }))).toBe("");
    expect(written(key("Alt", "AltLeft", { altKey: true }))).toBe("");
  });

  it("is written as the keyboard has it", () => {
    expect(shown("mod+k", true)).toEqual(["⌘", "K"]);
    expect(shown("alt+up", false)).toEqual(["Alt", "↑"]);
    expect(shown("g d", false)).toEqual(["G", "D"]);
  });
});

describe("the register", () => {
  afterEach(() => vi.restoreAllMocks());

  it("offers only what works now, and forgets what a page takes away", () => {
    let open = false;
    const away = register([
      { id: "a", keys: ["a"], label: "A", group: "g", run: () => undefined, when: () => open },
      { id: "b", keys: ["b"], label: "B", group: "g", run: () => undefined },
    ]);
    expect(available().map((each) => each.id)).toEqual(["b"]);
    open = true;
    expect(available().map((each) => each.id)).toEqual(["a", "b"]);
    away();
    expect(available()).toEqual([]);
  });
});
