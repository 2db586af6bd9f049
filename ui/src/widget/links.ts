/** Parts of a text: plain, and addresses that may be opened. Only https is made a link; nothing else a text can carry. */

export interface Part {
  text: string;
  href: string | null;
}

const ADDRESS = /https:\/\/[^\s<>"'`{}|\\^\u0000-\u0020\u007f-\u00a0\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+/gi;

export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trimmed(match[0]);
    const href = safe(found);
    if (!href) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index), href: null });
    parts.push({ text: found, href });
    from = match.index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), href: null });
  return parts;
}

/** Without the punctuation that ends a sentence, and without a bracket that was not opened within. */
function trimmed(address: string): string {
  let end = address.replace(/[.,;:!?؟،؛…»”’*_]+$/u, "");
  while (end.endsWith(")") && end.split("(").length < end.split(")").length) end = end.slice(0, -1).replace(/[.,;:!?؟،؛]+$/u, "");
  return end;
}

/** The address as the browser will open it; null when it is none, or one that hides where it goes (`https://bank@evil`). */
function safe(address: string): string | null {
  try {
    const url = new URL(address);
    return url.protocol === "https:" && url.hostname.includes(".") && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}
