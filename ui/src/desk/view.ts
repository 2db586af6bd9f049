import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../design/icons";
import type { Interaction } from "./types";
import type { Desk } from "./context";
import { dayCards, dayPanel } from "./day";
import { details } from "./details";
import { handoverDialog } from "./handover";
import { doneDialog, helpDialog } from "./help";
import { offerCard } from "./offer";
import { side } from "./side";
import { thread } from "./thread";
import { top } from "./top";

/** The whole desk. */
export function deskView(desk: Desk): TemplateResult {
  const { model, memory } = desk;
  const chosen = model.work.find((each) => each.id === memory.selected) ?? null;
  const columns = memory.columns && model.work.length > 1;
  return html`<div class="desk" data-view=${chosen && memory.view === "thread" ? "thread" : "list"}>
      ${top(desk)} ${side(desk)}
      <div class="desk-work ${columns ? "columns" : ""}">
        ${columns
          ? repeat(columnsOf(desk, chosen), (each) => each.id, (each) => thread(desk, each))
          : chosen
            ? repeat([chosen], (each) => each.id, (each) => thread(desk, each))
            : idle(desk)}
      </div>
      ${memory.panel === "day" ? dayPanel(desk) : chosen && memory.panel === "details" ? details(desk, chosen) : nothing}
      ${chosen && model.offers[0] ? html`<div class="offer-sheet">${offerCard(desk, model.offers[0])}</div>` : nothing}
    </div>
    ${handoverDialog(desk)} ${helpDialog(desk)} ${doneDialog(desk)} ${desk.voice?.dialogs() ?? nothing}
    <div class="toasts">
      ${memory.notices.map(
        (notice) => html`<div class="toast ${notice.kind}" role=${notice.kind === "failed" ? "alert" : "status"}>
          <span>${notice.kind === "failed" ? html`<b>${desk.t("failed.title")}.</b> ` : nothing}${notice.text}</span>
          ${notice.undo
            ? html`<button
                class="button compact"
                type="button"
                @click=${() => {
                  memory.notices = memory.notices.filter((each) => each.id !== notice.id);
                  notice.undo?.();
                  desk.redraw();
                }}
              >
                ${desk.t("toast.undo")}
              </button>`
            : nothing}
          <button
            class="button plain square compact"
            type="button"
            aria-label=${desk.t("failed.dismiss")}
            @click=${() => {
              memory.notices = memory.notices.filter((each) => each.id !== notice.id);
              desk.redraw();
            }}
          >
            ${icon("close")}
          </button>
        </div>`,
      )}
    </div>`;
}

/** As many as fit, at most four, the chosen one among them, each keeping its place. */
export function columnsOf(desk: Desk, chosen: Interaction | null): Interaction[] {
  const shown = desk.model.work.slice(0, desk.places);
  if (chosen && !shown.includes(chosen)) shown[desk.places - 1] = chosen;
  return shown;
}

function idle(desk: Desk): TemplateResult {
  const { model, memory } = desk;
  if (model.offers.length > 0 && model.work.length === 0) {
    return html`<div class="empty" role="alert">${repeat(model.offers, (offer) => offer.id, (offer) => offerCard(desk, offer))}</div>`;
  }
  if (!model.me) return html`<div class="empty"><p>${desk.t("connection.connecting")}</p></div>`;
  const state = model.work.length > 0 ? "choose" : model.me.presence;
  return html`<div class="empty">
    ${icon(state === "choose" ? "chat" : "wave")}
    <h2>${desk.t(`empty.${state}.title`)}</h2>
    <p>${desk.t(`empty.${state}.text`)}</p>
    ${state === "choose" || memory.panel === "day" ? nothing : dayCards(desk)}
  </div>`;
}
