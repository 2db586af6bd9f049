/** The pages of figures: choosing from long lists, days only where they are asked for, what a chart says under the finger. */
import { fold } from "../keys/fuzzy";

const RANGE = "[data-range]";

export function setUpFigures(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-figures]").forEach(setUpForm);
  document.querySelectorAll<HTMLDetailsElement>("details[data-pick]").forEach(setUpPick);
  document.querySelectorAll<HTMLElement>("[data-fresh]").forEach(setUpBoard);
  document.addEventListener("pointerover", showHint);
  document.addEventListener("click", showHint);
}

/** Days are typed for a period of one's own only; what is chosen from a list is shown at once. */
function setUpForm(form: HTMLFormElement): void {
  const period = form.querySelector<HTMLSelectElement>("[data-own-range]");
  const follow = (): void => {
    for (const each of form.querySelectorAll<HTMLElement>(RANGE)) each.hidden = period?.value !== period?.dataset["ownRange"];
  };
  follow();
  form.addEventListener("change", (event) => {
    if (event.target === period) follow();
    if (event.target instanceof HTMLSelectElement && period?.value !== period?.dataset["ownRange"]) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    // Parameters of figures that are not chosen would only lengthen the address.
    for (const option of form.querySelectorAll<HTMLElement>(".fig-option")) {
      const chosen = option.querySelector<HTMLInputElement>("[name=kpi]")?.checked ?? true;
      const params = option.querySelector<HTMLInputElement>(".fig-params input");
      if (params) params.disabled = !chosen;
    }
  });
}

/** A long list narrows to what matches the words typed, whatever their spelling. */
function setUpPick(pick: HTMLDetailsElement): void {
  const search = pick.querySelector<HTMLInputElement>("[data-pick-search]");
  const none = pick.querySelector<HTMLElement>("[data-pick-none]");
  const options = [...pick.querySelectorAll<HTMLElement>("[data-words]")];
  const known = new Map(options.map((option) => [option, fold(option.dataset["words"] ?? "")]));
  search?.addEventListener("input", () => {
    const words = fold(search.value).split(" ").filter(Boolean);
    for (const option of options) option.hidden = !words.every((word) => known.get(option)?.includes(word));
    for (const group of pick.querySelectorAll<HTMLElement>("fieldset")) group.hidden = !group.querySelector(".fig-option:not([hidden])");
    if (none) none.hidden = options.some((option) => !option.hidden);
  });
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // a search within the list asks for nothing yet
  });
}

/** What a place of a chart says, below it: a title alone is nothing to a finger. */
function showHint(event: Event): void {
  const hit = (event.target as Element | null)?.closest?.(".hit");
  const hint = hit?.closest("[data-chart]")?.querySelector("[data-hint]");
  if (hit && hint) hint.textContent = hit.querySelector("title")?.textContent ?? "";
}

const FRESH_MS = 5_000;

/** A board is asked for anew every few seconds while somebody can see it; what is focused or open stays so. */
function setUpBoard(board: HTMLElement): void {
  const address = board.dataset["fresh"];
  const late = document.querySelector<HTMLElement>("[data-fresh-late]");
  if (!address) return;
  let known = "";
  const ask = async (): Promise<void> => {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(address, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(FRESH_MS * 4) });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const text = await answer.text();
        if (text !== known) renew(board, text);
        known = text;
        if (late) late.hidden = true;
      } catch {
        if (late) {
          late.textContent = board.dataset["late"] ?? "";
          late.hidden = false;
        }
      }
    }
    setTimeout(() => void ask(), FRESH_MS);
  };
  setTimeout(() => void ask(), FRESH_MS);
}

function renew(board: HTMLElement, text: string): void {
  const held = document.activeElement?.closest("a")?.getAttribute("href");
  const open = [...board.querySelectorAll("details")].map((each) => each.open);
  const hints = [...board.querySelectorAll("[data-hint]")].map((each) => each.textContent);
  const scrolled = [...board.querySelectorAll(".table-wrap")].map((each) => each.scrollLeft);
  const fragment = document.createRange().createContextualFragment(text);
  board.replaceChildren(fragment);
  board.querySelectorAll("details").forEach((each, number) => (each.open = open[number] ?? false));
  board.querySelectorAll("[data-hint]").forEach((each, number) => (each.textContent = hints[number] ?? ""));
  board.querySelectorAll(".table-wrap").forEach((each, number) => (each.scrollLeft = scrolled[number] ?? 0));
  if (held) [...board.querySelectorAll<HTMLElement>("a")].find((each) => each.getAttribute("href") === held)?.focus({ preventScroll: true });
}
