import { describe, expect, it } from "vitest";
import { commandOf, dialled } from "../src/desk/handover";
import { numbered } from "../src/desk/words";
import { microphoneOf, oneWay, type SoundSample } from "../src/phone/state";
import { spaced } from "../src/phone/words";

const samples = (received: number[], sent: number[]): SoundSample[] => received.map((each, second) => ({ at: second * 1_000, received: each, sent: sent[second] ?? 0 }));

describe("sound one way", () => {
  const growing = [0, 50, 100, 150, 200, 250];
  const still = [50, 50, 50, 50, 50, 50];

  it("is told after four quiet seconds, and by its direction", () => {
    expect(oneWay(samples(growing, growing), 0, false)).toBe("");
    expect(oneWay(samples(still, growing), 0, false)).toBe("in");
    expect(oneWay(samples(growing, still), 0, false)).toBe("out");
    expect(oneWay(samples(still.slice(0, 4), growing), 0, false)).toBe("");
  });

  it("is no alarm while nobody is there to be heard, or who is muted says nothing", () => {
    expect(oneWay(samples(still, growing), null, false)).toBe("");
    expect(oneWay(samples(still, growing), 4_000, false)).toBe("");
    expect(oneWay(samples(growing, still), 0, true)).toBe("");
    expect(oneWay([], 0, false)).toBe("");
  });
});

describe("the microphone", () => {
  it("says why it cannot be had", () => {
    expect(microphoneOf(new DOMException("", "NotAllowedError"))).toBe("refused");
    expect(microphoneOf(new DOMException("", "NotFoundError"))).toBe("none");
    expect(microphoneOf(new DOMException("", "NotReadableError"))).toBe("busy");
    expect(microphoneOf("odd")).toBe("busy");
  });
});

describe("numbers", () => {
  it("are read from left to right in groups", () => {
    expect(spaced("982191001000").replaceAll("\u00a0", " ")).toBe("+98 219 100 1000");
    expect(spaced("112")).toBe("112");
    expect(numbered("+982191001000")).toBe("\u2066+982191001000\u2069");
    expect(numbered("sara@example.com")).toBe("sara@example.com");
  });

  it("are typed in any digits, and nothing else is dialled", () => {
    expect(dialled("۰۲۱ ۹۱۰۰-۱۰۰۰")).toBe("02191001000");
    expect(dialled("+98 (21) 9100 1000")).toBe("+982191001000");
    expect(dialled("sara")).toBe("");
    expect(dialled("12")).toBe("");
  });
});

describe("handing on", () => {
  const chosen = { interaction: "i", search: "", note: " hi " };

  it("asks the core for what was chosen", () => {
    expect(commandOf({ ...chosen, kind: "transfer", target: "outside:+98219" })).toEqual({ type: "contact.transfer_outside", interaction: "i", note: "hi", number: "+98219" });
    expect(commandOf({ ...chosen, kind: "transfer", target: "menu:" })).toEqual({ type: "contact.transfer_menu", interaction: "i", note: "hi" });
    expect(commandOf({ ...chosen, kind: "consult", target: "agent:a:b" })).toMatchObject({ type: "consult.start", to_agent: "a:b" });
    expect(commandOf({ ...chosen, kind: "consult", target: "outside:123" })).toMatchObject({ type: "consult.start_outside", number: "123" });
    expect(commandOf({ ...chosen, kind: "transfer", target: "" })).toBeNull();
  });
});
