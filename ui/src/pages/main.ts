/** Small manners of the server's pages: theme switch, menus that close. */
import { startKeys } from "../keys/start";
import { startNotices } from "../notices/start";

import { setUpFigures } from "./figures";
import { setUpFileChoices } from "./file_choice";
import { setUpHours } from "./hours";
import { setUpPlayers } from "./player";
import { setUpPolicy } from "./policy";
import { setUpAdministration } from "./setup";
import { setUpStyleguide } from "./styleguide";
import { setUpTabs } from "./tabs";
import { setUpWelcome } from "./welcome";

import "./passkeys.ts";

type Theme = "light" | "dark" | "system";

function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") {
    delete root.dataset["theme"];
  } else {
    root.dataset["theme"] = theme;
  }
  try {
    if (theme === "system") localStorage.removeItem("pasokh.theme");
    else localStorage.setItem("pasokh.theme", theme);
  } catch {
    // The choice then lasts as long as the page.
  }
  markTheme();
}

function markTheme(): void {
  const current = document.documentElement.dataset["theme"] ?? "system";
  for (const button of document.querySelectorAll<HTMLElement>("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset["setTheme"] === current));
  }
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const theme = target.closest<HTMLElement>("[data-set-theme]")?.dataset["setTheme"];
  if (theme) applyTheme(theme as Theme);
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

markTheme();

startKeys();
startNotices();
setUpAdministration();
setUpPlayers();
setUpPolicy();
setUpHours();
setUpFigures();
setUpFileChoices();
setUpWelcome();
setUpStyleguide();
setUpTabs();
