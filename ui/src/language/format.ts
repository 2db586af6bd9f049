import type { Language } from "./catalogue";

const LOCALE: Record<Language, string> = {
  fa: "fa-IR-u-ca-persian-nu-arabext",
  uk: "uk-UA",
  en: "en-GB",
};

export interface Format {
  /** A whole number in the language's digits, without grouping. */
  digits(value: number): string;
  /** The Latin digits of a text in the language's digits. */
  local(text: string): string;
  percent(share: number): string;
  /** m:ss, or h:mm:ss from an hour on; never negative. */
  clock(millis: number): string;
  /** The time of day of an instant, in the given zone, else the viewer's. */
  time(instant: number): string;
  day(instant: number): string;
}

const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";

export function formatter(language: Language, timeZone?: string): Format {
  const locale = LOCALE[language];
  const zone = timeZone ? { timeZone } : {};
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false, ...zone });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", ...zone });
  const local = (text: string): string =>
    language === "fa" ? text.replace(/[0-9]/g, (digit) => PERSIAN[Number(digit)] ?? digit) : text;
  return {
    digits: (value) => local(String(Math.round(value))),
    local,
    percent: (share) => percent.format(share),
    clock: (millis) => {
      const seconds = Math.max(0, Math.floor(millis / 1000));
      const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
      const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(rest).padStart(2, "0")}`;
      return local(hours ? `${hours}:${tail}` : tail);
    },
    time: (instant) => time.format(instant),
    day: (instant) => day.format(instant),
  };
}
