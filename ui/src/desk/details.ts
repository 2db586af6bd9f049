import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Interaction } from "./types";
import type { Desk } from "./context";
import { cardSections } from "./card";
import { byNumber } from "./voice";
import { avatar, coded, nameOf, numbered, queueOf } from "./words";
import { whyPanel } from "./why";

/** What is known about the chosen contact, and why it came to this agent. */
export function details(desk: Desk, each: Interaction): TemplateResult {
  const name = nameOf(desk, each);
  const held = each.hold_ms + (each.on_hold_since === null ? 0 : Math.max(0, desk.now - each.on_hold_since));
  const fact = (label: string, value: unknown): TemplateResult | typeof nothing =>
    value ? html`<dt>${label}</dt><dd>${value}</dd>` : nothing;
  return html`<aside class="desk-details" aria-label=${desk.t("desk.details")}>
    <div class="detail-head">
      <button
        class="button plain square compact details-close"
        type="button"
        aria-label=${desk.t("desk.close_details")}
        @click=${() => {
          desk.memory.panel = null;
          desk.redraw();
        }}
      >
        ${icon("close")}
      </button>
      ${avatar(each.customer ?? each.id, name, "large")}
      <p class="name"><bdi>${name}</bdi></p>
      <a class="small" href=${`/contacts/${encodeURIComponent(each.contact)}/`}>${desk.t("customer.history")}</a>
    </div>
    ${cardSections(desk, each)}
    <dl class="facts">
      ${fact(desk.t("customer.channel"), desk.t(byNumber(each) ? "channel.message" : `channel.${each.channel}`))}
      ${fact(desk.t("customer.queue"), queueOf(desk, each))}
      ${fact(desk.t("customer.language"), each.language && coded(desk, "language", each.language))}
      ${fact(desk.t("customer.subject"), each.subject && html`<bdi>${each.subject}</bdi>`)}
      ${fact(desk.t("customer.address"), each.address && html`<bdi>${numbered(each.address)}</bdi>`)}
      ${fact(desk.t("customer.started"), desk.f.time(each.queued_at))}
      ${fact(desk.t("customer.waited"), desk.f.clock(each.waited_ms))}
      ${fact(desk.t("customer.hold"), held > 0 && desk.f.clock(held))}
    </dl>
    ${each.note
      ? html`<section>
          <h3>${desk.t("customer.note")}</h3>
          <p class="colleague-note"><bdi>${each.note}</bdi></p>
        </section>`
      : nothing}
    ${each.why ? whyPanel(desk, each.why) : nothing}
  </aside>`;
}
