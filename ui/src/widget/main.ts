/**
 * The chat widget. One tag does it:
 *
 *   <script src="https://centre.example/static/dist/widget.js" data-key="…" async></script>
 *
 * Optional: data-language (fa, uk, en; else the page's), data-title, data-welcome, data-accent (#rrggbb),
 * data-theme (light, dark, auto), data-name (a signed-in customer's), data-place (start, end), data-open.
 */
import { asLanguage, translator } from "../language/catalogue";
import { en } from "../language/chat/en";
import { fa } from "../language/chat/fa";
import { uk } from "../language/chat/uk";
import { formatter } from "../language/format";
import type { Shelf } from "../live/outbox";
import { inkOn, luminance } from "./colour";
import { Conversation } from "./conversation";
import { Panel } from "./panel";
import { STYLE } from "./style";

function shelf(): Shelf | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function place(script: HTMLScriptElement): void {
  const { key, accent, theme = "auto", place: corner = "end" } = script.dataset;
  if (!key || document.querySelector("pasokh-chat")) return;
  const language = asLanguage(script.dataset["language"] ?? document.documentElement.lang);
  const f = formatter(language);
  const t = translator(language, { fa, uk, en }[language], f.digits);
  const store = shelf();
  const draftKey = `pasokh.chat.${key}.draft`;
  const openKey = `pasokh.chat.${key}.open`;

  const talk = new Conversation({ host: new URL(script.src).origin, key, language, shelf: store });
  talk.name = script.dataset["name"] ?? "";
  const host = document.createElement("pasokh-chat");
  host.lang = language;
  host.dir = language === "fa" ? "rtl" : "ltr";
  host.dataset["place"] = corner === "start" ? "start" : "end";
  if (accent && luminance(accent) !== null) {
    host.style.setProperty("--accent", accent);
    host.style.setProperty("--on-accent", inkOn(accent));
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const applyTheme = (): void => {
    host.toggleAttribute("data-dark", theme === "dark" || (theme === "auto" && dark.matches));
  };
  applyTheme();
  dark.addEventListener("change", applyTheme);

  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const keep = (name: string, value: string): void => {
    try {
      if (value) store?.setItem(name, value);
      else store?.removeItem(name);
    } catch {
      // Only the survival of a reload is lost.
    }
  };
  const panel = new Panel(
    talk,
    { language, t, f, title: script.dataset["title"] ?? t("title"), welcome: script.dataset["welcome"] ?? t("welcome"), place: corner },
    { get: () => store?.getItem(draftKey) ?? "", set: (text) => keep(draftKey, text) },
    (open) => {
      host.toggleAttribute("data-open", open);
      keep(openKey, open ? "1" : "");
    },
  );
  root.append(panel.element);
  document.body.append(host);

  talk.onChange(() => panel.paint());
  setInterval(() => panel.paint(), 1_000);
  addEventListener("online", () => talk.client?.nudge());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") talk.client?.nudge();
  });
  addEventListener("storage", (event) => {
    if (event.key === `pasokh.chat.${key}`) talk.adopt();
  });
  talk.resume();
  if (store?.getItem(openKey) || "open" in script.dataset) panel.toggle(true);
  else panel.paint();
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.body) place(script);
  else addEventListener("DOMContentLoaded", () => place(script));
}
