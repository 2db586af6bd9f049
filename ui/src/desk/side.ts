import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../design/icons";
import { shown } from "../keys/shortcuts";
import { pick } from "../language/catalogue";
import type { Interaction } from "./types";
import type { Desk } from "./context";
import { followUpList } from "./day";
import { messagesOf, unreadIn, urgency, waitingSince } from "./model";
import { offerCard } from "./offer";
import { soundName } from "./sound";
import { avatar, kindBadge, nameOf, phaseOf } from "./words";

/** The side column: what rings, what is open, how the queues stand. */
export function side(desk: Desk): TemplateResult {
  const { model, memory } = desk;
  const offersHere = memory.selected !== null || memory.columns || model.work.length > 0;
  return html`<aside class="desk-side">
    <div role="alert" class=${offersHere ? "" : "side-offers-narrow"}>
      ${repeat(model.offers, (offer) => offer.id, (offer) => offerCard(desk, offer))}
    </div>
    <section aria-label=${desk.t("desk.work")}>
      <div class="section-head">
        <h2>${desk.t("desk.work")}</h2>
        ${model.work.length > 1
          ? html`<button
              class="button plain square compact only-wide"
              type="button"
              aria-pressed=${memory.columns}
              title=${desk.t(memory.columns ? "desk.one_at_a_time" : "desk.side_by_side")}
              aria-label=${desk.t("desk.side_by_side")}
              @click=${() => {
                memory.columns = !memory.columns;
                desk.redraw();
              }}
            >
              ${icon("columns")}
            </button>`
          : nothing}
      </div>
      ${model.work.length
        ? html`<ul class="work-list">
            ${repeat(model.work, (each) => each.id, (each, index) => html`<li>${workItem(desk, each, index)}</li>`)}
          </ul>`
        : html`<p class="quiet-line">${desk.t(model.me ? `empty.${model.me.presence}.title` : "connection.connecting")}</p>`}
    </section>
    ${model.me ? html`<section class="side-follow-ups">${followUpList(desk, 4)}</section>` : nothing}
    <section class="queue-glance" aria-label=${desk.t("desk.queues")}>
      <div class="section-head"><h2>${desk.t("desk.queues")}</h2></div>
      <ul class="queue-rows">
        ${repeat(
          model.queues,
          (queue) => queue.id,
          (queue) => {
            const waited = queue.waiting && queue.longest_since !== null ? desk.now - queue.longest_since : null;
            return html`<li class="queue-row ${queue.waiting ? urgency(waited) : "calm"}">
              <span class="name">${pick(queue.name, desk.language, queue.id)}</span>
              <span class="waiting" aria-label=${desk.t("desk.waiting", { n: queue.waiting })}>${desk.f.digits(queue.waiting)}</span>
              <time>${waited === null ? "–" : desk.f.clock(waited)}</time>
            </li>`;
          },
        )}
      </ul>
    </section>
  </aside>`;
}

function workItem(desk: Desk, each: Interaction, index: number): TemplateResult {
  const messages = messagesOf(desk.client.topic("desk"), each);
  const last = messages.at(-1);
  const unread = unreadOf(desk, each);
  const name = nameOf(desk, each);
  const due = each.phase === "wrap_up" || each.phase === "outcome_due";
  const waiting = each.phase === "active" && each.on_hold_since === null && each.kind !== "consult" ? waitingSince(messages) : null;
  const waited = waiting === null ? 0 : desk.now - waiting;
  const typist = desk.memory.typists.get(each.id);
  const typing = typist !== undefined && typist.who === "customer" && typist.until > desk.now;
  const line = typing
    ? desk.t("thread.types")
    : each.phase === "active" && each.on_hold_since === null ? (last?.text || (last?.attachments?.length ? soundName(desk, last.attachments[0]?.name ?? "") : "")) : phaseOf(desk, each);
  return html`<button
    class="work-item ${unread ? "unread" : ""}"
    type="button"
    aria-current=${desk.memory.selected === each.id ? "true" : "false"}
    title=${index < 9 ? shown(`alt+${index + 1}`).join("+") : nothing}
    @click=${() => desk.open(each.id)}
  >
    ${avatar(each.customer ?? each.id, name)}
    <span class="name"><bdi>${name}</bdi></span>
    ${waiting === null
      ? html`<time>${desk.f.clock(desk.now - (each.accepted_at ?? each.since))}</time>`
      : html`<time class="reply ${waited >= 120_000 ? "alarm" : waited >= 45_000 ? "warn" : ""}" aria-label=${desk.t("desk.reply_since", { time: desk.f.clock(waited) })}
          >${icon("reply")}${desk.f.clock(waited)}</time
        >`}
    <span class="line" dir=${each.phase === "active" ? "auto" : nothing}>${line}</span>
    <span class="flag">
      ${unread
        ? html`<span class="count" aria-label=${desk.t("desk.unread", { n: unread })}>${desk.f.digits(unread)}</span>`
        : due
          ? html`<span class="badge ${each.phase === "outcome_due" ? "alarm" : "warn"}">${phaseOf(desk, each)}</span>`
          : each.on_hold_since !== null
            ? html`<span class="badge alarm"><time>${desk.f.clock(desk.now - each.on_hold_since)}</time></span>`
            : each.help_since
              ? html`<span class="badge warn">${desk.t("help.badge")}</span>`
              : kindBadge(desk, each)}
    </span>
  </button>`;
}

/** Customer messages that came since the conversation was last looked at. */
export function unreadOf(desk: Desk, each: Interaction): number {
  return unreadIn(messagesOf(desk.client.topic("desk"), each), each.read_by_agent ?? 0, each.id, desk.memory.read[each.id] ?? 0);
}
