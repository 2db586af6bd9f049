/**
 * The chat widget. One tag does it (docs/widget.md):
 *
 *   <script src="https://centre.example/static/dist/widget.js" data-key="…" async></script>
 *
 * The rest is set up in the centre; a page may say otherwise with data-language (fa, uk, en), data-title, data-welcome,
 * data-accent (#rrggbb), data-theme (light, dark, auto), data-place (start, end), data-name (a signed-in customer's) and
 * data-open, or with the CSS properties --pasokh-… of the element pasokh-chat.
 */
import { asLanguage, translator } from "../language/catalogue";
import { en } from "../language/chat/en";
import { fa } from "../language/chat/fa";
import { uk } from "../language/chat/uk";
import { formatter } from "../language/format";
import type { Shelf } from "../live/outbox";
import { DEFAULT_ACCENT, accentOf, luminance } from "./colour";
import { Conversation } from "./conversation";
import { loadOptions } from "./options";
import { Panel } from "./panel";
import { fitKeyboard } from "./screen";
import { STYLE } from "./style";
import { pageIsDark, watchPage } from "./theme";
import type { WidgetOptions } from "./types";

const ASK_OPTIONS_AGAIN = 60_000;

/** Storage as far as the page has it: some browsers throw at the mere name. */
function shelf(): Shelf | null {
  try {
    localStorage.getItem("");
    return localStorage;
  } catch {
    return null;
  }
}

function channel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}

function dress(host: HTMLElement, asked: string, theme: string): void {
  const dark = theme === "dark" || (theme !== "light" && pageIsDark());
  host.toggleAttribute("data-dark", dark);
  const style = getComputedStyle(host);
  const own = style.getPropertyValue("--pasokh-accent");
  const ground = style.getPropertyValue(dark ? "--pasokh-ground-dark" : "--pasokh-ground");
  const usual = dark ? "#151c1f" : "#ffffff";
  const { fill, ink, line, text } = accentOf(own || asked || DEFAULT_ACCENT, luminance(ground) === null ? usual : ground);
  for (const [name, value] of Object.entries({ fill, ink, line, text })) host.style.setProperty(`--accent-${name}`, value);
}

async function place(script: HTMLScriptElement): Promise<void> {
  const { key, accent = "", theme = "auto", name } = script.dataset;
  if (!key || [...document.querySelectorAll<HTMLElement>("pasokh-chat")].some((each) => each.dataset["key"] === key)) return;
  const home = new URL(script.src).origin;
  const host = document.createElement("pasokh-chat");
  host.dataset["key"] = key;
  host.dataset["level"] = String(document.querySelectorAll("pasokh-chat").length);
  document.body.append(host);

  const wanted = script.dataset["language"] ?? document.documentElement.lang;
  const loaded = await loadOptions(home, key, wanted);
  if (!loaded) {
    host.remove();
    console.warn(`Pasokh: no chat for key "${key}" on ${location.origin}.`);
    return;
  }
  const { title, welcome, place: side } = script.dataset;
  const options: WidgetOptions = {
    ...loaded.options,
    ...(title ? { title } : {}),
    ...(welcome ? { greeting: welcome } : {}),
    ...(side === "start" || side === "end" ? { position: side } : {}),
  };
  const language = asLanguage(options.language || wanted);
  const f = formatter(language);
  const t = translator(language, { fa, uk, en }[language], f.digits);
  host.lang = language;
  host.dir = language === "fa" ? "rtl" : "ltr";
  host.dataset["place"] = options.position;

  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const dressed = (): void => dress(host, accent || options.colour, theme);
  dressed();
  watchPage(dressed);

  const talk = new Conversation({ host: home, key, language, shelf: shelf(), tabs: channel(`pasokh.chat.${key}`) });
  talk.details = { ...talk.session?.details, ...(name ? { name } : {}) };
  const panel = new Panel(talk, { language, options, t, f }, home, key, (open) => {
    host.toggleAttribute("data-open", open);
    if (talk.session) talk.sessions.note("open", open ? "1" : "");
    if (open) void refresh();
  });
  root.append(panel.element);
  fitKeyboard(host, () => panel.isOpen && panel.toEnd());

  let asked = Date.now();
  let complete = loaded.asked;
  /** Business hours begin and end while a page stays open. */
  async function refresh(): Promise<void> {
    if (complete && Date.now() - asked < ASK_OPTIONS_AGAIN) return;
    asked = Date.now();
    const again = await loadOptions(home, key ?? "", language);
    if (!again?.asked) return;
    complete = true;
    Object.assign(options, { open: again.options.open, opens_at: again.options.opens_at });
    panel.paint();
  }

  talk.onChange(() => {
    if (talk.session && panel.isOpen) talk.sessions.note("open", "1");
    panel.paint();
  });
  setInterval(() => panel.paint(), 1_000);
  addEventListener("online", () => talk.client?.nudge());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    talk.client?.nudge();
    panel.paint();
  });
  addEventListener("storage", (event) => {
    if (event.key === `${talk.sessions.key}.draft` && document.visibilityState !== "visible") panel.fill(event.newValue ?? "");
  });
  // Pages that change themselves without loading may replace the body: the widget stays.
  new MutationObserver(() => {
    if (!host.isConnected) document.body?.append(host);
  }).observe(document.documentElement, { childList: true });
  talk.resume();
  if ((talk.session && talk.sessions.note("open")) || "open" in script.dataset) panel.toggle(true);
  else panel.paint();
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.body) void place(script);
  else addEventListener("DOMContentLoaded", () => void place(script));
}
