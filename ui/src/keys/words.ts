import { type Language, type Values, asLanguage, translator } from "../language/catalogue";
import { type Format, formatter } from "../language/format";
import { type KeysText, en } from "../language/staff/keys.en";
import { fa } from "../language/staff/keys.fa";
import { uk } from "../language/staff/keys.uk";

/** What the palette and the list of shortcuts speak with. */
export interface Words {
  language: Language;
  f: Format;
  t(key: keyof KeysText, values?: Values): string;
}

export function wordsOfPage(): Words {
  const language = asLanguage(document.documentElement.lang);
  const f = formatter(language, document.documentElement.dataset["zone"]);
  return { language, f, t: translator(language, { fa, uk, en }[language], f.digits) };
}
