import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ranked } from "../keys/fuzzy";
import { pick } from "../language/catalogue";
import { newId } from "../live/identity";
import type { Command } from "../live/types";
import type { Desk } from "./context";
import type { Handover } from "./memory";
import { byVoice } from "./voice";
import { modal } from "./help";
import { avatar } from "./words";

const LOCAL = /[\u06f0-\u06f9\u0660-\u0669]/g;

/** The number somebody typed, digits of any script as plain ones; empty while it is none. */
export function dialled(text: string): string {
  const plain = text.replace(LOCAL, (digit) => String((digit.codePointAt(0) ?? 0) & 15)).replace(/[\s().\-\u200e\u200f]/g, "");
  return /^\+?\d{3,20}$/.test(plain) ? plain : "";
}

/** What the core is asked for; null while nothing is chosen. */
export function commandOf(chosen: Handover): Command | null {
  const [kind, ...rest] = chosen.target.split(":");
  const id = rest.join(":");
  const common = { interaction: chosen.interaction, note: chosen.note.trim() };
  const consult = chosen.kind === "consult" ? { consult: newId("k") } : {};
  if (kind === "menu") return { type: "contact.transfer_menu", ...common };
  if (!id) return null;
  if (kind === "outside") {
    return { type: chosen.kind === "transfer" ? "contact.transfer_outside" : "consult.start_outside", ...common, ...consult, number: id };
  }
  const target = kind === "queue" ? { to_queue: id } : { to_agent: id };
  return { type: chosen.kind === "transfer" ? "contact.transfer" : "consult.start", ...common, ...target, ...consult };
}

/** The dialog that chooses a queue or a colleague for a transfer or a consult. */
export function handoverDialog(desk: Desk): TemplateResult | typeof nothing {
  const { memory, model } = desk;
  const chosen = memory.handover;
  if (!chosen) return nothing;
  const close = (): void => {
    memory.handover = null;
    desk.redraw();
  };
  const queues = ranked(chosen.search, model.queues, (queue) => [pick(queue.name, desk.language, queue.id), queue.id]);
  const agents = ranked(
    chosen.search,
    model.colleagues.filter((agent) => agent.presence !== "offline"),
    (agent) => [agent.name, agent.id],
  );
  const call = model.work.find((each) => each.id === chosen.interaction && byVoice(each));
  const number = call ? dialled(chosen.search) : "";
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const command = commandOf(chosen);
    if (!command) return;
    close();
    void desk.act(command);
  };
  const option = (value: string, content: TemplateResult): TemplateResult => html`<li class="target">
    <input
      type="radio"
      name="target"
      id=${`target-${value}`}
      value=${value}
      .checked=${chosen.target === value}
      @change=${() => {
        chosen.target = value;
        desk.redraw();
      }}
    /><label for=${`target-${value}`}>${content}</label>
  </li>`;
  return html`<dialog
    class="handover"
    aria-labelledby="handover-title"
    ${modal}
    @close=${close}
    @cancel=${close}
  >
    <form @submit=${submit}>
      <h2 id="handover-title">${desk.t(chosen.kind === "transfer" ? "handover.transfer" : "handover.consult")}</h2>
      <input
        class="input"
        type="search"
        aria-label=${desk.t("handover.search")}
        placeholder=${desk.t("handover.search")}
        .value=${live(chosen.search)}
        @input=${(event: InputEvent) => {
          chosen.search = (event.target as HTMLInputElement).value;
          desk.redraw();
        }}
      />
      <div class="targets" tabindex="-1">
        ${agents.length ? html`<p class="menu-title">${desk.t("handover.agents")}</p>` : nothing}
        <ul class="target-list">
          ${agents.map((agent) =>
            option(
              `agent:${agent.id}`,
              html`${avatar(agent.id, agent.name, "small")}<bdi>${agent.name}</bdi><span class="spring"></span
                ><span class="badge ${agent.busy ? "" : agent.presence === "ready" ? "ok" : "warn"}"
                  >${agent.busy ? desk.t("handover.busy") : desk.t(`presence.${agent.presence}`)}</span
                >`,
            ),
          )}
        </ul>
        ${queues.length ? html`<p class="menu-title">${desk.t("handover.queues")}</p>` : nothing}
        <ul class="target-list">
          ${queues.map((queue) =>
            option(
              `queue:${queue.id}`,
              html`<span>${pick(queue.name, desk.language, queue.id)}</span><span class="spring"></span
                ><span class="badge">${desk.t("desk.waiting", { n: queue.waiting })}</span>`,
            ),
          )}
        </ul>
        ${call
          ? html`<p class="menu-title">${desk.t("handover.outside")}</p>
              <ul class="target-list">
                ${number
                  ? option(`outside:${number}`, html`<span>${desk.t("handover.number")}</span><span class="spring"></span><bdi dir="ltr">${number}</bdi>`)
                  : html`<li class="quiet-line">${desk.t("handover.number_hint")}</li>`}
                ${chosen.kind === "transfer" && call.channel === "voice" ? option("menu:", html`<span>${desk.t("handover.menu")}</span>`) : nothing}
              </ul>`
          : nothing}
        ${!call && agents.length + queues.length === 0 ? html`<p class="quiet-line">${desk.t("handover.none")}</p>` : nothing}
      </div>
      <div class="field">
        <label for="handover-note">${desk.t("handover.note")}</label>
        <input
          id="handover-note"
          maxlength="200"
          .value=${live(chosen.note)}
          @input=${(event: InputEvent) => {
            chosen.note = (event.target as HTMLInputElement).value;
          }}
        />
      </div>
      <div class="actions">
        <button class="button plain" type="button" @click=${close}>${desk.t("action.cancel")}</button>
        <button class="button primary" type="submit" ?disabled=${!chosen.target}>
          ${desk.t(chosen.kind === "transfer" ? "handover.do_transfer" : "handover.do_consult")}
        </button>
      </div>
    </form>
  </dialog>`;
}
