import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "./context";
import { customerSection, whoSection } from "./customer";
import type { Card, Past } from "./office";
import type { Interaction } from "./types";
import { moment, termName } from "./words";

const SHOWN = 5;

/** One line for the offer: known or new, last time, what was promised. */
export function cardLine(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  const card = desk.office.card(each.contact);
  if (!card) return html`<p class="offer-past quiet small">…</p>`;
  const last = card.history[0];
  return html`${card.customer?.needs ? html`<p class="needs-line">${icon("info")}<bdi>${card.customer.needs}</bdi></p>` : nothing}
    <p class="offer-past quiet small">
      ${last ? desk.t("card.known", { n: card.history.length, time: moment(desk, last.at) }) : desk.t("card.new")}
      ${card.open_follow_ups.length ? html` · <span class="bad">${desk.t("card.owed", { n: card.open_follow_ups.length })}</span>` : nothing}
    </p>`;
}

/** What is known of the customer: needs, notes, promises, earlier contacts. */
export function cardSections(desk: Desk, each: Interaction): TemplateResult {
  const card = desk.office.card(each.contact);
  if (!card) return html`<p class="quiet small">${desk.t("card.loading")}</p>`;
  return html`${whoSection(desk, each, card)} ${customerSection(desk, each, card)} ${promised(desk, card)}
    <section>
      <h3>${desk.t("card.history")}</h3>
      ${card.history.length
        ? html`<ol class="past-list">${card.history.slice(0, SHOWN).map((past) => pastRow(desk, past))}</ol>`
        : html`<p class="quiet small">${desk.t("card.new")}</p>`}
    </section>`;
}

function promised(desk: Desk, { open_follow_ups }: Card): TemplateResult | typeof nothing {
  if (open_follow_ups.length === 0) return nothing;
  return html`<section>
    <h3>${desk.t("card.promised")}</h3>
    <ul class="past-list">
      ${open_follow_ups.map(
        (owed) => html`<li class=${owed.due_at <= desk.now ? "late" : ""}>
          <span class="past-what" dir="auto">${owed.note || desk.t("follow.title")}</span>
          <time class="small">${moment(desk, owed.due_at)}</time>
        </li>`,
      )}
    </ul>
  </section>`;
}

function pastRow(desk: Desk, past: Past): TemplateResult {
  const outcome = past.outcome ? termName(desk, desk.outcomes, past.outcome) : "";
  return html`<li>
    <a class="past-what" href=${`/contacts/${encodeURIComponent(past.contact)}/`} target="_blank" rel="noopener" dir="auto">${past.summary || outcome || desk.t("card.contact")}</a>
    <span class="small quiet">
      <time>${moment(desk, past.at)}</time>${outcome ? html` · ${outcome}` : nothing}${past.rating ? html` · ${desk.t("card.rating", { n: past.rating })}` : nothing}
    </span>
  </li>`;
}
