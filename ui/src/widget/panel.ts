import { type Language, type Values, directionOf } from "../language/catalogue";
import type { ChatText } from "../language/chat/en";
import type { Format } from "../language/format";
import { alternatives } from "./alternatives";
import type { Conversation, Line } from "./conversation";
import { glyph, h, write } from "./element";

export interface Look {
  language: Language;
  title: string;
  welcome: string;
  place: string;
  t(key: keyof ChatText, values?: Values): string;
  f: Format;
}

const CHAT = "M4 6.5A2.5 2.5 0 016.5 4h11A2.5 2.5 0 0120 6.5v7a2.5 2.5 0 01-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 014 13.5z";
const CLOSE = "M6 9.5l6 6 6-6";
const SEND = "M4.5 12L20 4.5 15.5 20l-3.5-6.5zM12 13.5L20 4.5";
const LEAVE = "M14 4.5h4.5v15H14M4 12h10.5M10.5 8.5L14 12l-3.5 3.5";
const LONGEST = 4_000;

/** Everything of the widget that is seen: the launcher, and the panel with its conversation. */
export class Panel {
  readonly element: HTMLElement;
  private open = false;
  private asking = false;
  private readonly launcher: HTMLButtonElement;
  private readonly unread = h("span", { class: "n", hidden: true });
  private readonly panel: HTMLElement;
  private readonly status = h("p", { class: "status", role: "status", hidden: true });
  private readonly log: HTMLElement;
  private readonly extra = h("div", { class: "extra" });
  private readonly text: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly leave: HTMLButtonElement;
  private readonly lines = new Map<string, { line: string; element: HTMLElement }>();
  private readonly choices: ReturnType<typeof alternatives>;

  constructor(
    private readonly talk: Conversation,
    private readonly look: Look,
    private readonly draft: { get(): string; set(text: string): void },
    private readonly onOpen: (open: boolean) => void,
  ) {
    const { t } = look;
    this.launcher = h(
      "button",
      { class: "launch", type: "button", "aria-label": t("launcher"), onclick: () => this.toggle(true) },
      glyph(CHAT, true),
      h("span", { class: "word" }, t("launcher")),
      this.unread,
    );
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": look.title, tabindex: "0" });
    this.text = h("textarea", {
      rows: "1",
      maxlength: String(LONGEST),
      "aria-label": t("placeholder"),
      placeholder: t("placeholder"),
      oninput: () => this.typed(),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.submit();
      },
    });
    this.send = h("button", { type: "button", "aria-label": t("send"), onclick: () => this.submit() }, glyph(SEND, true));
    this.leave = h(
      "button",
      { type: "button", "aria-label": t("end"), title: t("end"), hidden: true, onclick: () => this.askEnd(true) },
      glyph(LEAVE, true),
    );
    this.choices = alternatives(talk, look, () => this.paint());
    this.panel = h(
      "section",
      {
        class: "panel",
        role: "dialog",
        "aria-label": look.title,
        hidden: true,
        onkeydown: (event: KeyboardEvent) => {
          if (event.key === "Escape") this.toggle(false);
        },
      },
      h(
        "header",
        { class: "head" },
        h("h2", {}, look.title),
        this.leave,
        h("button", { type: "button", "aria-label": t("close"), title: t("close"), onclick: () => this.toggle(false) }, glyph(CLOSE)),
      ),
      this.status,
      this.log,
      h("footer", { class: "foot" }, this.extra, h("div", { class: "write" }, this.text, this.send)),
    );
    this.element = h("div", { dir: directionOf(look.language), lang: look.language }, this.launcher, this.panel);
    this.text.value = draft.get();
    this.typed();
  }

  toggle(open: boolean): void {
    this.open = open;
    this.launcher.hidden = open;
    this.panel.hidden = !open;
    this.onOpen(open);
    this.paint();
    if (open) {
      this.text.focus();
      this.log.scrollTop = this.log.scrollHeight;
    } else {
      this.launcher.focus();
    }
  }

  paint(): void {
    const lines = this.talk.lines();
    this.paintLines(lines);
    this.paintStatus();
    this.paintExtra();
    const newest = Math.max(0, ...lines.filter((line) => line.author === "agent").map((line) => line.at ?? 0));
    if (this.open && document.visibilityState === "visible") this.talk.markRead(newest);
    const read = this.talk.session?.read ?? 0;
    const count = lines.filter((line) => line.author === "agent" && (line.at ?? 0) > read).length;
    this.unread.hidden = count === 0;
    write(this.unread, this.look.f.digits(count));
    const label = count ? `${this.look.t("launcher")}, ${this.look.t("unread", { n: count })}` : this.look.t("launcher");
    this.launcher.setAttribute("aria-label", label);
  }

  private paintLines(lines: Line[]): void {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    if (!this.log.firstChild) {
      this.log.append(
        h("div", { class: "hello" }, h("h3", {}, this.look.welcome), h("p", {}, this.look.t("promise"))),
      );
    }
    const alive = new Set(lines.map((line) => line.id));
    for (const [id, { element }] of this.lines) {
      if (alive.has(id)) continue;
      element.remove();
      this.lines.delete(id);
    }
    let before: Line | null = null;
    let place: Element = this.log.firstElementChild!;
    for (const line of lines) {
      const first: boolean = before === null || before.author !== line.author || before.name !== line.name;
      const shown = JSON.stringify([line, first]);
      let kept = this.lines.get(line.id);
      if (!kept || kept.line !== shown) {
        const element = this.lineElement(line, first);
        kept?.element.replaceWith(element);
        kept = { line: shown, element };
        this.lines.set(line.id, kept);
      }
      if (place.nextElementSibling !== kept.element) place.after(kept.element);
      place = kept.element;
      before = line;
    }
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  private lineElement(line: Line, first: boolean): HTMLElement {
    const { t, f } = this.look;
    const who = line.author === "customer" ? t("you") : line.name;
    const by = first && line.author !== "system" && line.at !== null;
    const after =
      line.state === "sending"
        ? h("p", { class: "after" }, t("sending"))
        : line.state === "failed"
          ? h("p", { class: "after" }, t("failed"), h("button", { type: "button", onclick: () => this.talk.again(line.id) }, t("retry")))
          : null;
    return h(
      "div",
      { class: `line ${line.author} ${line.state}` },
      by ? h("p", { class: "by" }, h("bdi", {}, who), ` · ${f.time(line.at ?? 0)}`) : null,
      h("p", { class: "text", dir: "auto" }, line.text),
      after,
    );
  }

  private paintStatus(): void {
    const { text, bad } = this.words();
    write(this.status, text);
    this.status.hidden = !text;
    this.status.classList.toggle("bad", bad);
  }

  /** The honest state in one line. */
  private words(): { text: string; bad: boolean } {
    const { t, f } = this.look;
    const { talk } = this;
    if (talk.unavailable) return { text: t("unavailable"), bad: true };
    if (talk.offline) return { text: t("offline"), bad: true };
    if (!talk.session) return { text: "", bad: false };
    const { contact } = talk;
    if (!contact) return { text: t("connecting"), bad: false };
    const { chosen } = talk.session;
    if (chosen) return { text: t(chosen.choice === "callback" ? "callback_done" : "message_done", { address: `\u2068${chosen.address}\u2069` }), bad: false };
    if (contact.closed) {
      if (contact.reason === "full" || contact.reason === "no_agents") return { text: t("closed_full"), bad: false };
      return { text: t(contact.reason === "closed" ? "closed_closed" : "closed"), bad: false };
    }
    switch (contact.phase) {
      case "queued":
      case "offered": {
        const waiting = t("waiting", { time: f.clock(talk.now() - contact.queued_at) });
        return { text: contact.phase === "offered" ? t("offered") : waiting, bad: false };
      }
      case "scheduled":
        return { text: t("scheduled"), bad: false };
      default:
        return { text: contact.agent_name ? t("active", { name: `\u2068${contact.agent_name}\u2069` }) : t("active_someone"), bad: false };
    }
  }

  private paintExtra(): void {
    const { talk, look } = this;
    const { contact } = talk;
    const over = talk.closed || Boolean(talk.session?.chosen);
    this.leave.hidden = !contact || over;
    if (over) this.asking = false;
    const write = this.text.closest<HTMLElement>(".write");
    if (write) write.hidden = over || talk.unavailable !== null;
    if (over) {
      this.show("again", () =>
        h("button", { class: "btn main", type: "button", onclick: () => this.talk.restart(null) }, look.t("again")),
      );
    } else if (this.asking) {
      this.show("end", () =>
        h(
          "div",
          { class: "card", role: "alertdialog", "aria-label": look.t("end_sure") },
          h("strong", {}, look.t("end_sure")),
          h(
            "div",
            { class: "row" },
            h("button", { class: "btn", type: "button", onclick: () => this.askEnd(false) }, look.t("no_stay")),
            h(
              "button",
              {
                class: "btn main",
                type: "button",
                onclick: () => {
                  this.askEnd(false);
                  void this.talk.end();
                },
              },
              look.t("yes_end"),
            ),
          ),
        ),
      );
    } else if (!talk.session && !talk.unavailable) {
      this.show("name", () => this.nameField());
    } else {
      const card = this.choices.current();
      this.show(card ? `choices:${card.key}` : "", () => card?.build() ?? null);
    }
  }

  private nameField(): HTMLElement {
    const input = h("input", {
      class: "name",
      type: "text",
      maxlength: "200",
      autocomplete: "name",
      "aria-label": this.look.t("name"),
      placeholder: this.look.t("name"),
      oninput: () => {
        this.talk.name = input.value;
      },
    });
    input.value = this.talk.name;
    return input;
  }

  private show(key: string, build: () => HTMLElement | null): void {
    if (this.extra.dataset["key"] === key) return;
    this.extra.dataset["key"] = key;
    const element = build();
    this.extra.replaceChildren(...(element ? [element] : []));
    this.extra.hidden = !element;
    if (key !== "name") element?.querySelector<HTMLElement>("input, textarea")?.focus();
  }

  private askEnd(asking: boolean): void {
    this.asking = asking;
    this.paint();
  }

  private typed(): void {
    this.send.disabled = !this.text.value.trim();
    this.text.dir = this.text.value ? "auto" : "";
    this.draft.set(this.text.value);
  }

  private submit(): void {
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.typed();
    this.talk.say(text);
    this.paint();
    this.log.scrollTop = this.log.scrollHeight;
    this.text.focus();
  }
}
