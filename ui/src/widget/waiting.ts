/** Place and expected wait in words that stand still: worse news and gaps are held back a little, better news is not. */
import type { Look } from "./look";
import type { ChatState } from "./types";

const MINUTE = 60_000;
/** What was said stays at least so long, as long as it is true. */
export const HOLD = 10_000;
/** A screen reader hears of place and wait at most so often. */
export const QUIET = 30_000;
/** From here on only every fifth minute is named. */
const COARSE = 10;

type Expected = NonNullable<ChatState["wait"]>;

/** The expected wait; empty when nothing can be said (any more). */
export function waitWords(t: Look["t"], wait: Expected | null, now: number): string {
  if (!wait || wait.high_at <= now) return "";
  const most = (wait.high_at - now) / MINUTE;
  const step = most > COARSE ? 5 : 1;
  const low = Math.max(0, Math.floor((wait.low_at - now) / MINUTE / step) * step);
  const high = Math.ceil(most / step) * step;
  if (high <= 1) return t("wait_short");
  if (low === 0) return t("wait_within", { n: high });
  return low < high ? t("wait_range", { n: high, low, high }) : t("wait_about", { n: high });
}

interface Held<Value> {
  value: Value | null;
  at: number;
}

export class Waiting {
  private talk = "";
  private place: Held<number> = { value: null, at: 0 };
  private wait: Held<Expected> = { value: null, at: 0 };
  private announced: Held<string> = { value: null, at: 0 };

  constructor(private readonly t: Look["t"]) {}

  /** What to show now; empty while nobody waits in a queue. */
  words(contact: ChatState | null, now: number): string {
    const talk = contact?.phase === "queued" && !contact.closed ? contact.interaction : "";
    if (talk !== this.talk) {
      this.talk = talk;
      this.place = { value: null, at: 0 };
      this.wait = { value: null, at: 0 };
      this.announced = { value: null, at: 0 };
    }
    if (!contact || !talk) return "";
    const { position = null, wait = null } = contact;
    const { place } = this;
    const better = place.value === null || (position !== null && position <= place.value);
    if (position !== place.value && (better || now - place.at >= HOLD)) this.place = { value: position, at: now };
    const kept = this.wait.value !== null && this.wait.value.high_at > now && now - this.wait.at < HOLD;
    if (!kept && !same(wait, this.wait.value)) this.wait = { value: wait, at: now };
    return [this.placeWords(), waitWords(this.t, this.wait.value, now)].filter(Boolean).join(" ");
  }

  /** What a screen reader is told of these words. */
  told(words: string, now: number): string {
    const { announced } = this;
    if (!words) return "";
    if (announced.value === null || (words !== announced.value && now - announced.at >= QUIET)) this.announced = { value: words, at: now };
    return this.announced.value ?? "";
  }

  private placeWords(): string {
    const n = this.place.value;
    if (n === null) return "";
    return n === 1 ? this.t("place_next") : this.t("place", { n });
  }
}

function same(one: Expected | null, other: Expected | null): boolean {
  return one === other || (one !== null && other !== null && one.low_at === other.low_at && one.high_at === other.high_at);
}
