import { otherLayouts } from "./layouts";

/** Latin digits, one spelling of Arabic and Persian letters, no marks, no joiners, lower case. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u0640]/gu, "")
    .replace(/[\u064b-\u065f\u0670]/gu, "")
    .replace(/(?<=\p{Script=Latin})\p{M}/gu, "")
    .normalize("NFC")
    .replace(/[۰-۹]/gu, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/gu, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[يى]/gu, "ی")
    .replace(/ك/gu, "ک")
    .replace(/[ةۀ]/gu, "ه")
    .replace(/[أإآ]/gu, "ا")
    .replace(/ؤ/gu, "و")
    .replace(/[’ʼ`]/gu, "'")
    .toLocaleLowerCase()
    .replace(/\s+/gu, " ")
    .trim();
}

const WRONG_LAYOUT = 0.8;

/**
 * How well a text answers what was typed, 0 = not at all, 1 = the same. Every word typed must be found; a beginning of
 * a word beats its inside, and letters in order with gaps come last. Typed with the wrong layout it counts a little less.
 */
export function match(query: string, text: string): number {
  const wanted = fold(query);
  if (!wanted) return 1;
  const found = fold(text);
  const direct = words(wanted, found);
  if (direct > 0) return direct;
  let best = 0;
  for (const reading of otherLayouts(query)) best = Math.max(best, words(fold(reading), found, false));
  return best * WRONG_LAYOUT;
}

/** The items that answer the query, best first; equally good ones keep their order. */
export function ranked<T>(query: string, items: readonly T[], textsOf: (item: T) => readonly string[]): T[] {
  return items
    .map((item, index) => ({
      item,
      index,
      score: textsOf(item).reduce((best, text, place) => Math.max(best, match(query, text) * (place === 0 ? 1 : 0.9)), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ item }) => item);
}

function words(wanted: string, found: string, gaps = true): number {
  if (!wanted) return 0;
  if (wanted === found) return 1;
  if (found.startsWith(wanted)) return 0.95;
  let worst = 1;
  for (const word of wanted.split(" ")) worst = Math.min(worst, wordIn(word, found, gaps));
  return worst;
}

function wordIn(word: string, found: string, gaps: boolean): number {
  const at = found.indexOf(word);
  if (at === 0) return 0.92;
  if (at > 0) {
    const begins = new RegExp(`(^|[\\s\\-/.,:()«»"'])${escaped(word)}`, "u").test(found);
    return begins ? 0.88 : word.length > 1 ? 0.6 : 0.2;
  }
  return gaps && word.length > 2 ? scattered(word, found) : 0;
}

/** Letters in order, the first at the beginning of a word; the closer together the better. */
function scattered(word: string, found: string): number {
  let best = 0;
  for (let begin = 0; begin < found.length; begin += 1) {
    if (found[begin] !== word[0] || (begin > 0 && found[begin - 1] !== " ")) continue;
    let at = begin;
    let index = 1;
    while (index < word.length) {
      at = found.indexOf(word[index] ?? "", at + 1);
      if (at < 0) break;
      index += 1;
    }
    const span = at - begin + 1;
    if (index === word.length && span <= word.length * 3) best = Math.max(best, (0.4 * word.length) / span);
  }
  return best;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
}
