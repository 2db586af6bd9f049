/** Cells that say how things stand now are shown anew while the page is open and seen. */
const EVERY_MS = 5_000;

export function keepLive(): void {
  const cells = document.querySelectorAll<HTMLElement>("[data-live]");
  if (cells.length) window.setInterval(() => void look(), EVERY_MS);
}

async function look(): Promise<void> {
  if (document.hidden) return;
  try {
    const answer = await fetch(window.location.href, { credentials: "same-origin", signal: AbortSignal.timeout(EVERY_MS) });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"), true);
    else show(null, false);
  } catch {
    show(null, false);
  }
}

/** What cannot be asked after is not known: the cells say so by fading, and come back by themselves. */
function show(found: Document | null, fresh: boolean): void {
  for (const cell of document.querySelectorAll<HTMLElement>("[data-live]")) {
    cell.classList.toggle("stale", !fresh);
    const now = found?.getElementById(cell.id);
    if (now && now.innerHTML !== cell.innerHTML) cell.replaceChildren(...[...now.childNodes].map((node) => document.importNode(node, true)));
  }
}
