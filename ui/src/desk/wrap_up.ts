import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { newId } from "../live/identity";
import type { Command } from "../live/types";
import type { Desk, Term } from "./context";
import type { WrapForm } from "./memory";
import { colleaguesOf } from "./suggest";
import { chooser } from "./tree";
import type { Interaction } from "./types";
import { readWhen, usual, writeWhen } from "./when";
import { moment } from "./words";

const PICKS = { hour: "follow.hour", tomorrow: "follow.tomorrow", after: "follow.after", week: "follow.week" } as const;

/** After the talk: an outcome must be chosen before the contact closes; the clock frees the agent, not the duty. */
export function wrapUp(desk: Desk, each: Interaction): TemplateResult {
  const { memory } = desk;
  const key = `${each.id}#wrap`;
  const form = memory.wrapOf(each.id);
  const due = each.phase === "outcome_due";
  const left = each.deadline === null ? null : Math.max(0, each.deadline - desk.now);
  const length = each.deadline === null ? 1 : Math.max(1, each.deadline - each.since);
  const off = memory.busy.has(each.id);
  const needed = each.follow_up_outcomes?.includes(form.outcome) ?? false;
  const following = needed || form.follow;
  const dueAt = following ? readWhen(form.due, desk.now, desk.zone) : null;
  const missing = missingOf(desk, each, form, following, dueAt);
  const change = (part: Partial<WrapForm>): void => {
    Object.assign(form, part);
    desk.redraw();
  };
  const save = (connected: boolean) => async () => {
    const outcome = connected ? form.outcome : form.outcome || "no_answer";
    if (!outcome || (connected && missing)) return;
    memory.busy.add(each.id);
    desk.redraw();
    const follow = following && dueAt !== null && (connected || form.follow);
    const command: Command = {
      type: "wrap_up.complete",
      interaction: each.id,
      outcome,
      note: (memory.texts[key] ?? "").trim(),
      connected,
      reason: form.reason,
      follow_up: follow ? { id: newId("f"), owner: form.owner || (desk.model.me?.id ?? ""), due_at: dueAt, note: form.note.trim() } : null,
    };
    const done = await desk.act(command);
    memory.busy.delete(each.id);
    if (done) {
      delete memory.texts[key];
      delete memory.wraps[each.id];
      memory.view = "list";
      desk.office.afresh();
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
    ${!due && left !== null ? html`<progress max=${length} .value=${left} aria-label=${desk.t("phase.wrap_up")}></progress>` : nothing}
    <div class="wrap-up-body">
      ${chooser(desk, {
        id: each.id,
        kind: "outcome",
        terms: desk.outcomes,
        allowed: each.outcomes,
        chosen: form.outcome,
        search: form.search,
        onSearch: (search) => change({ search }),
        onChoose: (outcome) => change({ outcome }),
      })}
      ${each.reasons?.length
        ? html`${chooser(desk, {
            id: each.id,
            kind: "reason",
            terms: desk.reasons,
            allowed: each.reasons,
            chosen: form.reason,
            search: form.reasonSearch,
            onSearch: (reasonSearch) => change({ reasonSearch }),
            onChoose: (reason) => change({ reason }),
          })}
          <p class="band-line small">${bandLine(desk, each, form.reason)}</p>`
        : nothing}
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
      ${each.kind === "consult"
        ? nothing
        : html`<label class="check follow-switch">
            <input
              type="checkbox"
              .checked=${live(following)}
              ?disabled=${needed}
              @change=${(event: Event) => change({ follow: (event.target as HTMLInputElement).checked })}
            />
            <span>${desk.t(needed ? "follow.needed" : "follow.wanted")}</span>
          </label>`}
      ${following && each.kind !== "consult" ? followUp(desk, each, form, dueAt, change) : nothing}
    </div>
    <div class="wrap-up-head">
      <span class="quiet small spring" role="status">${missing || nothing}</span>
      ${each.kind === "callback"
        ? html`<button class="button" type="button" ?disabled=${off} @click=${save(false)}>${desk.t("wrap_up.not_connected")}</button>`
        : nothing}
      <button class="button primary" type="submit" ?disabled=${off || missing !== ""}>${desk.t("wrap_up.save")}</button>
    </div>
  </form>`;
}

/** What still has to be said, in words; empty when nothing. */
function missingOf(desk: Desk, each: Interaction, form: WrapForm, following: boolean, dueAt: number | null): string {
  if (!form.outcome) return desk.t("wrap_up.required");
  if (each.reasons?.length && !form.reason) return desk.t("wrap.reason_required");
  if (!following || each.kind === "consult") return "";
  if (!form.due.trim()) return desk.t("follow.due_required");
  if (dueAt === null) return desk.t("follow.due_unread");
  return dueAt <= desk.now ? desk.t("follow.due_past") : "";
}

/** The usual time of the chosen reason and how this contact stands to it; says what will be shown before one is chosen. */
function bandLine(desk: Desk, each: Interaction, reason: string): string {
  const term = desk.reasons.find((known: Term) => known.key === reason);
  if (!term) return desk.t("wrap.band_later");
  const [low, high] = term.band ?? [null, null];
  const own = Math.max(0, desk.now - (each.accepted_at ?? each.since));
  const time = desk.f.clock(own);
  if (low === null && high === null) return desk.t("wrap.no_band", { time });
  const band = bandWords(desk, [low, high]);
  const stand = high !== null && own > high ? "wrap.band_over" : low !== null && own < low ? "wrap.band_under" : "wrap.band_within";
  return desk.t(stand, { band, time });
}

export function bandWords(desk: Desk, [low, high]: readonly [number | null, number | null]): string {
  if (low === null) return desk.t("band.up_to", { high: desk.f.clock(high ?? 0) });
  if (high === null) return desk.t("band.from", { low: desk.f.clock(low) });
  return desk.t("band.between", { low: desk.f.clock(low), high: desk.f.clock(high) });
}

function followUp(
  desk: Desk,
  each: Interaction,
  form: WrapForm,
  dueAt: number | null,
  change: (part: Partial<WrapForm>) => void,
): TemplateResult {
  const me = desk.model.me;
  const owners = [...(me ? [{ id: me.id, name: me.name }] : []), ...colleaguesOf(desk)];
  const wrong = form.due.trim() !== "" && (dueAt === null || dueAt <= desk.now);
  const read = dueAt === null ? desk.t("follow.due_help") : dueAt <= desk.now ? desk.t("follow.due_past") : moment(desk, dueAt);
  return html`<fieldset class="wrap-follow-up">
    <legend>${desk.t("follow.title")}</legend>
    <div class="follow-fields">
      <div class="field">
        <label for=${`owner-${each.id}`}>${desk.t("follow.owner")}</label>
        <select id=${`owner-${each.id}`} @change=${(event: Event) => change({ owner: (event.target as HTMLSelectElement).value })}>
          ${owners.map(
            (owner) =>
              html`<option value=${owner.id} ?selected=${(form.owner || me?.id) === owner.id}>
                ${owner.id === me?.id ? desk.t("follow.me", { name: owner.name }) : owner.name}
              </option>`,
          )}
        </select>
      </div>
      <div class="field ${wrong ? "wrong" : ""}">
        <label for=${`due-${each.id}`}>${desk.t("follow.due")}</label>
        <input
          id=${`due-${each.id}`}
          autocomplete="off"
          dir="auto"
          aria-invalid=${wrong}
          aria-describedby=${`due-help-${each.id}`}
          .value=${live(form.due)}
          @input=${(event: InputEvent) => change({ due: (event.target as HTMLInputElement).value })}
        />
      </div>
    </div>
    <p class="help small ${wrong ? "wrong" : ""}" id=${`due-help-${each.id}`}>
      ${form.due.trim() && dueAt === null ? desk.t("follow.due_unread") : read}
    </p>
    <div class="quick-picks" role="group" aria-label=${desk.t("follow.due")}>
      ${usual(desk.now, desk.zone).map(
        ({ key, at }) =>
          html`<button class="button compact" type="button" @click=${() => change({ due: writeWhen(at, desk.language, desk.zone) })}>
            ${desk.t(PICKS[key], { time: desk.f.time(at) })}
          </button>`,
      )}
    </div>
    <div class="field">
      <label for=${`follow-note-${each.id}`}>${desk.t("follow.note")}</label>
      <input
        id=${`follow-note-${each.id}`}
        maxlength="1000"
        dir="auto"
        .value=${live(form.note)}
        @input=${(event: InputEvent) => change({ note: (event.target as HTMLInputElement).value })}
      />
    </div>
  </fieldset>`;
}
