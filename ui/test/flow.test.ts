import { describe, expect, it } from "vitest";
import { inOrder, leadingTo, valueAt, ways, withCopy, withField, withNode, withRenamed, without } from "../src/flow/edit";
import { KINDS, PARTS, blank } from "../src/flow/fields";
import { CLOSE_MS, History } from "../src/flow/history";
import { layout } from "../src/flow/layout";
import { joined, spoken } from "../src/flow/talk";
import type { Flow, FlowNode } from "../src/flow/types";

const node = (kind: string, fields: object = {}): FlowNode => ({ kind, ...fields }) as FlowNode;

const FLOW: Flow = {
  id: "line",
  start: "hello",
  languages: ["fa", "en"],
  nodes: {
    bye: node("hang_up"),
    lost: node("say", { say: { text: {} }, then: "bye" }),
    hello: node("menu", { say: { text: { en: "Hi" } }, choices: { "1": "sales", "2": "bye" }, otherwise: "sales" }),
    sales: node("queue", { queue: "sales", otherwise: "bye", offer: { ways: [{ key: "1", way: "callback", then: "call" }] } }),
    call: node("callback", { then: "bye", otherwise: "sales" }),
    when: node("branch", { cases: [{ when: { known: true }, then: "sales" }], otherwise: "hello" }),
    tongue: node("ask_language", { say: { text: {} }, choices: { "1": "fa" }, then: "hello" }),
    abroad: node("transfer", { to: "+442071838750", otherwise: "bye" }),
  },
};

describe("a flow that is edited", () => {
  it("knows every way on, and none of what only looks like one", () => {
    expect(ways(FLOW.nodes["hello"]!)).toEqual([{ field: "choices.1", to: "sales" }, { field: "choices.2", to: "bye" }, { field: "otherwise", to: "sales" }]);
    expect(ways(FLOW.nodes["sales"]!).map((way) => way.field)).toEqual(["offer.ways[0].then", "otherwise"]);
    expect(ways(FLOW.nodes["tongue"]!)).toEqual([{ field: "then", to: "hello" }]);
    expect(ways(FLOW.nodes["abroad"]!)).toEqual([{ field: "otherwise", to: "bye" }]);
    expect(leadingTo(FLOW, "call")).toEqual([{ from: "sales", field: "offer.ways[0].then" }]);
  });

  it("shows steps as a caller comes to them, lost ones last", () => {
    expect(inOrder(FLOW)).toEqual(["hello", "sales", "bye", "call", "lost", "when", "tongue", "abroad"]);
    expect(inOrder({ ...FLOW, start: "nowhere" })).toHaveLength(8);
  });

  it("renames a step wherever it is named", () => {
    const flow = withRenamed(FLOW, "sales", "shop");
    expect(Object.keys(flow.nodes)).toEqual(Object.keys(FLOW.nodes).map((name) => (name === "sales" ? "shop" : name)));
    expect(valueAt(flow.nodes["hello"]!, "choices.1")).toBe("shop");
    expect(valueAt(flow.nodes["when"]!, "cases[0].then")).toBe("shop");
    expect(flow.nodes["shop"]!["queue"]).toBe("sales");
    expect(withRenamed(FLOW, "hello", "menu").start).toBe("menu");
    for (const wrong of ["bye", "", "Ünfug", "1st", "a b"]) expect(withRenamed(FLOW, "sales", wrong)).toBe(FLOW);
  });

  it("removes and copies without touching what it began with", () => {
    const before = JSON.stringify(FLOW);
    const flow = without(FLOW, "sales");
    expect(valueAt(flow.nodes["hello"]!, "otherwise")).toBe("");
    expect(without(FLOW, "hello").start).not.toBe("hello");
    expect(withCopy(FLOW, "hello", (title) => title).name).toBe("hello-2");
    expect(withNode({ ...FLOW, start: "", nodes: {} }, "one", node("hang_up")).start).toBe("one");
    expect(JSON.stringify(FLOW)).toBe(before);
  });

  it("sets and takes away fields by the checker's paths", () => {
    let flow = withField(FLOW, "sales", "offer.ways[0].key", "9");
    expect(valueAt(flow.nodes["sales"]!, "offer.ways[0].key")).toBe("9");
    flow = withField(flow, "sales", "offer.ways[1]", { key: "2", way: "message", then: "" });
    flow = withField(flow, "sales", "offer.ways[0]", undefined);
    expect(valueAt(flow.nodes["sales"]!, "offer.ways")).toEqual([{ key: "2", way: "message", then: "" }]);
    expect(withField(FLOW, "hello", "say.text.fa", "سلام").nodes["hello"]).toMatchObject({ say: { text: { en: "Hi", fa: "سلام" } } });
    expect("otherwise" in withField(FLOW, "hello", "otherwise", undefined).nodes["hello"]!).toBe(false);
  });

  it("begins every kind of step with what must be there", () => {
    for (const kind of KINDS) {
      const made = blank(kind, () => "first");
      for (const part of PARTS[kind]!) if ("must" in part && part.must && part.type !== "target" && part.name !== "value") expect(made[part.name], `${kind}.${part.name}`).toBeTruthy();
    }
  });
});

describe("undo", () => {
  it("takes letters typed closely together as one step", () => {
    const history = new History("");
    history.change("h", "title", 0);
    history.change("he", "title", 100);
    history.change("he!", "title", 200 + CLOSE_MS);
    history.change("gone", "", 300 + CLOSE_MS);
    expect([history.undo(), history.now]).toEqual([true, "he!"]);
    expect([history.undo(), history.now]).toEqual([true, "he"]);
    expect([history.undo(), history.now]).toEqual([true, ""]);
    expect(history.undo()).toBe(false);
    history.redo();
    history.change("new", "", 0);
    expect(history.redo()).toBe(false);
  });
});

describe("the map", () => {
  it("puts steps below those that lead to them, and none on another", () => {
    const map = layout(FLOW, 3);
    const at = new Map(map.places.map((place) => [place.name, place]));
    expect(at.get("sales")!.y).toBeGreaterThan(at.get("hello")!.y);
    expect(at.get("call")!.y).toBeGreaterThan(at.get("sales")!.y);
    expect(at.get("lost")!.lost).toBe(true);
    expect(new Set(map.places.map((place) => `${place.x}/${place.y}`)).size).toBe(8);
    expect(map.lines.find((line) => line.from === "call" && line.to === "sales")!.back).toBe(true);
    expect(layout({ ...FLOW, nodes: {}, start: "" }).places).toEqual([]);
  });

  it("stays quick and whole with 500 steps", () => {
    const nodes = Object.fromEntries(Array.from({ length: 500 }, (_, k) => [`n${k}`, node("say", { then: `n${(k * 7 + 1) % 500}` })]));
    expect(layout({ ...FLOW, start: "n0", nodes }).places).toHaveLength(500);
  });
});

describe("the try-out", () => {
  const heard = (what: string, value = ""): Parameters<typeof joined>[0][number] => ({ what, value, at: 0, pieces: [], flow: "", node: "", good: true });

  it("writes keys that follow each other as one line", () => {
    expect(joined([heard("pressed", "1")], [heard("pressed", "2"), heard("music"), heard("pressed", "3")]).map((each) => each.value)).toEqual(["12", "", "3"]);
  });

  it("says words of one language in one go", () => {
    const piece = (language: string, text: string): { language: string; text: string; prompt: string } => ({ language, text, prompt: "" });
    expect(spoken([piece("fa", "یک"), piece("fa", "دو"), piece("en", "one")]).map((each) => each.text)).toEqual(["یک دو", "one"]);
  });
});
