import { describe, expect, it } from "vitest";
import type { Desk } from "../src/desk/context";
import { lookAround, optionsOf } from "../src/desk/suggest";
import type { Interaction } from "../src/desk/types";

const ada = { id: "ada", name: "Ada" };
const bob = { id: "bob", name: "Bob" };

function deskWith(here: { id: string; name: string }[]): Desk {
  return { memory: { suggest: null }, model: { colleagues: here, me: { id: "me" } }, people: [ada, bob] } as unknown as Desk;
}

function typed(text: string): HTMLTextAreaElement {
  return { value: text, selectionStart: text.length } as HTMLTextAreaElement;
}

const names = (desk: Desk): string[] => optionsOf(desk, {} as Interaction).map((option) => option.title);

describe("the list of colleagues", () => {
  it("does not move while it is open, though somebody comes", () => {
    const desk = deskWith([]);
    lookAround(desk, "i1", typed("ask @"), true);
    expect(names(desk)).toEqual(["Ada", "Bob"]);
    (desk.model as { colleagues: unknown }).colleagues = [bob];
    lookAround(desk, "i1", typed("ask @"), true);
    expect(names(desk)).toEqual(["Ada", "Bob"]);
  });

  it("begins anew with who is here first", () => {
    const desk = deskWith([bob]);
    lookAround(desk, "i1", typed("ask @"), true);
    expect(names(desk)).toEqual(["Bob", "Ada"]);
    lookAround(desk, "i1", typed("ask"), true);
    expect(names(desk)).toEqual([]);
  });
});
