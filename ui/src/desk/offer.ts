import { html, nothing, svg, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import { shown } from "../keys/shortcuts";
import type { Interaction } from "./types";
import type { Desk } from "./context";
import { messagesOf } from "./model";
import { cardLine } from "./card";
import { CHANNEL_ICON, avatar, coded, nameOf, queueOf } from "./words";
import { byVoice } from "./voice";
import { shortWhy } from "./why";

/** How long each offer rings in all, as first seen: the ring empties over that span. */
const spans = new Map<string, number>();

/** Takes or declines what rings; what has been taken opens, unless something is being written elsewhere. */
export async function answerOffer(desk: Desk, offer: Interaction, type: "offer.accept" | "offer.reject"): Promise<void> {
  if (desk.memory.busy.has(offer.id) || desk.client.connection !== "online") return;
  if (type === "offer.accept" && desk.voice?.answers(offer)) {
    await desk.voice.answer(offer);
    return;
  }
  desk.memory.busy.add(offer.id);
  desk.redraw();
  const done = await desk.act({ type, interaction: offer.id });
  desk.memory.busy.delete(offer.id);
  if (done && type === "offer.accept") desk.open(offer.id, { focus: true, polite: true });
  desk.redraw();
}

/** A contact that rings: who, from where, how long it waited, why me, and how long I have. */
export function offerCard(desk: Desk, offer: Interaction): TemplateResult {
  const left = Math.max(0, (offer.deadline ?? desk.now) - desk.now);
  const key = `${offer.id}:${offer.deadline ?? 0}`;
  const span = Math.max(1_000, spans.get(key) ?? (offer.deadline ?? 0) - offer.since, left);
  spans.set(key, span);
  const busy = desk.memory.busy.has(offer.id);
  const off = desk.client.connection !== "online" || busy;
  const position = desk.model.offers.indexOf(offer);
  const name = nameOf(desk, offer);
  const first = messagesOf(desk.client.topic("desk"), offer).findLast((message) => message.author === "customer");
  const answer = (type: "offer.accept" | "offer.reject") => () => void answerOffer(desk, offer, type);
  // A telephone that stands elsewhere is answered there.
  const elsewhere = byVoice(offer) && desk.voice !== null && desk.voice.kind !== "webrtc";
  return html`<article class="offer" data-offer=${offer.id} aria-label=${desk.t("offer.title")}>
    <div class="offer-head">
      ${avatar(offer.customer ?? offer.id, name)}
      <div>
        <p class="offer-kind">
          ${icon(offer.kind === "consult" ? "consult" : CHANNEL_ICON[offer.channel])}
          ${offer.kind === "consult" ? desk.t("offer.consult") : desk.t("offer.title")}
        </p>
        <p class="offer-who"><bdi>${name}</bdi></p>
      </div>
      ${ring(desk, left, span)}
    </div>
    <div class="offer-facts">
      <span class="badge">${queueOf(desk, offer)}</span>
      <span class="badge">${desk.t("offer.waited", { time: desk.f.clock(offer.waited_ms) })}</span>
      ${offer.language ? html`<span class="badge">${coded(desk, "language", offer.language)}</span>` : nothing}
    </div>
    ${desk.voice?.offer(offer) ?? nothing} ${cardLine(desk, offer)}
    ${offer.subject ? html`<p><bdi>${offer.subject}</bdi></p>` : nothing}
    ${offer.note ? html`<p class="colleague-note"><bdi>${offer.note}</bdi></p>` : nothing}
    ${first ? html`<p class="offer-first" dir="auto">${first.text}</p>` : nothing}
    <p class="offer-why">${shortWhy(desk, offer.why)}</p>
    <div class="offer-actions">
      ${elsewhere ? nothing : html`<button class="button primary" type="button" data-accept ?disabled=${off} @click=${answer("offer.accept")}>
        ${icon("accept")} ${desk.t("offer.accept")}${position === 0 ? html`<kbd aria-hidden="true" dir="ltr">${shown("alt+a").join("+")}</kbd>` : nothing}
      </button>`}
      <button class="button" type="button" ?disabled=${off} @click=${answer("offer.reject")}>${desk.t("offer.reject")}</button>
    </div>
  </article>`;
}

function ring(desk: Desk, left: number, span: number): TemplateResult {
  const seconds = Math.ceil(left / 1000);
  const round = 2 * Math.PI * 20;
  return html`<span class="ring ${left < 6_000 ? "short" : ""}">
    ${svg`<svg viewBox="0 0 46 46" aria-hidden="true"><circle cx="23" cy="23" r="20" /><circle
      class="left" cx="23" cy="23" r="20" stroke-dasharray=${round} stroke-dashoffset=${round * (1 - left / span)} /></svg>`}
    <b aria-hidden="true">${desk.f.digits(seconds)}</b>
    <span class="visually-hidden">${desk.t("offer.left", { n: seconds })}</span>
  </span>`;
}
