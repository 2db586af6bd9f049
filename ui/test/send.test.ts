import { describe, expect, it, vi } from "vitest";
import type { Desk } from "../src/desk/context";
import { retryLost, sendFrom, settleQueued } from "../src/desk/send";
import type { Interaction } from "../src/desk/types";
import type { Upload } from "../src/desk/uploads";

const TALK = { id: "i1", kind: "contact" } as Interaction;

function stage(connection: string, ...uploads: Partial<Upload>[]) {
  const said = vi.fn();
  const memory = {
    texts: { i1: "Here it is." } as Record<string, string>,
    files: {} as Record<string, unknown[]>,
    uploads: new Map([["i1", uploads as Upload[]]]),
    queued: new Set<string>(),
    suggest: null,
  };
  const client = { connection };
  const desk = { memory, client, redraw: vi.fn(), typing: vi.fn(), say: said } as unknown as Desk;
  return { desk, memory, client, said };
}

const lost = (): Partial<Upload> => ({ state: "failed", lost: true, retry: vi.fn() });
const refused = (): Partial<Upload> => ({ state: "failed", lost: false, retry: vi.fn() });

describe("a message with files, sent without a line", () => {
  it("waits for the file that the line has lost, and goes with it", () => {
    const file = lost();
    const { desk, memory, client, said } = stage("offline", file);
    sendFrom(desk, TALK, "i1", false);
    expect(said).not.toHaveBeenCalled();
    expect(memory.queued.has("i1")).toBe(true);
    client.connection = "online";
    retryLost(desk);
    expect(file.retry).toHaveBeenCalledOnce();
    memory.uploads.set("i1", []);
    memory.files["i1"] = [{ id: "f" }];
    settleQueued(desk, TALK, "i1", false);
    expect(said).toHaveBeenCalledWith("i1", "Here it is.", false, { attachments: [{ id: "f" }], mentions: [] });
  });

  it("keeps a lost file in the tray when the words go without it, and lets a refused one go", () => {
    const [one, other] = [lost(), refused()];
    const { desk, memory, said } = stage("online", one, other);
    sendFrom(desk, TALK, "i1", false);
    expect(said).toHaveBeenCalledOnce();
    expect(memory.uploads.get("i1")).toEqual([one]);
  });

  it("sets out again with nothing that was refused", () => {
    const other = refused();
    const { desk } = stage("online", other);
    retryLost(desk);
    expect(other.retry).not.toHaveBeenCalled();
  });
});
