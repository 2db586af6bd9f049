/** The conversation as it is read: messages with files, what happened in between, days, who is writing. */
import type { Conversation } from "./conversation";
import { glyph, h, write } from "./element";
import { PAGE } from "./files";
import { type Line, lineOf, seenOf } from "./lines";
import { partsOf } from "./links";
import { type Look, sizeOf } from "./look";
import { Passes } from "./passes";
import { isPicture, pictureOf } from "./picture";
import { download } from "./transfer";
import type { Attachment, Earlier } from "./types";

const EVENTS = new Set(["joined", "transferred", "taken_over", "returned"]);
const NEAR_END = 80;
const PREVIEW = 640;

export class Thread {
  readonly element: HTMLElement;
  private readonly past = h("div", { class: "past" });
  private readonly writing = h("p", { class: "writing", hidden: true });
  private readonly seen = h("p", { class: "seen", hidden: true });
  private readonly lines = new Map<string, { line: string; element: HTMLElement }>();
  private readonly days = new Map<string, HTMLElement>();
  private readonly greeting: HTMLElement;
  private before: string | null | undefined;
  private readonly more: HTMLButtonElement;
  private readonly passes: Passes;

  constructor(
    private readonly talk: Conversation,
    private readonly look: Look,
    private readonly host: string,
    private readonly key: string,
  ) {
    const { t, options } = look;
    this.passes = new Passes(talk.post, key, () => talk.sessions.note("visitor"), () => talk.now());
    this.greeting = h("div", { class: "hello" }, h("h3", { dir: "auto" }, options.greeting || t("welcome")), h("p", {}, t("promise")));
    this.more = h("button", { class: "text", type: "button", hidden: true, onclick: () => void this.loadEarlier() }, t("earlier"));
    this.element = h(
      "div",
      { class: "log", role: "log", "aria-live": "polite", "aria-label": options.title || t("title"), tabindex: "0" },
      this.more,
      this.past,
      this.greeting,
      this.writing,
      this.seen,
    );
  }

  toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  paint(lines: readonly Line[]): void {
    const { element } = this;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    const { sessions, session } = this.talk;
    this.more.hidden = this.before === null || !sessions.note("visitor") || Number(sessions.note("talks")) < (session ? 2 : 1);
    const alive = new Set(lines.map((line) => line.id));
    for (const [id, { element: gone }] of this.lines) {
      if (alive.has(id)) continue;
      gone.remove();
      this.lines.delete(id);
    }
    const today = this.look.f.day(this.talk.now());
    let before: Line | null = null;
    let place: Element = this.greeting;
    let day = today;
    const days = new Set<string>();
    for (const line of lines) {
      const on = line.at === null ? day : this.look.f.day(line.at);
      if (on !== day || (line === lines[0] && on !== today)) {
        place = this.put(this.dayElement(on, today), place);
        days.add(on);
        before = null;
        day = on;
      }
      const first: boolean = before === null || before.author !== line.author || before.name !== line.name;
      const shown = JSON.stringify([line, first]);
      let kept = this.lines.get(line.id);
      if (!kept || kept.line !== shown) {
        const made = this.lineElement(line, first);
        kept?.element.replaceWith(made);
        kept = { line: shown, element: made };
        this.lines.set(line.id, kept);
      }
      place = this.put(kept.element, place);
      before = line;
    }
    for (const [on, heading] of this.days) {
      if (days.has(on)) continue;
      heading.remove();
      this.days.delete(on);
    }
    this.paintSeen(lines);
    this.paintWriting();
    if (atEnd) this.toEnd();
  }

  private put(element: HTMLElement, after: Element): Element {
    const at = after.nextElementSibling === this.seen ? this.seen : after;
    if (at.nextElementSibling !== element) at.after(element);
    return element;
  }

  private dayElement(on: string, today: string): HTMLElement {
    let heading = this.days.get(on);
    if (!heading) {
      heading = h("p", { class: "day" }, on === today ? this.look.t("today") : on);
      this.days.set(on, heading);
    }
    return heading;
  }

  private paintSeen(lines: readonly Line[]): void {
    const seen = seenOf(lines, this.talk.contact?.read ?? 0);
    write(this.seen, seen ? this.look.t("seen") : "");
    this.seen.hidden = !seen;
    const line = seen && this.lines.get(seen.id)?.element;
    if (line && line.nextElementSibling !== this.seen) line.after(this.seen);
  }

  private paintWriting(): void {
    const name = this.talk.writing();
    const { t } = this.look;
    write(this.writing, name === null ? "" : name ? t("typing", { name }) : t("typing_someone"));
    this.writing.hidden = name === null;
  }

  /** A line of this conversation, or of the `earlier` one. */
  private lineElement(line: Line, first: boolean, earlier?: string): HTMLElement {
    const { t, f } = this.look;
    if (line.author === "event") {
      const { name, text: kind } = line;
      if (!EVENTS.has(kind)) return h("div", { hidden: true });
      const words = kind === "joined" && !name ? t("joined_someone") : t(kind as "joined", { name });
      return h("div", { class: "line event" }, h("p", {}, words));
    }
    const who = line.author === "customer" ? t("you") : line.name;
    const by = first && line.author !== "system" && line.at !== null;
    const after =
      earlier !== undefined || line.state === "there"
        ? null
        : line.state === "sending"
          ? h("p", { class: "after" }, t("sending"))
          : h("p", { class: "after" }, t("failed"), h("button", { type: "button", onclick: () => this.talk.again(line.id) }, t("retry")));
    return h(
      "div",
      { class: `line ${line.author} ${line.state}` },
      by ? h("p", { class: "by" }, h("bdi", {}, who), ` · ${f.time(line.at ?? 0)}`) : null,
      line.text ? h("p", { class: "text", dir: "auto" }, ...words(line.text)) : null,
      ...line.attachments.map((each) => this.attachment(each, earlier)),
      after,
    );
  }

  private async pass(earlier?: string): Promise<string> {
    const pass = earlier === undefined ? this.talk.pass : await this.passes.of(earlier);
    if (!pass) throw new Error("no pass");
    return pass;
  }

  private attachment(file: Attachment, earlier?: string): HTMLElement {
    const { t } = this.look;
    const open = h(
      "button",
      { class: "file", type: "button", title: t("open_file", { name: file.name }), onclick: () => void this.openFile(file, open, earlier) },
      h("span", { class: "thumb" }, glyph(PAGE)),
      h("span", { class: "about" }, h("bdi", {}, file.name), h("small", {}, sizeOf(this.look, file.size))),
    );
    if (!isPicture(file.media_type)) return open;
    void this.pass(earlier)
      .then((pass) => download(this.host, file.id, pass, true))
      .then((data) => pictureOf(data, file.name, PREVIEW))
      .then((picture) => {
        const { element } = this;
        const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
        if (picture) open.classList.add("seen");
        if (picture) open.replaceChildren(picture);
        if (atEnd) this.toEnd();
      })
      .catch(() => undefined);
    return open;
  }

  /** Saves the file: the centre hands it out by the bearer token, so it cannot be a plain link. */
  private async openFile(file: Attachment, button: HTMLButtonElement, earlier?: string): Promise<void> {
    button.setAttribute("aria-busy", "true");
    try {
      const address = URL.createObjectURL(await download(this.host, file.id, await this.pass(earlier), false));
      const link = h("a", { href: address, download: file.name, hidden: true });
      this.element.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch {
      const { t } = this.look;
      button.querySelector("small")?.replaceChildren(t("busy_try"));
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  private async loadEarlier(): Promise<void> {
    const { t, f } = this.look;
    this.more.disabled = true;
    try {
      const { status, body } = await this.talk.post("/chat/v1/history", {
        key: this.key,
        visitor: this.talk.sessions.note("visitor"),
        before: this.before ?? null,
        without: this.talk.session?.contact ?? null,
      });
      if (status !== 200) throw new Error(String(status));
      const { contacts, next } = body as { contacts: Earlier[]; next: string | null };
      const bottom = this.element.scrollHeight - this.element.scrollTop;
      for (const each of contacts) {
        let previous: Line | null = null;
        const said = each.messages.map(lineOf).map((line) => {
          const first: boolean = previous === null || previous.author !== line.author || previous.name !== line.name;
          previous = line;
          return this.lineElement(line, first, each.contact);
        });
        this.past.prepend(h("section", { "aria-label": f.day(each.opened_at) }, h("p", { class: "day" }, f.day(each.opened_at)), ...said));
      }
      if (this.before === undefined) this.past.append(h("p", { class: "day" }, contacts.length ? t("now_talk") : t("earlier_none")));
      this.before = next;
      this.more.hidden = next === null;
      this.element.scrollTop = this.element.scrollHeight - bottom;
    } catch {
      write(this.more, t("busy_try"));
    } finally {
      this.more.disabled = false;
    }
  }
}

/** The text with its addresses as links. Never HTML. */
function words(text: string): (Node | string)[] {
  return partsOf(text).map(({ text: said, href }) =>
    href ? h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow", dir: "ltr" }, said) : said,
  );
}
