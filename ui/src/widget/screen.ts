/** Small screens: the panel fills them, stays above the on-screen keyboard, and keeps the focus inside. */

const NARROW = "(max-width: 480px), (max-height: 440px)";

export function isNarrow(): boolean {
  return matchMedia(NARROW).matches;
}

/** Keeps the host as tall as what is visible of the page, keyboard excluded. */
export function fitKeyboard(host: HTMLElement, moved: () => void): void {
  const view = window.visualViewport;
  if (!view) return;
  const fit = (): void => {
    host.style.setProperty("--seen-height", `${Math.round(view.height)}px`);
    host.style.setProperty("--seen-top", `${Math.round(view.offsetTop)}px`);
    moved();
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  fit();
}

/** Lets Tab go round inside the element. */
export function keepFocus(event: KeyboardEvent, inside: HTMLElement): void {
  if (event.key !== "Tab") return;
  const found = [...inside.querySelectorAll<HTMLElement>("button, input, textarea, a[href], [tabindex='0']")].filter(
    (each) => !each.hasAttribute("disabled") && each.getAttribute("tabindex") !== "-1" && each.getClientRects().length > 0,
  );
  const [first, last] = [found[0], found.at(-1)];
  const active = (inside.getRootNode() as ShadowRoot).activeElement;
  if (event.shiftKey && active === first) last?.focus();
  else if (!event.shiftKey && active === last) first?.focus();
  else return;
  event.preventDefault();
}
