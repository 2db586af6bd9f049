import { render } from "lit-html";

import { asLanguage, translator } from "../language/catalogue";
import { formatter } from "../language/format";
import { en } from "../language/staff/notices.en";
import { fa } from "../language/staff/notices.fa";
import { uk } from "../language/staff/notices.uk";
import { announce, TitleCount } from "./announce";
import { Feed } from "./feed";
import { panelView } from "./panel";

export const HINT = "pasokh:hint";
const MOST = 99;

/** Makes the bell of a staff page alive; without it the bell is a link to the page of notices. */
export function startNotices(): void {
  const root = document.querySelector<HTMLElement>("[data-bell]");
  const bell = root?.querySelector<HTMLAnchorElement>("a");
  const badge = root?.querySelector<HTMLElement>(".bell-count");
  if (!root || !bell || !badge) return;
  const language = asLanguage(document.documentElement.lang);
  const f = formatter(language, document.documentElement.dataset["zone"]);
  const t = translator(language, { fa, uk, en }[language], f.digits);
  const place = document.createElement("div");
  root.append(place);
  const title = new TitleCount(document);
  let open = false;
  let live = false;

  const feed = new Feed(Number(root.dataset["unread"] ?? "0"), draw, (fresh) => announce(fresh, t("notices.title")), () => live, localStorage);

  function draw(): void {
    const count = feed.unread > MOST ? `${f.digits(MOST)}+` : f.digits(feed.unread);
    badge!.textContent = count;
    badge!.hidden = feed.unread === 0;
    bell!.setAttribute("aria-label", t("notices.bell", { n: feed.unread }));
    bell!.setAttribute("aria-expanded", String(open));
    title.show(feed.unread ? count : "");
    const permission = typeof Notification === "undefined" ? "unsupported" : Notification.permission;
    const panel = { feed, f, t, permission, close: () => toggle(false), allowDesktop } as const;
    render(open ? panelView(panel) : null, place);
  }

  function allowDesktop(): void {
    void Notification.requestPermission().then(draw);
  }

  function toggle(wanted: boolean): void {
    if (open === wanted) return;
    open = wanted;
    draw();
    if (open) {
      void feed.refresh();
      place.querySelector<HTMLElement>("[role=dialog]")?.focus();
    }
  }

  bell.setAttribute("role", "button");
  bell.setAttribute("aria-haspopup", "dialog");
  bell.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    toggle(!open);
  });
  bell.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle(!open);
  });
  document.addEventListener("click", (event) => {
    if (open && !event.composedPath().includes(root)) toggle(false);
  });
  root.addEventListener("keydown", (event) => {
    if (!open || event.key !== "Escape") return;
    event.stopPropagation();
    toggle(false);
    bell.focus();
  });
  root.addEventListener("focusout", (event) => {
    const next = event.relatedTarget as Node | null;
    if (open && next && !root.contains(next)) toggle(false);
  });
  addEventListener(HINT, (event) => {
    live = true;
    if ((event as CustomEvent<string>).detail === "notices") void feed.refresh();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void feed.refresh();
  });
  addEventListener("online", () => void feed.refresh());
  draw();
  void feed.refresh();
  askOnSettings(draw);
}

/** On the page of choices: the browser's own permission, asked on a click only. */
function askOnSettings(draw: () => void): void {
  const ask = document.querySelector<HTMLElement>("[data-ask-desktop]");
  const denied = document.querySelector<HTMLElement>("[data-desktop-denied]");
  if (!ask || !denied || typeof Notification === "undefined") return;
  const show = (): void => {
    ask.hidden = Notification.permission !== "default";
    denied.hidden = Notification.permission !== "denied";
    draw();
  };
  ask.querySelector("button")?.addEventListener("click", () => void Notification.requestPermission().then(show));
  show();
}
