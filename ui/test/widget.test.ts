import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { build } from "vite";
import { accentOf, contrast, inkOn, luminance } from "../src/widget/colour";
import { emailOf, judge, lengthOf, phoneOf, tidy } from "../src/widget/fields";
import { type Line, linesOf, seenOf } from "../src/widget/lines";
import { partsOf } from "../src/widget/links";
import { SessionShelf, newSession } from "../src/widget/session";

const LIMIT = 40 * 1024;

describe("the widget's size", () => {
  it("stays under 40 kB gzipped", async () => {
    const built = await build({ configFile: "vite.widget.config.ts", logLevel: "silent", build: { write: false } });
    const [bundle] = Array.isArray(built) ? built : [built];
    const [file] = (bundle as { output: { code: string }[] }).output;
    expect(gzipSync(file?.code ?? "", { level: 9 }).length).toBeLessThan(LIMIT);
    expect(file?.code.length).toBeGreaterThan(10_000);
  }, 60_000);
});

describe("brand colours", () => {
  it("keep text and outlines readable, whatever the colour and the ground", () => {
    for (const colour of ["#ffffff", "#000000", "#ffff00", "#f5d90a", "#777777", "#ff0000", "#0a7c80", "#8c4426", "#abc", "rgb(120, 120, 120)"]) {
      for (const ground of ["#ffffff", "#151c1f"]) {
        const { fill, ink, line, text } = accentOf(colour, ground);
        expect(contrast(fill, ink), `${colour} ink`).toBeGreaterThanOrEqual(4.5);
        expect(contrast(line, ground), `${colour} line on ${ground}`).toBeGreaterThanOrEqual(3);
        expect(contrast(text, ground), `${colour} text on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
  it("fall back to the widget's own where they cannot be read", () => {
    expect(luminance("url(evil)")).toBeNull();
    expect(accentOf("red;background:url(x)", "#ffffff").fill).toBe("#0a7c80");
    expect(inkOn("#ffff00")).not.toBe("#ffffff");
  });
});

describe("fields", () => {
  it("read digits of three scripts and forgive spaces and marks", () => {
    expect(phoneOf("۰۹۱۲ ۱۲۳-۴۵۶۷")).toBe("09121234567");
    expect(phoneOf("00380 (44) 123 45 67")).toBe("+380441234567");
    expect(phoneOf("٠٩١٢١٢٣٤٥٦٧")).toBe("09121234567");
    for (const bad of ["abc", "12", "+", "1234567890123456"]) expect(phoneOf(bad), bad).toBeNull();
  });
  it("take the invisible out of addresses", () => {
    expect(emailOf(" ann@\u202eexample.com\u200f ")).toBe("ann@example.com");
    expect(tidy("\u2066a\u0000b\u2069")).toBe("ab");
    for (const bad of ["ann", "ann@", "ann@x", "a b@x.y", "a@b@c.de", "<a@b.cd>"]) expect(emailOf(bad), bad).toBeNull();
  });
  it("say what is wrong, and nothing where nothing is asked", () => {
    expect(judge("email", "", false)).toEqual({ value: "" });
    expect(judge("email", " ", true)).toEqual({ error: "field_required" });
    expect(judge("email", "ann", false)).toEqual({ error: "field_email" });
    expect(judge("name", "x".repeat(201), true)).toEqual({ error: "field_long" });
    expect(judge("text", "🙂".repeat(4_000), true)).toEqual({ value: "🙂".repeat(4_000) });
    expect(judge("text", "🙂".repeat(4_001), true)).toEqual({ error: "field_long" });
    expect(judge("address", "۰۲۱۱۲۳۴۵۶۷۸", true)).toEqual({ value: "02112345678" });
    expect(lengthOf("👍a")).toBe(2);
  });
});

describe("links", () => {
  const hrefs = (text: string): (string | null)[] => partsOf(text).map((part) => part.href).filter(Boolean);
  it("are made of https alone, without the sentence around them", () => {
    expect(hrefs("see https://a.example/x?y=1.")).toEqual(["https://a.example/x?y=1"]);
    expect(hrefs("(https://a.example/x_(y))")).toEqual(["https://a.example/x_(y)"]);
    expect(hrefs("این https://a.example/x، و آن")).toEqual(["https://a.example/x"]);
    for (const bad of ["http://a.example", "javascript:alert(1)", "data:text/html,x", "https://", "https://localhost", "https://bank.example@evil.example/", "ftp://a.b"]) {
      expect(hrefs(bad), bad).toEqual([]);
    }
  });
  it("end where a direction-changing character begins", () => {
    expect(hrefs("https://a.example/\u202egnp.exe")).toEqual(["https://a.example/"]);
  });
  it("lose nothing of the text", () => {
    for (const text of ["", "plain", "https://a.example", "x https://a.example/, y https://b.example."]) {
      expect(partsOf(text).map((part) => part.text).join("")).toBe(text);
    }
  });
});

class Store {
  kept = new Map<string, string>();
  getItem = (key: string): string | null => this.kept.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.kept.set(key, value);
  removeItem = (key: string): void => void this.kept.delete(key);
}

describe("what is kept in the browser", () => {
  it("is nothing before the first message", () => {
    const store = new Store();
    const shelf = new SessionShelf(store, "k");
    expect(shelf.load()).toBeNull();
    expect(shelf.note("visitor")).toBe("");
    expect([...store.kept]).toEqual([]);
  });
  it("survives forbidden and damaged storage", () => {
    const refuse = (): never => {
      throw new DOMException("no", "SecurityError");
    };
    const shelf = new SessionShelf({ getItem: refuse, setItem: refuse, removeItem: refuse }, "k");
    const session = newSession("hello", {});
    shelf.save(session);
    expect(shelf.load()).toBe(session);
    const damaged = new Store();
    damaged.setItem("k", "{nonsense");
    expect(new SessionShelf(damaged, "k").load()).toBeNull();
    damaged.setItem("k", '{"start": 5}');
    expect(new SessionShelf(damaged, "k").load()).toBeNull();
  });
  it("of an earlier version is completed", () => {
    const store = new Store();
    store.setItem("k", JSON.stringify({ start: "s".repeat(24), token: "T", name: "Ann" }));
    expect(new SessionShelf(store, "k").load()).toMatchObject({ token: "T", later: [], rated: 0, details: {} });
  });
  it("reaches this site's other tabs, also where nothing may be stored", async () => {
    const heard: unknown[] = [];
    const [one, other] = [new BroadcastChannel("t"), new BroadcastChannel("t")];
    const first = new SessionShelf(null, "k", one);
    const second = new SessionShelf(null, "k", other);
    const session = newSession("hello", {});
    const got = new Promise<void>((resolve) => second.listen((found) => void (heard.push(found), resolve())));
    first.listen(() => undefined);
    first.save(session);
    await got;
    expect(heard[0]).toEqual(session);
    one.close();
    other.close();
  });
});

describe("lines", () => {
  it("know which message was seen: an answer says it by itself, somebody who joins takes nothing back", () => {
    const line = (author: Line["author"], number: number, more: Partial<Line> = {}): Line => ({
      id: `${author}${number}`,
      author,
      name: "",
      text: "joined",
      at: number,
      number,
      attachments: [],
      state: "there",
      ...more,
    });
    const said = [line("customer", 1), line("customer", 2)];
    expect(seenOf(said, 2)?.id).toBe("customer2");
    expect(seenOf([...said, line("event", 0)], 2)?.id).toBe("customer2");
    expect(seenOf(said, 1)).toBeUndefined();
    expect(seenOf([...said, line("agent", 3)], 3)).toBeUndefined();
    expect(seenOf([...said, line("customer", 0, { state: "sending" })], 2)).toBeUndefined();
    expect(seenOf([], 0)).toBeUndefined();
  });

  it("show a first message that was not taken as not sent", () => {
    const session = newSession("hello", {});
    expect(linesOf(null, session, [], false).map((line) => line.state)).toEqual(["sending"]);
    expect(linesOf(null, session, [], true).map((line) => line.state)).toEqual(["failed"]);
  });
});
