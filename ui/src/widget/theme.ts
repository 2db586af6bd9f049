import { luminance } from "./colour";

/** Whether the page around is dark: by what it says, else by how it looks. */
export function pageIsDark(): boolean {
  const { documentElement: root, body } = document;
  for (const element of [root, body]) {
    if (!element) continue;
    const said = ["data-theme", "data-bs-theme", "data-color-mode", "data-mode"].map((name) => element.getAttribute(name)).find(Boolean);
    if (said) return /dark|night/i.test(said);
    if (element.classList.contains("dark")) return true;
    if (element.classList.contains("light")) return false;
  }
  const scheme = getComputedStyle(root).colorScheme;
  const [dark, light] = [/\bdark\b/.test(scheme), /\blight\b/.test(scheme)];
  if (dark && !light) return true;
  if (dark && light) return matchMedia("(prefers-color-scheme: dark)").matches;
  for (const element of [body, root]) {
    const ground = element ? getComputedStyle(element).backgroundColor : "";
    const shade = /,\s*0\s*\)$/.test(ground) ? null : luminance(ground);
    if (shade !== null) return shade < 0.2;
  }
  return false;
}

/** Calls back whenever the page may have turned dark or light. */
export function watchPage(changed: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  const watch = new MutationObserver(changed);
  const what = { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-bs-theme", "data-color-mode", "data-mode"] };
  watch.observe(document.documentElement, what);
  if (document.body) watch.observe(document.body, what);
}
