/** The style guide: shows each token as it is now, computes contrasts, and switches direction and motion of the page. */
import { html, render } from "lit-html";

import { ICONS, icon } from "../design/icons";

type Colour = [red: number, green: number, blue: number];

export function setUpStyleguide(): void {
  const page = document.querySelector<HTMLElement>(".guide-switches");
  if (!page) return;
  const icons = document.querySelector<HTMLElement>("[data-icons]");
  if (icons) render(ICONS.map((name) => html`<li>${icon(name)}<code>${name}</code></li>`), icons);
  show();
  addEventListener("load", show);
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("button");
    if (button) press(button);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme", "data-motion", "dir"] });
}

function press(button: HTMLElement): void {
  const root = document.documentElement;
  const direction = button.dataset["setDirection"];
  if (direction) root.dir = direction;
  if ("setMotion" in button.dataset) {
    if (root.dataset["motion"]) delete root.dataset["motion"];
    else root.dataset["motion"] = "less";
  }
  if ("run" in button.dataset) {
    const far = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(far));
    for (const runner of document.querySelectorAll(".guide-runner")) runner.classList.toggle("far", far);
  }
  const dialog = button.dataset["openDialog"] && document.getElementById(button.dataset["openDialog"]);
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

function show(): void {
  const root = document.documentElement;
  for (const each of document.querySelectorAll<HTMLElement>("[data-set-direction]"))
    each.setAttribute("aria-pressed", String(each.dataset["setDirection"] === root.dir));
  document.querySelector("[data-set-motion]")?.setAttribute("aria-pressed", String(root.dataset["motion"] === "less"));
  for (const each of document.querySelectorAll<HTMLElement>("[data-token][data-as]"))
    each.style.setProperty(each.dataset["as"] ?? "", `var(--${each.dataset["token"]})`);
  for (const pair of document.querySelectorAll<HTMLElement>(".guide-pair")) colour(pair);
  for (const each of document.querySelectorAll<HTMLElement>("[data-value]")) {
    const swatch = each.parentElement?.querySelector("[data-as='background-color']");
    each.textContent = swatch ? hex(rgb(getComputedStyle(swatch).backgroundColor)) : getComputedStyle(root).getPropertyValue(`--${each.dataset["token"]}`);
  }
  for (const pair of document.querySelectorAll<HTMLElement>(".guide-pair")) showContrast(pair);
}

function colour(pair: HTMLElement): void {
  const sample = pair.querySelector<HTMLElement>(".guide-sample");
  sample?.style.setProperty("color", `var(--${pair.dataset["ink"]})`);
  sample?.style.setProperty("background-color", `var(--${pair.dataset["ground"]})`);
}

function showContrast(pair: HTMLElement): void {
  const sample = pair.querySelector<HTMLElement>(".guide-sample");
  const said = pair.querySelector<HTMLElement>("[data-contrast]");
  if (!sample || !said) return;
  const look = getComputedStyle(sample);
  const ratio = contrast(rgb(look.color), rgb(look.backgroundColor));
  said.textContent = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(Math.floor(ratio * 10) / 10);
  const enough = ratio >= Number(pair.dataset["least"]);
  said.className = `badge ${enough ? "ok" : "alarm"}`;
  pair.dataset["enough"] = String(enough);
}

/** Of a computed colour: `rgb(1, 2, 3)`. */
function rgb(text: string): Colour {
  const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

function hex(colour: Colour): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** Contrast ratio by WCAG 2.2, from 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance by WCAG 2.2. */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
