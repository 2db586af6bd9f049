/** Texts with `{name}` places and plural forms; every language holds every text of the English one (checked by types and a test). */

export type Language = "fa" | "uk" | "en";
export const LANGUAGES: readonly Language[] = ["fa", "uk", "en"];

export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;
export type Text = string | Plural;
export type Catalogue<Source> = { [Key in keyof Source]: Source[Key] extends string ? string : Plural };
export type Values = Record<string, string | number>;

export function asLanguage(code: string | null | undefined, fallback: Language = "en"): Language {
  const short = (code ?? "").toLowerCase().split("-")[0];
  return LANGUAGES.find((language) => language === short) ?? fallback;
}

export function directionOf(language: string): "rtl" | "ltr" {
  return ["fa", "ar", "he", "ur", "ckb", "ps"].includes(language.split("-")[0] ?? "") ? "rtl" : "ltr";
}

/** A function from key and values to text; numbers are written in the language's digits, plurals chosen by `n`. */
export function translator<Source extends Record<string, Text>>(
  language: Language,
  catalogue: Source,
  digits: (value: number) => string,
): (key: keyof Source & string, values?: Values) => string {
  const rules = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const text: Text = catalogue[key] ?? key;
    const form = typeof text === "string" ? text : (text[rules.select(Number(values["n"] ?? 0))] ?? text.other);
    return form.replace(/\{(\w+)\}/g, (place, name: string) => {
      const value = values[name];
      if (value === undefined) return place;
      return typeof value === "number" ? digits(value) : isolated(value, language);
    });
  };
}

const AGAINST = { rtl: /[A-Za-z\u00c0-\u058f]/, ltr: /[\u0590-\u08ff]/ };

/** What is read against the sentence's direction stands by itself in it, so that it turns nothing round. */
export function isolated(value: string, language: Language): string {
  return AGAINST[directionOf(language)].test(value) ? `\u2068${value}\u2069` : value;
}

/** The text in the wanted language, else English, else any: names in data are `{language: text}`. */
export function pick(names: Record<string, string> | null | undefined, language: string, otherwise = ""): string {
  if (!names) return otherwise;
  return names[language] || names["en"] || Object.values(names).find(Boolean) || otherwise;
}
