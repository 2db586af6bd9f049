import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "./context";
import type { Interaction } from "./types";
import { byNumber, byVoice } from "./voice";
import { numbered } from "./words";

/** Lines under the head that say how things stand: needs, help, reading along, away, consult, hold. */
export function strips(desk: Desk, each: Interaction): TemplateResult {
  return html`${needs(desk, each)} ${help(desk, each)} ${along(desk, each)} ${away(desk, each)} ${numberOnly(desk, each)} ${consultOrHold(desk, each)}`;
}

function needs(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  const customer = desk.office.card(each.contact)?.customer;
  if (!customer?.needs) return nothing;
  return html`<div class="thread-strip needs">${icon("info")}<bdi>${customer.needs}</bdi></div>`;
}

function help(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  if (!each.help_since || each.phase !== "active") return nothing;
  return html`<div class="thread-strip help" role="status">
    ${icon("help")}
    <span>${desk.t("help.asked")} <bdi class="quiet">${each.help_question}</bdi></span>
    <span class="spring"></span>
    <time>${desk.f.clock(desk.now - each.help_since)}</time>
    <button class="button compact" type="button" @click=${() => void desk.act({ type: "help.answer", interaction: each.id })}>
      ${desk.t("help.withdraw")}
    </button>
  </div>`;
}

function along(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  if (!each.monitors?.length) return nothing;
  const modes = { barge: "monitor.barge", whisper: "monitor.whisper", listen: "monitor.listen", read: "monitor.along" } as const;
  return html`${(Object.keys(modes) as (keyof typeof modes)[]).map((mode) => {
    const names = each.monitors.filter((monitor) => (monitor.mode ?? "read") === mode).map((monitor) => monitor.name || monitor.id).join(", ");
    return names ? html`<div class="thread-strip along" role="status" data-mode=${mode}>${icon("eye")}<span>${desk.t(modes[mode], { names })}</span></div>` : nothing;
  })}`;
}

function away(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  if (!each.away_since || each.phase !== "active") return nothing;
  return html`<div class="thread-strip away" role="status">
    ${icon("wave")}<span>${desk.t("customer.away")}</span><time>${desk.f.clock(desk.now - each.away_since)}</time>
  </div>`;
}

/** What was left by telephone cannot be answered by letter. */
function numberOnly(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  return each.phase === "active" && each.kind !== "consult" && byNumber(each)
    ? html`<div class="thread-strip" role="note">${icon("phone")}<span>${desk.t("thread.by_number", { number: numbered(each.address) })}</span></div>`
    : nothing;
}

function consultOrHold(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  if (each.kind === "consult") return html`<div class="thread-strip">${icon("consult")}${desk.t("consult.asks")}</div>`;
  if (each.consult) {
    const name = each.consult.agent_name || each.consult.number || "";
    const talking = each.consult.phase === "active" || (each.consult.phase === "outside" && Boolean(each.consult.answered_at));
    const act = (type: string) => () => void desk.act({ type, interaction: each.id });
    return html`<div class="thread-strip consulting">
      ${icon("consult")}
      <span>${talking ? (name ? desk.t("consult.with", { name }) : desk.t("consult.talking")) : desk.t("consult.ringing", { name })}</span>
      <span class="spring"></span>
      <button class="button compact" type="button" @click=${act("consult.end")}>${desk.t("action.end_consult")}</button>
      ${talking
        ? html`<button class="button compact primary" type="button" @click=${act("consult.complete")}>${desk.t("action.complete")}</button>`
        : nothing}
    </div>`;
  }
  if (each.on_hold_since !== null && each.phase === "active" && !(desk.voice && byVoice(each))) {
    return html`<div class="thread-strip hold">
      ${icon("pause")}<span>${desk.t("phase.on_hold")}</span><time>${desk.f.clock(desk.now - each.on_hold_since)}</time>
    </div>`;
  }
  return nothing;
}
