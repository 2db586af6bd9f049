import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import { modal } from "../desk/help";
import type { Phone } from "./phone";
import type { Device, DeviceChoice, PhoneView } from "./state";
import type { Say } from "./words";

const SIGNS: Record<PhoneView["state"], string> = {
  off: "alarm",
  connecting: "not_ready",
  registered: "ready",
  ringing: "busy",
  talking: "busy",
  lost: "alarm",
};

/** The sign on top: how the telephone is; opens its settings. */
export function phoneSign(t: Say, view: PhoneView, open: boolean, toggle: () => void, inside: () => TemplateResult): TemplateResult {
  const label = t(`phone.state.${view.state}`);
  return html`<div
    class="presence phone-menu"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Escape" && open) toggle();
    }}
  >
    <button
      class="button plain phone-sign"
      type="button"
      data-phone=${view.state}
      aria-haspopup="true"
      aria-expanded=${open}
      title=${label}
      @click=${toggle}
    >
      ${icon("phone")}<span class="dot ${SIGNS[view.state]}"></span><span class="label-text">${label}</span>
    </button>
    ${open ? html`<div class="popover phone-popover">${inside()}</div>` : nothing}
  </div>`;
}

/** Devices, and a test in which one hears oneself. */
export function phoneSettings(t: Say, phone: Phone, percent: (value: number) => string): TemplateResult {
  const { view } = phone;
  const working = view.microphone === "ok" || view.microphone === "unknown";
  return html`${view.state === "off" && view.why
      ? html`<p class="phone-why">${t(`phone.off.${view.why}`)}</p>
          ${view.why === "other_tab" || view.why === "elsewhere"
            ? html`<button class="button primary compact" type="button" @click=${() => void phone.start(true)}>${t("phone.take")}</button>`
            : nothing}`
      : view.state === "lost"
        ? html`<p class="phone-why">${t("phone.lost")}</p>`
        : nothing}
    ${deviceFields(t, phone)}
    <p class="small ${working ? "quiet" : "bad"}" role="status">${t(`phone.mic.${view.microphone}`)}</p>
    ${view.test
      ? html`<p class="small">${t(view.test.heard ? "phone.test.heard" : "phone.test.say")}</p>
          <meter class="phone-level" min="0" max="1" low="0.1" optimum="0.6" .value=${view.test.level} aria-label=${t("phone.level")}
            >${percent(view.test.level)}</meter
          >
          <button class="button compact" type="button" @click=${() => void phone.test(false)}>${t("phone.test.stop")}</button>`
      : html`<button class="button compact" type="button" ?disabled=${view.call !== null} @click=${() => void phone.test(true)}>
          ${icon("mic")} ${t("phone.test")}
        </button>`}`;
}

function deviceFields(t: Say, phone: Phone): TemplateResult {
  const { inputs, outputs, chosen } = phone.view;
  const field = (kind: keyof DeviceChoice, devices: readonly Device[]): TemplateResult => html`<div class="field">
    <label for=${`phone-${kind}`}>${t(`phone.${kind}`)}</label>
    <select id=${`phone-${kind}`} @change=${(event: Event) => phone.choose({ [kind]: (event.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${!chosen[kind]}>${t("phone.usual")}</option>
      ${devices.map(
        (device, index) =>
          html`<option value=${device.id} ?selected=${chosen[kind] === device.id}>${device.label || t("phone.unnamed", { n: index + 1 })}</option>`,
      )}
    </select>
  </div>`;
  return html`${field("microphone", inputs)}
  ${outputs.length ? html`${field("speaker", outputs)} ${field("ringer", outputs)}` : html`<p class="quiet small">${t("phone.no_choice")}</p>`}`;
}

/** Why somebody cannot become ready, and what to do about it. */
export function microphoneDialog(t: Say, phone: Phone, again: () => void, close: () => void): TemplateResult {
  const { microphone } = phone.view;
  return html`<dialog class="phone-dialog" aria-labelledby="phone-dialog-title" ${modal} @close=${close} @cancel=${close}>
    <h2 id="phone-dialog-title">${t("phone.mic.title")}</h2>
    <p>${t("phone.mic.why")}</p>
    <p class="phone-why" role="alert">${t(`phone.mic.${microphone}`)}</p>
    ${deviceFields(t, phone)}
    <div class="actions">
      <button class="button plain" type="button" @click=${close}>${t("phone.close")}</button>
      <button class="button primary" type="button" @click=${again}>${t("phone.again")}</button>
    </div>
  </dialog>`;
}
