import type { Language, Values } from "../language/catalogue";
import type { ChatText } from "../language/chat/en";
import type { Format } from "../language/format";
import type { WidgetOptions } from "./types";

/** How the widget speaks and what it may offer: handed to every part of it. */
export interface Look {
  language: Language;
  options: WidgetOptions;
  t(key: keyof ChatText, values?: Values): string;
  f: Format;
}

/** An address or a name inside a sentence of either direction. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** The instant as a visitor would say it: today at 9:00, on Monday 5 May at 9:00. */
export function whenOf(look: Look, instant: number, now: number): string {
  const { t, f } = look;
  const time = f.time(instant);
  return f.day(instant) === f.day(now) ? t("when_today", { time }) : t("when_day", { day: f.day(instant), time });
}

export function sizeOf(look: Look, bytes: number): string {
  const { t } = look;
  return bytes < 1_000_000 ? t("kilobytes", { n: Math.max(1, Math.round(bytes / 1024)) }) : t("megabytes", { n: Math.round(bytes / 1_048_576) || 1 });
}
