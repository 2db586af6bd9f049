import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Part, Why } from "../live/types";
import type { Desk } from "./context";

/** The criteria that speak for this agent, in words; a smaller value wins, 0 for the last agent means it was this one. */
export function reasons(desk: Desk, why: Why): { text: string; value: string }[] {
  return why.agent_order.filter(speaks).map(({ name, value }) => {
    const key = `why.${name}`;
    return { text: desk.known(key) ? desk.t(key) : name, value: valueOf(desk, name, value) };
  });
}

export function question(desk: Desk, why: Why): string {
  return desk.t(why.question === "who_takes" ? "why.who_takes" : "why.what_take", { n: Math.max(1, why.candidates) });
}

/** One line for the offer: the first reason that says something. */
export function shortWhy(desk: Desk, why: Why | null): string {
  if (!why) return "";
  const telling = why.agent_order.find(speaks);
  const key = telling ? `why.${telling.name}` : "";
  return why.question === "who_takes" && why.candidates > 1 && desk.known(key) ? desk.t(key) : question(desk, why);
}

/** Why this contact came to this agent: the question asked, the criteria in order, the parts of its rank. */
export function whyPanel(desk: Desk, why: Why): TemplateResult {
  const parts = why.rank.filter((part) => part.value > 0);
  const largest = Math.max(1, ...parts.map((part) => part.value));
  const words = why.question === "who_takes" && why.candidates > 1 ? reasons(desk, why) : [];
  return html`<section>
    <h3>${desk.t("why.title")}</h3>
    <p class="small">${question(desk, why)}</p>
    ${words.length
      ? html`<ul class="why-list">
          ${words.map(({ text, value }) => html`<li>${icon("check")}<span>${text}</span><span class="quiet number">${value}</span></li>`)}
        </ul>`
      : nothing}
    ${parts.length
      ? html`<p class="why-rank small quiet">${desk.t("why.rank")}</p>
          <ul class="why-bars">
          ${parts.map(
            (part) => html`<li>
              <span>${rankName(desk, part)}</span><span class="number quiet">${desk.f.clock(part.value)}</span>
              <meter min="0" max=${largest} .value=${part.value} aria-label=${rankName(desk, part)}></meter>
            </li>`,
          )}
        </ul>`
      : nothing}
    <p class="small quiet">
      ${desk.t("why.policy", { v: why.policy_version })}${why.step > 0 ? html` · ${desk.t("why.relaxed", { n: why.step })}` : nothing}
    </p>
  </section>`;
}

/** "Last agent" counts only for the one who was it. */
function speaks({ name, value }: Part): boolean {
  return name !== "last_agent" || value === 0;
}

function rankName(desk: Desk, part: Part): string {
  const key = `why.rank.${part.name}`;
  return desk.known(key) ? desk.t(key) : part.name.replaceAll("_", " ");
}

function valueOf(desk: Desk, name: string, value: number): string {
  switch (name) {
    case "fewest_contacts":
    case "least_load":
      return desk.f.digits(Math.abs(value));
    case "least_talk":
      return desk.f.clock(value);
    default:
      return "";
  }
}
