import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ranked } from "../keys/fuzzy";
import { pick } from "../language/catalogue";
import { newId } from "../live/identity";
import type { Command } from "../live/types";
import type { Desk } from "./context";
import { modal } from "./help";
import { avatar } from "./words";

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
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const [kind, ...rest] = chosen.target.split(":");
    const id = rest.join(":");
    if (!id) return;
    const target = kind === "queue" ? { to_queue: id } : { to_agent: id };
    const command: Command = {
      type: chosen.kind === "transfer" ? "contact.transfer" : "consult.start",
      interaction: chosen.interaction,
      note: chosen.note.trim(),
      ...target,
      ...(chosen.kind === "consult" ? { consult: newId("k") } : {}),
    };
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
        ${agents.length + queues.length === 0 ? html`<p class="quiet-line">${desk.t("handover.none")}</p>` : nothing}
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
