/** Due times as people write them: Jalali or Gregorian, any digits, with or without the hour. Pure. */

const DAY = 86_400_000;
const MORNING = 10;
const WORDS: readonly [RegExp, number][] = [
  [/^(پس ?فردا|post ?tomorrow|day after tomorrow|післязавтра)/u, 2],
  [/^(فردا|tomorrow|завтра)/u, 1],
  [/^(امروز|today|сьогодні)/u, 0],
];

export interface Day {
  year: number;
  month: number;
  day: number;
}

/** The instant that a text names, the hour being ten when it says none; null when it cannot be understood. */
export function readWhen(text: string, now: number, zone?: string): number | null {
  const plain = text
    .replace(/[۰-۹]/gu, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/gu, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/gu, " ")
    .replace(/[٬،,]/gu, " ")
    .replace(/ي/gu, "ی")
    .replace(/\s+/gu, " ")
    .trim()
    .toLocaleLowerCase();
  if (!plain) return null;
  const clock = /(?:^|\s)(?:(?:ساعت|at|о|об) )?([01]?\d|2[0-3])[:٫.]([0-5]\d)$/u.exec(plain);
  const rest = (clock ? plain.slice(0, clock.index) : plain).trim();
  const [hour, minute] = clock ? [Number(clock[1]), Number(clock[2])] : [MORNING, 0];
  const today = dayAt(now, zone);
  if (!rest && clock) {
    const at = instantOf(today, hour, minute, zone);
    return at > now ? at : instantOf(dayAt(now + DAY, zone), hour, minute, zone);
  }
  const named = WORDS.find(([word]) => word.test(rest));
  const day = named ? dayAt(now + named[1] * DAY, zone) : readDay(rest);
  return day ? instantOf(day, hour, minute, zone) : null;
}

/** The Gregorian day that a date names; years from 1200 to 1599 are Jalali. */
export function readDay(text: string): Day | null {
  const first = /^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$/.exec(text);
  const last = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(text);
  const [year, month, day] = first
    ? [Number(first[1]), Number(first[2]), Number(first[3])]
    : last
      ? [Number(last[3]), Number(last[2]), Number(last[1])]
      : [0, 0, 0];
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  if (year >= 1200 && year < 1600) return fromJalali(year, month, day);
  if (year < 1900 || year > 2200) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 ? { year, month, day } : null;
}

const persian = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC" });

/** The platform's own Persian calendar decides; only the search for the day is ours. */
function fromJalali(year: number, month: number, day: number): Day | null {
  const before = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
  const guess = Date.UTC(year + 621, 2, 20) + (before + day - 1) * DAY;
  for (const shift of [0, 1, 2, -1, -2]) {
    const at = guess + shift * DAY;
    const parts = numbersOf(persian, at);
    if (parts["year"] === year && parts["month"] === month && parts["day"] === day) return dayAt(at, "UTC");
  }
  return null;
}

/** The Gregorian day of an instant in a zone. */
export function dayAt(instant: number, zone?: string): Day {
  const parts = numbersOf(gregorian(zone), instant);
  return { year: parts["year"] ?? 0, month: parts["month"] ?? 0, day: parts["day"] ?? 0 };
}

/** The instant of a time of day in a zone; an hour that a clock change skips is the one after it. */
export function instantOf({ year, month, day }: Day, hour: number, minute: number, zone?: string): number {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let at = wanted;
  for (let round = 0; round < 2; round += 1) {
    const parts = numbersOf(gregorian(zone), at);
    const shown = Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 1) - 1, parts["day"] ?? 1, parts["hour"] ?? 0, parts["minute"] ?? 0);
    at += wanted - shown;
  }
  return at;
}

/** Times that are wanted often: in an hour, tomorrow, the day after, in a week. */
export function usual(now: number, zone?: string): { key: "hour" | "tomorrow" | "after" | "week"; at: number }[] {
  const morning = (days: number): number => instantOf(dayAt(now + days * DAY, zone), MORNING, 0, zone);
  return [
    { key: "hour", at: Math.ceil((now + 3_600_000) / 300_000) * 300_000 },
    { key: "tomorrow", at: morning(1) },
    { key: "after", at: morning(2) },
    { key: "week", at: morning(7) },
  ];
}

/** A time as the field takes it: the calendar of the language, its digits. */
export function writeWhen(instant: number, language: string, zone?: string): string {
  const format = new Intl.DateTimeFormat(language === "fa" ? "fa-IR-u-ca-persian-nu-arabext" : "en-u-ca-gregory-nu-latn", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(zone ? { timeZone: zone } : {}),
  });
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const sign = language === "fa" ? "/" : "-";
  return `${parts["year"]}${sign}${parts["month"]}${sign}${parts["day"]} ${parts["hour"]}:${parts["minute"]}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function gregorian(zone = ""): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      hourCycle: "h23",
      ...(zone ? { timeZone: zone } : {}),
    });
    formats.set(zone, format);
  }
  return format;
}

function numbersOf(format: Intl.DateTimeFormat, instant: number): Record<string, number> {
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
}
