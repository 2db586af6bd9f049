import { directionOf } from "../language/catalogue";
import { afterwards } from "./afterwards";
import { alternatives } from "./alternatives";
import { outOfHours, prechat, shutCard } from "./before";
import type { Card } from "./card";
import { Composer } from "./composer";
import type { Conversation } from "./conversation";
import { glyph, h, write } from "./element";
import type { Line } from "./lines";
import type { Look } from "./look";
import { isNarrow, keepFocus } from "./screen";
import { Status } from "./status";
import { Thread } from "./thread";

const CHAT = "M4 6.5A2.5 2.5 0 016.5 4h11A2.5 2.5 0 0120 6.5v7a2.5 2.5 0 01-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 014 13.5z";
const CLOSE = "M6 9.5l6 6 6-6";
const LEAVE = "M14 4.5h4.5v15H14M4 12h10.5M10.5 8.5L14 12l-3.5 3.5";

/** Everything of the widget that is seen: the launcher, and the panel with its conversation. */
export class Panel {
  readonly element: HTMLElement;
  private open = false;
  private asking = false;
  private readonly launcher: HTMLButtonElement;
  private readonly unread = h("span", { class: "n", hidden: true });
  private readonly panel: HTMLElement;
  private readonly status: Status;
  private readonly thread: Thread;
  private readonly composer: Composer;
  private readonly extra = h("div", { class: "extra" });
  private readonly leave: HTMLButtonElement;
  private readonly cards: {
    alternatives: () => Card | null;
    prechat: ReturnType<typeof prechat>;
    closed: () => Card;
    over: () => Card | null;
  };

  constructor(
    private readonly talk: Conversation,
    private readonly look: Look,
    host: string,
    key: string,
    private readonly onOpen: (open: boolean) => void,
  ) {
    const { t, options } = look;
    const title = options.title || t("title");
    this.launcher = h(
      "button",
      { class: "launch", type: "button", "aria-label": t("launcher"), "aria-haspopup": "dialog", onclick: () => this.toggle(true) },
      glyph(CHAT, true),
      h("span", { class: "word" }, t("launcher")),
      this.unread,
    );
    this.status = new Status(talk, look);
    this.thread = new Thread(talk, look, host, key);
    this.composer = new Composer(
      talk,
      look,
      host,
      (text) => talk.session && talk.sessions.note("draft", text),
      () => {
        this.paint();
        this.thread.toEnd();
      },
    );
    this.composer.fill(talk.sessions.note("draft"));
    this.leave = h(
      "button",
      { type: "button", "aria-label": t("end"), title: t("end"), hidden: true, onclick: () => this.askEnd(true) },
      glyph(LEAVE, true),
    );
    const repaint = (): void => this.paint();
    this.cards = {
      alternatives: alternatives(talk, look, repaint),
      prechat: prechat(talk, look, repaint),
      closed: outOfHours(talk, look, key, () => this.composer.value || (talk.session?.opening?.text ?? ""), repaint),
      over: afterwards(talk, look, repaint),
    };
    this.panel = h(
      "section",
      {
        class: "panel",
        role: "dialog",
        "aria-label": title,
        hidden: true,
        onkeydown: (event: KeyboardEvent) => {
          if (event.key === "Escape") this.toggle(false);
          else if (isNarrow()) keepFocus(event, this.panel);
        },
        ondragover: (event: DragEvent) => this.drag(event, true),
        ondragleave: (event: DragEvent) => this.drag(event, false),
        ondrop: (event: DragEvent) => this.drag(event, false),
      },
      h(
        "header",
        { class: "head" },
        h("h2", { dir: "auto" }, title),
        this.leave,
        h("button", { type: "button", "aria-label": t("close"), title: t("close"), onclick: () => this.toggle(false) }, glyph(CLOSE)),
      ),
      this.status.element,
      this.thread.element,
      h("footer", { class: "foot" }, this.extra, this.composer.element),
      h("div", { class: "dropping", "aria-hidden": "true" }, t("drop")),
    );
    this.element = h("div", { dir: directionOf(look.language), lang: look.language }, this.launcher, this.panel);
  }

  get isOpen(): boolean {
    return this.open;
  }

  toggle(open: boolean): void {
    if (open === this.open) return;
    this.open = open;
    this.launcher.hidden = open;
    this.panel.hidden = !open;
    if (isNarrow()) this.panel.setAttribute("aria-modal", "true");
    else this.panel.removeAttribute("aria-modal");
    this.onOpen(open);
    this.paint();
    if (open) {
      const field = this.composer.element.hidden ? this.extra.querySelector<HTMLElement>("input, textarea, button") : null;
      if (field) field.focus();
      else this.composer.focus();
      this.thread.toEnd();
    } else {
      this.launcher.focus();
    }
  }

  /** The writing line as another tab left it. */
  fill(draft: string): void {
    this.composer.fill(draft);
  }

  toEnd(): void {
    this.thread.toEnd();
  }

  paint(): void {
    const lines = this.talk.lines();
    this.thread.paint(lines);
    this.status.paint();
    this.paintExtra();
    this.composer.tray.start();
    this.paintUnread(lines);
  }

  private paintUnread(lines: readonly Line[]): void {
    const theirs = lines.filter((line) => line.author === "agent");
    const newest = theirs.at(-1);
    if (this.open && newest && document.visibilityState === "visible") this.talk.markRead(newest.at ?? 0, newest.number);
    const read = this.talk.session?.read ?? 0;
    const count = theirs.filter((line) => (line.at ?? 0) > read).length;
    this.unread.hidden = count === 0;
    write(this.unread, this.look.f.digits(count));
    const { t } = this.look;
    this.launcher.setAttribute("aria-label", count ? `${t("launcher")}, ${t("unread", { n: count })}` : t("launcher"));
  }

  private paintExtra(): void {
    const { talk } = this;
    const over = talk.closed || Boolean(talk.session?.chosen);
    this.leave.hidden = !talk.contact || over;
    if (over) this.asking = false;
    this.takeBack();
    const card = this.card(over);
    this.composer.show(!card?.instead && talk.unavailable === null);
    this.show(card);
  }

  /** The centre wanted other details: what was written stands in the line again. */
  private takeBack(): void {
    const { refused } = this.talk;
    if (!refused?.text) return;
    this.composer.fill(refused.text);
    refused.text = "";
  }

  private card(over: boolean): Card | null {
    const { talk, look, cards } = this;
    if (talk.unavailable) return null;
    const shut = talk.session ? talk.closed && talk.contact?.reason === "closed" : !look.options.open;
    if (shut && look.options.offline_form) return cards.closed();
    if (shut && !talk.session) return { key: "shut", build: () => shutCard(look, talk.now()), instead: true };
    if (over) return cards.over();
    if (this.asking) return { key: "end", build: () => this.endCard(), focus: true };
    if (!talk.session) return cards.prechat.card();
    return cards.alternatives();
  }

  private endCard(): HTMLElement {
    const { t } = this.look;
    const end = (): void => {
      this.askEnd(false);
      void this.talk.end();
    };
    return h(
      "div",
      { class: "card", role: "alertdialog", "aria-label": t("end_sure") },
      h("strong", {}, t("end_sure")),
      h(
        "div",
        { class: "row" },
        h("button", { class: "btn", type: "button", onclick: () => this.askEnd(false) }, t("no_stay")),
        h("button", { class: "btn main", type: "button", onclick: end }, t("yes_end")),
      ),
    );
  }

  private show(card: Card | null): void {
    const key = card?.key ?? "";
    if (this.extra.dataset["key"] === key) return;
    const hadFocus = this.extra.contains((this.element.getRootNode() as ShadowRoot).activeElement);
    this.extra.dataset["key"] = key;
    const element = card?.build() ?? null;
    this.extra.replaceChildren(...(element ? [element] : []));
    this.extra.hidden = !element;
    if (!this.open) return;
    if (element && (card?.focus || hadFocus)) element.querySelector<HTMLElement>("input, textarea, button")?.focus();
    else if (hadFocus && !this.composer.element.hidden) this.composer.focus();
  }

  private askEnd(asking: boolean): void {
    this.asking = asking;
    this.paint();
  }

  private drag(event: DragEvent, over: boolean): void {
    const takes = this.look.options.attachments && !this.composer.element.hidden && event.dataTransfer?.types.includes("Files");
    this.panel.classList.toggle("over", Boolean(over && takes));
    if (!takes) return;
    event.preventDefault();
    if (event.type === "drop") this.composer.tray.add(event.dataTransfer?.files ?? []);
  }
}
