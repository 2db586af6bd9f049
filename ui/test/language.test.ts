import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Text, asLanguage, directionOf, pick, translator } from "../src/language/catalogue";
import { formatter } from "../src/language/format";
import { en as chatEn } from "../src/language/chat/en";
import { fa as chatFa } from "../src/language/chat/fa";
import { uk as chatUk } from "../src/language/chat/uk";
import { en as phoneEn } from "../src/language/staff/phone.en";
import { en as deskEn } from "../src/language/staff/desk.en";
import { fa as deskFa } from "../src/language/staff/desk.fa";
import { uk as deskUk } from "../src/language/staff/desk.uk";
import { en as keysEn } from "../src/language/staff/keys.en";
import { fa as keysFa } from "../src/language/staff/keys.fa";
import { uk as keysUk } from "../src/language/staff/keys.uk";
import { en as staffEn } from "../src/language/staff/en";
import { wallEn } from "../src/language/staff/wall.en";
import { flowEn } from "../src/language/staff/flow.en";
import { flowFa } from "../src/language/staff/flow.fa";
import { flowUk } from "../src/language/staff/flow.uk";
import { fa as staffFa } from "../src/language/staff/fa";
import { uk as staffUk } from "../src/language/staff/uk";

const forms = (text: Text): string[] => (typeof text === "string" ? [text] : Object.values(text));
/** Nothing but places and punctuation. */
const PLACES_ONLY = new Set(["moment"]);
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

describe.each([
  ["staff", staffEn, { fa: staffFa, uk: staffUk, en: staffEn }],
  ["desk", deskEn, { fa: deskFa, uk: deskUk, en: deskEn }],
  ["flow", flowEn, { fa: flowFa, uk: flowUk, en: flowEn }],
  ["keys", keysEn, { fa: keysFa, uk: keysUk, en: keysEn }],
  ["chat", chatEn, { fa: chatFa, uk: chatUk, en: chatEn }],
])("the %s catalogue", (_name, source, languages) => {
  it.each(Object.entries(languages))("is complete in %s: every text, place and plural form", (language, catalogue) => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(source).sort());
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, original] of Object.entries(source) as [string, Text][]) {
      const text = (catalogue as Record<string, Text>)[key]!;
      const allowed = new Set(forms(original).flatMap(places));
      for (const form of forms(text)) {
        expect(form.trim(), key).not.toBe("");
        for (const place of places(form)) expect(allowed, `${key} in ${language}`).toContain(place);
      }
      if (typeof original === "string") {
        expect(places(text as string), `${key} in ${language}`).toEqual(places(original));
      } else {
        expect(Object.keys(text).sort(), `${key} in ${language}`).toEqual([...needed].sort());
      }
    }
  });

  it("is written in each language's own letters", () => {
    for (const [key, text] of Object.entries(languages.fa) as [string, Text][]) {
      if (PLACES_ONLY.has(key)) continue;
      for (const form of forms(text)) expect(form, key).toMatch(/[\u0600-\u06ff]/);
      for (const form of forms(text)) expect(form, key).not.toMatch(/[يك]/);
    }
    for (const [key, text] of Object.entries(languages.uk) as [string, Text][]) {
      if (key === "wall.sl_n" || PLACES_ONLY.has(key)) continue;
      for (const form of forms(text)) expect(form, key).toMatch(/[\u0400-\u04ff]/);
    }
  });
});

describe("texts", () => {
  it("set apart what is read against their direction, and nothing else", () => {
    const said = (language: "fa" | "en", name: string): string => translator(language, { asks: "{name}: {n}" }, String)("asks", { name, n: 3 });
    expect([said("fa", "Olena"), said("fa", "Олена"), said("fa", "سارا ۲"), said("en", "سارا"), said("en", "Олена")]).toEqual([
      "\u2068Olena\u2069: 3",
      "\u2068Олена\u2069: 3",
      "سارا ۲: 3",
      "\u2068سارا\u2069: 3",
      "Олена: 3",
    ]);
  });

  it("are all used somewhere", () => {
    const code = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.startsWith("language"))
      .map((path) => readFileSync(`src/${path}`, "utf8"))
      .join("\n");
    const built = /^phone\.(microphone|speaker|ringer)$|^(phone\.(state|off|mic|hold|alarm|desk|mobile)|presence|reason|channel|phase|kind|outcome|language|why|empty|formula|connection|wall\.state)\./;
    const keys = [...Object.keys(staffEn), ...Object.keys(deskEn), ...Object.keys(keysEn), ...Object.keys(wallEn), ...Object.keys(phoneEn), ...Object.keys(chatEn)].filter((key) => !built.test(key));
    expect(keys.filter((key) => !code.includes(`"${key}"`))).toEqual([]);
  });
});

describe("translation", () => {
  it("chooses plural forms by the language's rules and writes its digits", () => {
    const uk = translator("uk", staffUk, formatter("uk").digits);
    expect([1, 2, 5, 21].map((n) => uk("desk.answered", { n }))).toEqual([
      "1 відповідь",
      "2 відповіді",
      "5 відповідей",
      "21 відповідь",
    ]);
    const fa = translator("fa", staffFa, formatter("fa").digits);
    expect(fa("desk.waiting", { n: 12 })).toBe("۱۲ منتظر");
  });

  it("falls back sensibly", () => {
    expect(asLanguage("fa-IR")).toBe("fa");
    expect(asLanguage("de")).toBe("en");
    expect(directionOf("fa")).toBe("rtl");
    expect(pick({ fa: "فروش", en: "Sales" }, "uk")).toBe("Sales");
    expect(pick({ fa: "فروش" }, "uk")).toBe("فروش");
    expect(pick(null, "uk", "q1")).toBe("q1");
  });
});

describe("formats", () => {
  it("writes spans, shares and Jalali dates", () => {
    const fa = formatter("fa", "Asia/Tehran");
    expect(fa.clock(65_000)).toBe("۱:۰۵");
    expect(formatter("en").clock(3_725_999)).toBe("1:02:05");
    expect(formatter("en").clock(-5)).toBe("0:00");
    expect(fa.percent(0.805)).toContain("۸۰");
    expect(fa.day(Date.UTC(2026, 2, 21, 8))).toContain("فروردین");
    expect(fa.time(Date.UTC(2026, 2, 21, 8, 30))).toBe("۱۲:۰۰");
  });
});
