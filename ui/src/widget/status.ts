/** The honest state in a line or two. What ticks every second is for eyes only; a screen reader hears changes of state. */
import { pick } from "../language/catalogue";
import type { Conversation } from "./conversation";
import { glyph, h, write } from "./element";
import { type Look, isolated } from "./look";
import { Waiting } from "./waiting";

const NOTICE = "M12 4.500l8.500 15h-17zM12 10.500v4M12 17v.4";

interface Words {
  text: string;
  bad?: boolean;
  /** Place and expected wait, stated only when the centre does. */
  place?: string;
  since?: number;
}

export class Status {
  readonly element: HTMLElement;
  private readonly said = h("span", { role: "status" });
  private readonly place = h("span", { class: "place", "aria-hidden": "true" });
  private readonly told = h("span", { class: "sr", "aria-live": "polite" });
  private readonly waiting: Waiting;
  private readonly clock = h("time", { "aria-hidden": "true" });
  private readonly line: HTMLElement;
  private readonly notices = h("div", { class: "notices", "aria-live": "polite" });
  private shown = "";

  constructor(
    private readonly talk: Conversation,
    private readonly look: Look,
  ) {
    this.waiting = new Waiting((key, values) => look.t(key, values));
    this.line = h("p", { class: "status", hidden: true }, this.said, this.place, this.told, this.clock);
    this.element = h("div", {}, this.notices, this.line);
  }

  paint(): void {
    const { text, bad = false, place = "", since } = this.words();
    write(this.said, text);
    write(this.place, place);
    write(this.told, this.waiting.told(place, this.talk.now()));
    write(this.clock, since === undefined ? "" : this.look.t("waited", { time: this.look.f.clock(this.talk.now() - since) }));
    this.line.hidden = !text;
    this.line.classList.toggle("bad", bad);
    this.paintNotices();
  }

  private paintNotices(): void {
    const { contact } = this.talk;
    const texts = contact && !contact.closed ? (contact.incidents ?? []).map(({ texts: said }) => pick(said, this.look.language)) : [];
    const shown = JSON.stringify(texts);
    if (shown === this.shown) return;
    this.shown = shown;
    this.notices.replaceChildren(
      ...texts.map((text) => h("p", { class: "notice", dir: "auto" }, glyph(NOTICE), h("span", { class: "sr" }, `${this.look.t("notice")}: `), h("span", {}, text))),
    );
  }

  private words(): Words {
    const { t } = this.look;
    const { talk } = this;
    if (talk.unavailable) return { text: t("unavailable"), bad: true };
    if (talk.offline) return { text: t("offline"), bad: true };
    if (!talk.session) return { text: "" };
    const { contact } = talk;
    if (!contact) return { text: t("connecting") };
    const { chosen } = talk.session;
    if (chosen) return { text: t(chosen.choice === "callback" ? "callback_done" : "message_done", { address: isolated(chosen.address) }) };
    if (contact.closed) {
      if (contact.reason === "full" || contact.reason === "no_agents") return { text: t("closed_full") };
      return { text: t(contact.reason === "closed" ? "closed_closed" : "closed") };
    }
    switch (contact.phase) {
      case "queued":
        return { text: t("waiting"), place: this.waiting.words(contact, talk.now()), since: contact.queued_at };
      case "offered":
        return { text: t("offered"), since: contact.queued_at };
      case "scheduled":
        return { text: t("scheduled") };
      default:
        return { text: contact.agent_name ? t("active", { name: isolated(contact.agent_name) }) : t("active_someone") };
    }
  }
}
