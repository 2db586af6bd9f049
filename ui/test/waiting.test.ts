import { describe, expect, it } from "vitest";
import { type Language, translator } from "../src/language/catalogue";
import { en } from "../src/language/chat/en";
import { fa } from "../src/language/chat/fa";
import { uk } from "../src/language/chat/uk";
import { formatter } from "../src/language/format";
import type { ChatState } from "../src/widget/types";
import { HOLD, QUIET, Waiting, waitWords } from "../src/widget/waiting";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const speak = (language: Language) => translator(language, { fa, uk, en }[language] as typeof en, formatter(language).digits);
const between = (low: number, high: number) => ({ low_at: NOW + low * MINUTE, high_at: NOW + high * MINUTE });
const queued = (position: number | null, wait: ChatState["wait"] = null, interaction = "i"): ChatState => ({
  contact: "c", interaction, phase: "queued", queued_at: NOW, agent_name: null, language: "en", alternatives: [], closed: false, reason: null, position, wait,
});

describe("the expected wait", () => {
  it("is said in three languages", () => {
    const said = (language: Language, low: number, high: number) => waitWords(speak(language), between(low, high), NOW);
    expect(said("en", 3.2, 4.6)).toBe("About 3–5 minutes more.");
    expect(said("fa", 3.2, 4.6)).toBe("حدود ۳ تا ۵ دقیقهٔ دیگر.");
    expect(said("uk", 3.2, 4.6)).toBe("Ще приблизно 3–5 хвилин.");
    expect(said("uk", 1, 2)).toBe("Ще приблизно 1–2 хвилини.");
    expect(said("en", 0.2, 4)).toBe("Usually within 4 minutes.");
    expect(said("fa", -3, 4)).toBe("معمولاً تا ۴ دقیقهٔ دیگر.");
    expect(said("uk", 0, 4)).toBe("Зазвичай протягом 4 хвилин.");
    expect(said("en", 0, 0.5)).toBe("Less than a minute more.");
    expect(said("en", 4, 4)).toBe("About 4 minutes more.");
  });
  it("is said coarsely where it is long, and not at all once it has passed", () => {
    expect(waitWords(speak("en"), between(12, 18), NOW)).toBe("About 10–20 minutes more.");
    expect(waitWords(speak("en"), between(4, 11), NOW)).toBe("Usually within 15 minutes.");
    expect(waitWords(speak("en"), between(-2, 0), NOW)).toBe("");
    expect(waitWords(speak("en"), null, NOW)).toBe("");
  });
});

describe("place and wait", () => {
  it("get better at once, worse or lost only after a while", () => {
    const waiting = new Waiting(speak("en"));
    expect(waiting.words(queued(3), NOW)).toBe("You are number 3 in the queue.");
    expect(waiting.words(queued(2), NOW + 1)).toBe("You are number 2 in the queue.");
    expect(waiting.words(queued(4), NOW + 2)).toBe("You are number 2 in the queue.");
    expect(waiting.words(queued(null), NOW + 3)).toBe("You are number 2 in the queue.");
    expect(waiting.words(queued(2), NOW + 4)).toBe("You are number 2 in the queue.");
    expect(waiting.words(queued(null), NOW + 1 + HOLD)).toBe("");
    expect(waiting.words(queued(1), NOW + 2 + HOLD)).toBe("You are next.");
  });
  it("keep a forecast while it is true, and never longer", () => {
    const waiting = new Waiting(speak("en"));
    expect(waiting.words(queued(null, between(3, 5)), NOW)).toBe("About 3–5 minutes more.");
    expect(waiting.words(queued(null, between(6, 8)), NOW + 1)).toContain("–5 minutes");
    expect(waiting.words(queued(null, null), NOW + 2)).toContain("–5 minutes");
    expect(waiting.words(queued(null, between(6, 8)), NOW + HOLD)).toBe("About 5–8 minutes more.");
    expect(waiting.words(queued(null, null), NOW + 2 * HOLD)).toBe("");
    const short = new Waiting(speak("en"));
    expect(short.words(queued(null, { low_at: NOW, high_at: NOW + 2_000 }), NOW)).toBe("Less than a minute more.");
    expect(short.words(queued(null, { low_at: NOW, high_at: NOW + 2_000 }), NOW + 2_000)).toBe("");
  });
  it("begin anew with another conversation or after an offer", () => {
    const waiting = new Waiting(speak("en"));
    waiting.words(queued(2), NOW);
    expect(waiting.words(queued(5, null, "j"), NOW + 1)).toBe("You are number 5 in the queue.");
    expect(waiting.words({ ...queued(5, null, "j"), phase: "offered" }, NOW + 2)).toBe("");
    expect(waiting.words(queued(7, null, "j"), NOW + 3)).toBe("You are number 7 in the queue.");
    expect(waiting.words(null, NOW + 4)).toBe("");
  });
  it("are read out at most every half minute", () => {
    const waiting = new Waiting(speak("en"));
    waiting.words(queued(3), NOW);
    expect(waiting.told("three", NOW)).toBe("three");
    expect(waiting.told("two", NOW + QUIET - 1)).toBe("three");
    expect(waiting.told("one", NOW + QUIET)).toBe("one");
    expect(waiting.told("", NOW + QUIET + 1)).toBe("");
    expect(waiting.told("one", NOW + QUIET + 2)).toBe("one");
  });
});
