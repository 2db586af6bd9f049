import { html, nothing, type TemplateResult } from "lit-html";
import type { Names, WallAgent, WallWork } from "../live/types";
import { pick } from "../language/catalogue";
import { contactsLink } from "./address";
import { stateWords } from "./cards";
import { type Wall, queueName, reasonName, teamName } from "./context";
import { cardOf } from "./figures";
import type { Staffing } from "./office";
import { sure } from "./queue_panel";

/** One agent: state, work with reading along, presence, queues and skills. */
export function agentPanel(wall: Wall, id: string): TemplateResult {
  const { t, f } = wall;
  const agent = wall.topic.keys[`a:${id}`] as unknown as WallAgent | undefined;
  if (!agent) return html`<p class="quiet">${t("wall.agent_gone")}</p>${staffing(wall, id)}`;
  const card = cardOf(agent);
  return html`<p class="drawer-state">
      <span class="dot ${card.state === "ready" ? "ready" : card.state === "not_ready" ? "not_ready" : "busy"}"></span>${stateWords(wall, card)}
      <time>${f.clock(wall.now - card.since)}</time><span class="quiet">${teamName(wall, agent.team)}</span>
    </p>
    <dl class="drawer-facts">
      <div><dt>${t("wall.answered")}</dt><dd><a href=${contactsLink({ agent: id, state: "answered" })}>${f.digits(agent.answered)}</a></dd></div>
      <div><dt>${t("wall.aht")}</dt><dd title=${t("wall.how.aht", { n: agent.answered })}>${agent.answered ? f.clock(agent.handle_ms / agent.answered) : "–"}</dd></div>
      <div><dt>${t("wall.missed")}</dt><dd>${f.digits(agent.missed)}</dd></div>
    </dl>
    <h3>${t("wall.at_work")}</h3>
    ${agent.work.length ? html`<ul class="works">${agent.work.map((work) => workRow(wall, agent, work))}</ul>` : html`<p class="quiet">${t("wall.no_work")}</p>`}
    <h3>${t("presence.change")}</h3>
    ${presence(wall, agent)} ${staffing(wall, id)}`;
}

function workRow(wall: Wall, agent: WallAgent, work: WallWork): TemplateResult {
  const { t, f } = wall;
  const off = wall.client.connection !== "online";
  const reading = work.monitors.includes(wall.me);
  const mine = agent.id === wall.agent;
  const open = work.phase === "active" || work.phase === "wrap_up";
  const others = work.monitors.filter((user) => user !== wall.me).length;
  return html`<li class=${work.help_since !== null ? "asks" : ""} data-work=${work.interaction}>
    <a class="who-link" href="/contacts/${encodeURIComponent(work.contact)}/"><bdi>${work.customer_name || t("customer.unknown")}</bdi></a>
    <time>${f.clock(wall.now - work.since)}</time>
    <span class="quiet"
      >${t(`channel.${work.channel}`)} · ${queueName(wall, work.queue)} · ${work.on_hold_since !== null ? t("phase.on_hold") : t(`phase.${work.phase}`)}${others ? html` · ${t("along.others", { n: others })}` : nothing}</span
    >
    ${open && !mine
      ? html`<span class="row-tools">
          ${work.help_since !== null
            ? html`<span class="badge alarm">${t("wall.help")} <time>${f.clock(wall.now - work.help_since)}</time></span>`
            : nothing}
          <button
            class="button compact ${work.help_since !== null ? "primary" : ""}"
            type="button"
            data-along
            ?disabled=${off}
            @click=${() => void readAlong(wall, work.interaction, reading)}
          >
            ${t(reading ? "along.back" : "along.start")}
          </button>
          ${work.phase === "active" && work.kind !== "consult" ? sendBack(wall, work.interaction, work.customer_name, agent.name) : nothing}
        </span>`
      : nothing}
  </li>`;
}

/** Sends a conversation back to its queue, asked twice: whoever has it loses it. */
export function sendBack(wall: Wall, interaction: string, customer: string, agent: string): TemplateResult {
  const { t, memory } = wall;
  const off = wall.client.connection !== "online";
  const confirm = `return:${interaction}`;
  const name = customer || t("customer.unknown");
  return memory.confirming === confirm
    ? html`<button
        class="button compact danger"
        type="button"
        data-confirm
        ?disabled=${off}
        @click=${() => void wall.act({ type: "interaction.return", interaction }, { text: t("done.sent_back", { name }) })}
      >
        ${t("wall.sure_send_back", { name: agent })}
      </button>`
    : html`<button class="button compact plain" type="button" data-return ?disabled=${off} @click=${() => sure(wall, confirm)}>${t("wall.send_back")}</button>`;
}

/** Begins to follow a conversation; the agent sees it and the log keeps it. */
export async function readAlong(wall: Wall, interaction: string, reading = false): Promise<void> {
  wall.open({ kind: "along", id: interaction });
  if (reading) return;
  if (!(await wall.act({ type: "monitor.start", interaction })) && wall.memory.panel?.kind === "along") wall.open(null);
}

function presence(wall: Wall, agent: WallAgent): TemplateResult {
  const { t, memory } = wall;
  const off = wall.client.connection !== "online";
  const was = { type: "agent.set_presence", agent: agent.id, ready: agent.presence === "ready", reason: agent.reason };
  const set = (ready: boolean, reason = "") =>
    void wall.act(
      { type: "agent.set_presence", agent: agent.id, ready, reason },
      { text: t(ready ? "done.ready" : "done.not_ready", { name: agent.name }), undo: [was] },
    );
  const confirm = `sign_out:${agent.id}`;
  return html`<div class="drawer-tools">
    <button class="button" type="button" ?disabled=${off || agent.presence === "ready"} @click=${() => set(true)}>${t("wall.set_ready")}</button>
    <label class="visually-hidden" for="set-not-ready">${t("wall.set_not_ready")}</label>
    <select
      id="set-not-ready"
      class="input"
      ?disabled=${off}
      @change=${(event: Event) => {
        const select = event.target as HTMLSelectElement;
        if (select.value) set(false, select.value);
        select.value = "";
      }}
    >
      <option value="">${t("wall.set_not_ready")}</option>
      ${memory.names.pauses.filter((pause) => !pause.archived).map(({ key }) => html`<option value=${key}>${reasonName(wall, key)}</option>`)}
    </select>
    ${memory.confirming === confirm
      ? html`<button
          class="button danger"
          type="button"
          data-confirm
          ?disabled=${off}
          @click=${() => void wall.act({ type: "agent.sign_out", agent: agent.id, force: true }, { text: t("done.signed_out", { name: agent.name }) })}
        >
          ${t("wall.sure_sign_out", { n: agent.work.length })}
        </button>`
      : html`<button class="button plain danger" type="button" ?disabled=${off} @click=${() => sure(wall, confirm)}>${t("wall.sign_out")}</button>`}
  </div>`;
}

/** Loads how an agent is staffed, once an opened panel needs it. */
export async function loadStaffing(wall: Wall, id: string): Promise<void> {
  const { memory } = wall;
  if (memory.staffing.of === id) return;
  memory.staffing = { of: id, loaded: null, wrong: "", saving: false };
  const loaded = await wall.office<Staffing>(`agents/${encodeURIComponent(id)}`);
  if (memory.staffing.of !== id) return;
  if (loaded) memory.staffing.loaded = loaded;
  else memory.staffing.wrong = wall.t("wall.staffing_away");
  wall.redraw();
}

function staffing(wall: Wall, id: string): TemplateResult | typeof nothing {
  const { t, memory } = wall;
  if (!wall.rights.has("staff_queues")) return nothing;
  const { staffing: state } = memory;
  if (state.of !== id || (!state.loaded && !state.wrong)) return html`<h3>${t("wall.staffing")}</h3><p class="quiet">${t("wall.loading")}</p>`;
  const { loaded } = state;
  if (!loaded) return html`<h3>${t("wall.staffing")}</h3><p class="errorlist">${state.wrong}</p>`;
  const skills = Object.keys(loaded.all_skills);
  return html`<h3>${t("wall.staffing")}</h3>
    <form class="staffing" @submit=${(event: Event) => void save(wall, event, loaded)}>
      <fieldset>
        <legend>${t("wall.serves")}</legend>
        ${choices(wall, "queue", loaded.all_queues, (key) => loaded.queues.includes(key))}
      </fieldset>
      ${skills.length
        ? html`<fieldset>
            <legend>${t("wall.skills")}</legend>
            ${skills.map(
              (key) =>
                html`<label class="skill"
                  ><bdi>${pick(loaded.all_skills[key], wall.language, key)}</bdi
                  ><input class="input number" name="skill:${key}" inputmode="numeric" maxlength="3" autocomplete="off" dir="ltr" .defaultValue=${loaded.skills[key] ? wall.f.digits(loaded.skills[key]) : ""} placeholder="–"
                /></label>`,
            )}
            <p class="help">${t("wall.skills_help")}</p>
          </fieldset>`
        : nothing}
      ${state.wrong ? html`<p class="errorlist" role="alert">${state.wrong}</p>` : nothing}
      <div class="drawer-tools"><button class="button primary" ?disabled=${state.saving}>${t("wall.save_staffing")}</button></div>
    </form>`;
}

function choices(wall: Wall, name: string, all: Record<string, Names>, on: (key: string) => boolean): TemplateResult[] {
  return Object.keys(all).map(
    (key) =>
      html`<label class="check"><input type="checkbox" name="${name}:${key}" .defaultChecked=${on(key)} /><bdi>${pick(all[key], wall.language, key)}</bdi></label>`,
  );
}

async function save(wall: Wall, event: Event, loaded: Staffing): Promise<void> {
  event.preventDefault();
  const { memory, t } = wall;
  const form = event.target as HTMLFormElement;
  const read = readStaffing(new FormData(form));
  if (read.wrong !== null) {
    memory.staffing.wrong = t("wall.bad_level", { name: pick(loaded.all_skills[read.wrong], wall.language, read.wrong) });
    form.querySelector<HTMLInputElement>(`[name="skill:${CSS.escape(read.wrong)}"]`)?.focus();
    wall.redraw();
    return;
  }
  const before = { queues: loaded.queues, skills: loaded.skills };
  await send(wall, loaded, { queues: read.queues, skills: read.skills }, before);
}

async function send(wall: Wall, loaded: Staffing, wanted: Pick<Staffing, "queues" | "skills">, before: Pick<Staffing, "queues" | "skills"> | null): Promise<void> {
  const { memory, t } = wall;
  const path = `agents/${encodeURIComponent(loaded.username)}`;
  memory.staffing.saving = true;
  memory.staffing.wrong = "";
  wall.redraw();
  const done = await wall.office(path, { ...wanted, ...(before ? { version: loaded.version } : {}) });
  memory.staffing.saving = false;
  if (done !== null) {
    memory.staffing.of = "";
    void loadStaffing(wall, loaded.username);
    wall.tell(t(before ? "done.staffed" : "done.undone", { name: loaded.name }), before ? () => void send(wall, loaded, before, null) : null);
  }
  wall.redraw();
}

/** What the form says; `wrong` names the skill whose level is no number from 1 to 100. */
export function readStaffing(form: Iterable<[string, FormDataEntryValue]>): { queues: string[]; skills: Record<string, number>; wrong: string | null } {
  const queues: string[] = [];
  const skills: Record<string, number> = {};
  let wrong: string | null = null;
  for (const [name, value] of form) {
    if (name.startsWith("queue:")) queues.push(name.slice(6));
    if (!name.startsWith("skill:")) continue;
    const text = String(value)
      .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
      .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
      .replace(/[\s\u200c-\u200f\u202a-\u202e\u2066-\u2069]/g, "");
    if (text === "" || text === "0") continue;
    const level = Number(text);
    if (Number.isInteger(level) && level >= 1 && level <= 100) skills[name.slice(6)] = level;
    else wrong ??= name.slice(6);
  }
  return { queues, skills, wrong };
}
