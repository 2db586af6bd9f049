import { describe, expect, it } from "vitest";
import { deskModel, draftsOf, initials, messagesOf, urgency } from "../src/desk/model";
import type { Interaction, Message } from "../src/desk/types";
import type { Keys, Topic } from "../src/live/types";

const topic = (keys: Record<string, unknown>): Topic => ({ cursor: 1, keys: keys as Keys });

const interaction = (id: string, change: Partial<Interaction> = {}): Interaction => ({
  id,
  contact: id,
  kind: "contact",
  channel: "chat",
  queue: "q",
  queue_name: {},
  client: "own",
  phase: "active",
  since: 0,
  queued_at: 0,
  waited_ms: 0,
  deadline: null,
  accepted_at: 0,
  customer: null,
  customer_name: "",
  customer_here: true,
  address: "",
  language: "",
  subject: "",
  on_hold_since: null,
  hold_ms: 0,
  consult: null,
  parent: null,
  note: "",
  messages: 0,
  outcomes: [],
  reasons: [],
  follow_up_outcomes: [],
  read_by_customer: 0,
  read_by_agent: 0,
  away_since: null,
  help_since: null,
  help_question: "",
  monitors: [],
  why: null,
  ...change,
});

const message = (id: string, at: number): Message => ({ number: at, message: id, author: "customer", author_name: "", text: id, at });

describe("the desk's model", () => {
  it("parts offers from work and leaves oneself out of the colleagues", () => {
    const model = deskModel(
      topic({
        me: { id: "a" },
        "i:1": interaction("1", { accepted_at: 20 }),
        "i:2": interaction("2", { phase: "offered", deadline: 9 }),
        "i:3": interaction("3", { phase: "wrap_up", accepted_at: 10 }),
        "i:4": interaction("4", { phase: "queued" }),
      }),
      topic({ "t:a": { id: "a", name: "A" }, "t:b": { id: "b", name: "B" } }),
    );
    expect(model.offers.map((each) => each.id)).toEqual(["2"]);
    expect(model.work.map((each) => each.id)).toEqual(["3", "1"]);
    expect(model.colleagues.map((each) => each.id)).toEqual(["b"]);
  });

  it("shows a message either as arrived or as on its way, never both", () => {
    const command = { type: "message.post", interaction: "1", message: "m1", text: "x", author: "agent" };
    const pending = [{ id: "d1", command }];
    expect(draftsOf(["1"], [], pending, [], true)).toMatchObject([{ state: "sending" }]);
    expect(draftsOf(["1"], [], pending, [], false)).toMatchObject([{ state: "waiting" }]);
    expect(draftsOf(["1"], [message("m1", 1)], pending, [], true)).toEqual([]);
    expect(draftsOf(["2"], [], pending, [], true)).toEqual([]);
  });

  it("puts a consult's talk after the customer's it is about", () => {
    const desk = topic({ "m:p:000001": message("p1", 1), "m:c:000001": message("c1", 5), "m:p:000002": message("p2", 3) });
    const shown = messagesOf(desk, interaction("c", { kind: "consult", parent: "p" }));
    expect(shown.map((each) => each.message)).toEqual(["p1", "p2", "c1"]);
  });

  it("worries in time, and writes initials in any script", () => {
    expect([null, 1_000, 20_000, 45_000].map(urgency)).toEqual(["calm", "calm", "warn", "alarm"]);
    expect(initials("Olena Koval")).toBe("O\u200cK");
    expect(initials("سارا")).toBe("س");
    expect(initials("")).toBe("");
  });
});
