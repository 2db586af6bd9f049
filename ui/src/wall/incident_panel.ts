import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { newId } from "../live/identity";
import type { WallIncident } from "../live/types";
import { LANGUAGES, pick } from "../language/catalogue";
import { type Wall, agentName, queueName } from "./context";
import type { PastIncident } from "./office";

const LONGEST = 500;

/** What customers are told at once (R8): what is on, and saying something new. */
export function incidentPanel(wall: Wall): TemplateResult {
  const { t, memory } = wall;
  const on = [...wall.incidents].sort((a, b) => b.since - a.since);
  const may = wall.rights.has("operate_queues");
  return html`${on.length ? html`<h3>${t("incident.on")}</h3><ul class="incidents">${on.map((each) => running(wall, each, may))}</ul>` : html`<p class="quiet">${t("incident.none")}</p>`}
    ${may ? form(wall) : nothing}
    ${may && memory.earlier?.length
      ? html`<h3>${t("incident.earlier")}</h3>
          <ul class="incidents past">
            ${memory.earlier.map(
              (each) =>
                html`<li>
                  <p dir="auto">${pick(each.texts, wall.language)}</p>
                  <button
                    class="button compact"
                    type="button"
                    @click=${() => {
                      memory.incident.texts = { ...each.texts };
                      if (!memory.incident.queues.length) memory.incident.queues = each.queues.filter((id) => wall.queues.some((queue) => queue.id === id));
                      wall.redraw();
                    }}
                  >
                    ${t("incident.again")}
                  </button>
                </li>`,
            )}
          </ul>`
      : nothing}`;
}

export async function loadEarlier(wall: Wall): Promise<void> {
  const found = await wall.office<PastIncident[]>("incidents");
  if (found) wall.memory.earlier = found;
  wall.redraw();
}

function running(wall: Wall, each: WallIncident, may: boolean): TemplateResult {
  const { t, f } = wall;
  const seeing = wall.queues.filter((queue) => each.queues.includes(queue.id)).reduce((sum, queue) => sum + queue.waiting, 0);
  const again = { type: "incident.announce", incident: each.id, queues: each.queues, texts: each.texts };
  return html`<li data-incident=${each.id}>
    <p dir="auto">${pick(each.texts, wall.language)}</p>
    <p class="quiet">
      ${each.queues.map((id) => queueName(wall, id)).join(", ")} · ${t("incident.since", { time: f.time(each.since), name: agentName(wall, each.by) })} ·
      ${t("incident.seeing", { n: seeing })}
    </p>
    ${may
      ? html`<button class="button compact" type="button" ?disabled=${wall.client.connection !== "online"} @click=${() => void wall.act({ type: "incident.withdraw", incident: each.id }, { text: t("done.withdrawn"), undo: [again] })}>
          ${t("incident.withdraw")}
        </button>`
      : nothing}
  </li>`;
}

function form(wall: Wall): TemplateResult {
  const { t, memory } = wall;
  const draft = memory.incident;
  return html`<h3>${t("incident.new")}</h3>
    <form
      class="incident-form"
      @submit=${(event: Event) => {
        event.preventDefault();
        void announce(wall);
      }}
    >
      <fieldset>
        <legend>${t("incident.where")}</legend>
        ${wall.queues.map(
          (queue) =>
            html`<label class="check"
              ><input
                type="checkbox"
                .checked=${draft.queues.includes(queue.id)}
                @change=${(event: Event) => {
                  const on = (event.target as HTMLInputElement).checked;
                  draft.queues = on ? [...draft.queues, queue.id] : draft.queues.filter((id) => id !== queue.id);
                  wall.redraw();
                }}
              /><bdi>${queueName(wall, queue.id)}</bdi> <span class="quiet">${t("wall.waiting_n", { n: queue.waiting })}</span></label
            >`,
        )}
      </fieldset>
      ${LANGUAGES.map(
        (code) =>
          html`<div class="field">
            <label for="incident-${code}">${t(`language.${code}`)}</label>
            <textarea
              id="incident-${code}"
              rows="2"
              maxlength=${LONGEST}
              lang=${code}
              dir=${code === "fa" ? "rtl" : "ltr"}
              .value=${live(draft.texts[code] ?? "")}
              @input=${(event: Event) => {
                draft.texts[code] = (event.target as HTMLTextAreaElement).value;
              }}
            ></textarea>
          </div>`,
      )}
      <p class="help">${t("incident.help")}</p>
      ${draft.wrong ? html`<p class="errorlist" role="alert">${draft.wrong}</p>` : nothing}
      <div class="drawer-tools"><button class="button primary" ?disabled=${wall.client.connection !== "online"}>${t("incident.announce")}</button></div>
    </form>`;
}

async function announce(wall: Wall): Promise<void> {
  const { t, memory } = wall;
  const draft = memory.incident;
  const texts = Object.fromEntries(Object.entries(draft.texts).flatMap(([code, text]) => (text.trim() ? [[code, text.trim()]] : [])));
  draft.wrong = !draft.queues.length ? t("incident.no_queue") : !Object.keys(texts).length ? t("incident.no_text") : "";
  wall.redraw();
  if (draft.wrong) return;
  const incident = newId("n");
  const withdraw = { type: "incident.withdraw", incident };
  if (await wall.act({ type: "incident.announce", incident, queues: draft.queues, texts }, { text: t("done.announced"), undo: [withdraw] })) {
    memory.incident = { queues: [], texts: {}, wrong: "" };
    wall.redraw();
  }
}
