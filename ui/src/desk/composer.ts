import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "../design/icons";
import { attach, tray } from "./attach";
import { nextHole } from "./canned";
import type { Desk } from "./context";
import { LONGEST, sendFrom, uploadingAt } from "./send";
import { lookAround, optionsOf, suggestions, take } from "./suggest";
import type { Interaction } from "./types";
import { byNumber, byVoice } from "./voice";

/** Where the agent writes: a reply to the customer, or a note that only colleagues see. */
export function composer(desk: Desk, each: Interaction, name: string): TemplateResult {
  const { memory } = desk;
  // Nothing is written to who is on the telephone or left a number only, nor to a colleague's customer.
  const spoken = each.kind === "consult" || byVoice(each) || byNumber(each);
  // Asked anew at every event: a key may be pressed before the switch to or from a note is drawn.
  const notes = (): boolean => memory.noting.has(each.id) || spoken;
  const place = (): string => (notes() ? `${each.id}#note` : each.id);
  const noting = notes();
  const text = memory.texts[place()] ?? "";
  const left = LONGEST - [...text].length;
  const uploading = (): boolean => uploadingAt(desk, place());
  const files = memory.files[place()] ?? [];
  const suggesting = memory.suggest?.place === place();
  const options = suggesting ? optionsOf(desk, each) : [];
  const chosen = suggesting ? Math.min(memory.suggest?.chosen ?? 0, Math.max(0, options.length - 1)) : 0;
  const areaOf = (): HTMLTextAreaElement | null => document.querySelector(`[data-interaction="${CSS.escape(each.id)}"] .composer textarea`);
  const send = (): void => sendFrom(desk, each, place(), notes());
  const queued = memory.queued.has(place());
  const mode = (note: boolean) => () => {
    if (note) memory.noting.add(each.id);
    else memory.noting.delete(each.id);
    memory.suggest = null;
    desk.redraw();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const area = event.target as HTMLTextAreaElement;
    const { suggest } = memory;
    if (suggest && suggest.place === place()) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      // Read anew: a key may follow the typing before the list is drawn.
      const now = optionsOf(desk, each);
      const at = Math.min(suggest.chosen, Math.max(0, now.length - 1));
      const option = now[at];
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        memory.suggest = null;
        desk.redraw();
        return;
      }
      if (step !== undefined && now.length > 0) {
        event.preventDefault();
        suggest.chosen = (at + step + now.length) % now.length;
        desk.redraw();
        return;
      }
      if ((event.key === "Enter" || event.key === "Tab") && option && !event.shiftKey) {
        event.preventDefault();
        take(desk, area, option);
        return;
      }
    }
    if (event.key === "Tab" && !event.shiftKey && !event.altKey && !event.ctrlKey) {
      const hole = nextHole(area.value, area.selectionEnd);
      if (hole) {
        event.preventDefault();
        area.setSelectionRange(hole.from, hole.to);
      }
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    event.preventDefault();
    send();
  };
  return html`<div
    class="composer"
    @dragover=${(event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      (event.currentTarget as HTMLElement).classList.add("dropping");
    }}
    @dragleave=${(event: DragEvent) => (event.currentTarget as HTMLElement).classList.remove("dropping")}
    @drop=${(event: DragEvent) => {
      (event.currentTarget as HTMLElement).classList.remove("dropping");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      attach(desk, each, place(), notes(), event.dataTransfer.files);
    }}
  >
    ${suggesting ? suggestions(desk, each, options, areaOf) : nothing}
    <div class="composer-box ${noting ? "noting" : ""}">
      ${tray(desk, place())}
      <textarea
        rows="1"
        dir=${text ? "auto" : nothing}
        aria-label=${desk.t(noting ? "composer.note" : "composer.message")}
        placeholder=${noting ? desk.t("composer.note_placeholder") : desk.t("composer.placeholder", { name })}
        aria-autocomplete="list"
        aria-controls=${suggesting ? `suggest-${each.id}` : nothing}
        aria-activedescendant=${suggesting && options.length ? `suggest-${each.id}-${chosen}` : nothing}
        .value=${live(text)}
        @input=${(event: InputEvent) => {
          const area = event.target as HTMLTextAreaElement;
          memory.texts[place()] = area.value;
          lookAround(desk, place(), area, notes());
          if (!notes()) desk.typing(each.id, area.value.trim() !== "" && memory.suggest === null);
          desk.redraw();
        }}
        @click=${(event: MouseEvent) => {
          lookAround(desk, place(), event.target as HTMLTextAreaElement, notes());
          desk.redraw();
        }}
        @blur=${() => {
          if (!suggesting) return;
          memory.suggest = null;
          desk.redraw();
        }}
        @paste=${(event: ClipboardEvent) => {
          const pasted = [...(event.clipboardData?.files ?? [])];
          if (pasted.length === 0) return;
          event.preventDefault();
          attach(desk, each, place(), notes(), pasted);
        }}
        @keydown=${onKey}
      ></textarea>
      <div class="composer-foot">
        ${spoken
          ? nothing
          : html`<div class="segmented" role="group">
              <button type="button" aria-pressed=${!noting} @click=${mode(false)}>${desk.t("composer.reply")}</button>
              <button type="button" aria-pressed=${noting} @click=${mode(true)}>${desk.t("composer.note")}</button>
            </div>`}
        <label class="button plain square compact file-button" title=${desk.t("file.attach")}>
          <input
            class="visually-hidden"
            type="file"
            multiple
            data-attach
            aria-label=${desk.t("file.attach")}
            @change=${(event: Event) => {
              const input = event.target as HTMLInputElement;
              attach(desk, each, place(), notes(), [...(input.files ?? [])]);
              input.value = "";
            }}
          />
          ${icon("clip")}
        </label>
        <span class="hint">${queued ? desk.t("file.queued") : uploading() ? desk.t("file.wait") : left < 400 ? desk.t("composer.left", { n: left }) : desk.t("composer.keys")}</span>
        ${queued
          ? html`<button
              class="button compact"
              type="button"
              data-unqueue
              @click=${() => {
                memory.queued.delete(place());
                desk.redraw();
              }}
            >
              ${icon("close")} ${desk.t("file.unqueue")}
            </button>`
          : html`<button
              class="button primary compact"
              type="button"
              ?disabled=${(!text.trim() && files.length === 0 && !uploading()) || left < 0}
              @click=${send}
            >
              ${icon(noting ? "note" : "send")} ${desk.t(uploading() ? "file.queue" : noting ? "composer.save_note" : "composer.send")}
            </button>`}
      </div>
    </div>
  </div>`;
}
