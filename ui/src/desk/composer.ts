import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "../design/icons";
import type { Interaction } from "../live/types";
import type { Desk } from "./context";

const LONGEST = 4_000;

/** Where a note of a consult belongs: to the talk it is about, where both colleagues see it. */
export function addressee(each: Interaction): string {
  return each.kind === "consult" ? (each.parent ?? each.id) : each.id;
}

/** Where the agent writes: a reply to the customer, or a note that only colleagues see. */
export function composer(desk: Desk, each: Interaction, name: string): TemplateResult {
  const { memory } = desk;
  // Asked anew at every event: a key may be pressed before the switch to or from a note is drawn.
  const notes = (): boolean => memory.noting.has(each.id) || each.kind === "consult";
  const place = (): string => (notes() ? `${each.id}#note` : each.id);
  const noting = notes();
  const text = memory.texts[place()] ?? "";
  const left = LONGEST - [...text].length;
  const send = (): void => {
    const ready = (memory.texts[place()] ?? "").trim();
    if (!ready || [...ready].length > LONGEST) return;
    delete memory.texts[place()];
    desk.say(addressee(each), ready, notes());
  };
  const mode = (note: boolean) => () => {
    if (note) memory.noting.add(each.id);
    else memory.noting.delete(each.id);
    desk.redraw();
  };
  return html`<div class="composer">
    <div class="composer-box ${noting ? "noting" : ""}">
      <textarea
        rows="1"
        dir=${text ? "auto" : nothing}
        aria-label=${desk.t(noting ? "composer.note" : "composer.message")}
        placeholder=${noting ? desk.t("composer.note_placeholder") : desk.t("composer.placeholder", { name })}
        .value=${live(text)}
        @input=${(event: InputEvent) => {
          memory.texts[place()] = (event.target as HTMLTextAreaElement).value;
          desk.redraw();
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      ></textarea>
      <div class="composer-foot">
        ${each.kind === "consult"
          ? nothing
          : html`<div class="segmented" role="group">
              <button type="button" aria-pressed=${!noting} @click=${mode(false)}>${desk.t("composer.reply")}</button>
              <button type="button" aria-pressed=${noting} @click=${mode(true)}>${desk.t("composer.note")}</button>
            </div>`}
        <span class="hint">${left < 400 ? desk.t("composer.left", { n: left }) : desk.t("composer.hint")}</span>
        <button class="button primary compact" type="button" ?disabled=${!text.trim() || left < 0} @click=${send}>
          ${icon(noting ? "note" : "send")} ${desk.t(noting ? "composer.save_note" : "composer.send")}
        </button>
      </div>
    </div>
  </div>`;
}
