import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Interaction } from "../live/types";
import type { Desk } from "./context";
import { outcomeName } from "./words";

const USUAL = ["resolved", "follow_up", "escalated", "complaint", "other"];

/** After the talk: an outcome must be chosen before the contact closes; the clock frees the agent, not the duty. */
export function wrapUp(desk: Desk, each: Interaction): TemplateResult {
  const { memory } = desk;
  const key = `${each.id}#wrap`;
  const outcomes = each.outcomes.length ? each.outcomes : USUAL;
  const chosen = memory.outcomes[each.id] ?? "";
  const due = each.phase === "outcome_due";
  const left = each.deadline === null ? null : Math.max(0, each.deadline - desk.now);
  const span = each.deadline === null ? 1 : Math.max(1, each.deadline - each.since);
  const off = desk.client.connection !== "online" || memory.busy.has(each.id);
  const save = (connected: boolean) => async () => {
    const outcome = connected ? chosen : chosen || "no_answer";
    if (!outcome) return;
    memory.busy.add(each.id);
    desk.redraw();
    const note = (memory.texts[key] ?? "").trim();
    const done = await desk.act({ type: "wrap_up.complete", interaction: each.id, outcome, note, connected });
    memory.busy.delete(each.id);
    if (done) {
      delete memory.texts[key];
      delete memory.outcomes[each.id];
      memory.view = "list";
    }
    desk.redraw();
  };
  return html`<form
    class="wrap-up ${due ? "late" : ""}"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      void save(true)();
    }}
  >
    <div class="wrap-up-head">
      <h3>${desk.t("wrap_up.title")}</h3>
      ${due
        ? html`<span class="badge alarm">${desk.t("wrap_up.due")}</span>`
        : left !== null
          ? html`<span class="badge ${left < 15_000 ? "warn" : ""}"><time>${desk.t("wrap_up.left", { time: desk.f.clock(left) })}</time></span>`
          : nothing}
    </div>
    ${!due && left !== null ? html`<progress max=${span} .value=${left} aria-label=${desk.t("phase.wrap_up")}></progress>` : nothing}
    <fieldset>
      <legend class="visually-hidden">${desk.t("wrap_up.outcome")}</legend>
      <div class="outcomes">
        ${outcomes.map(
          (outcome) => html`<label class="outcome">
            <input
              type="radio"
              name=${`outcome-${each.id}`}
              value=${outcome}
              .checked=${live(chosen === outcome)}
              @change=${() => {
                memory.outcomes[each.id] = outcome;
                desk.redraw();
              }}
            />
            <span>${outcomeName(desk, outcome)}</span>
          </label>`,
        )}
      </div>
    </fieldset>
    <textarea
      class="input"
      rows="2"
      dir=${memory.texts[key] ? "auto" : nothing}
      maxlength="4000"
      aria-label=${desk.t("wrap_up.note")}
      placeholder=${desk.t("wrap_up.note_placeholder")}
      .value=${live(memory.texts[key] ?? "")}
      @input=${(event: InputEvent) => {
        memory.texts[key] = (event.target as HTMLTextAreaElement).value;
        desk.redraw();
      }}
    ></textarea>
    <div class="wrap-up-head">
      <span class="quiet small spring">${chosen ? nothing : desk.t("wrap_up.required")}</span>
      ${each.kind === "callback"
        ? html`<button class="button" type="button" ?disabled=${off} @click=${save(false)}>${desk.t("wrap_up.not_connected")}</button>`
        : nothing}
      <button class="button primary" type="submit" ?disabled=${off || !chosen}>${desk.t("wrap_up.save")}</button>
    </div>
  </form>`;
}
