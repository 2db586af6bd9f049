import { type Catalogue, type Language, translator } from "../language/catalogue";
import { type PhoneText, en } from "../language/staff/phone.en";
import { fa } from "../language/staff/phone.fa";
import { uk } from "../language/staff/phone.uk";

export const phoneTexts: Record<Language, Catalogue<PhoneText>> = { fa, uk, en };

export type Say = (key: keyof PhoneText, values?: Record<string, string | number>) => string;

export function phoneWords(language: Language, digits: (value: number) => string): Say {
  return translator(language, phoneTexts[language], digits);
}

/** A number as people read one: a plus, then groups; always left to right by the one who shows it. */
export function spaced(number: string): string {
  const digits = number.replace(/^\+/, "");
  if (!/^\d{7,15}$/.test(digits)) return number;
  const groups: string[] = [];
  let rest = digits.slice(2);
  while (rest.length > 4) {
    groups.push(rest.slice(0, 3));
    rest = rest.slice(3);
  }
  return `+${[digits.slice(0, 2), ...groups, rest].join("\u00a0")}`;
}
