import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "../design/icons";
import { SHOWS, type Show, shownAt, writeAddress } from "./address";
import { acknowledge, alarmWords, attend } from "./alarm_panel";
import { type Windowing, agentCards } from "./cards";
import { type Key, type Wall, clientName, queueName, teamName } from "./context";
import { type AgentCard, agentsShown, cardOf, queuesShown } from "./figures";
import type { Fitting, Page } from "./fit";
import { drawer } from "./panels";
import { clientTiles, queueTiles, teamTiles } from "./tiles";

const SHOW_WORDS: Record<Show, Key> = { queues: "wall.queues", teams: "wall.teams", agents: "wall.agents", clients: "wall.clients" };
const STATES = ["ready", "busy", "wrap_up", "hold", "not_ready", "help"] as const;

/** The wallboard: totals and clock, one line for the worst alarm, and what the address asks for. */
export function wallView(wall: Wall, windowing: Windowing, fitting: Fitting): TemplateResult {
  const { t, address } = wall;
  const show = address.screen ? shownAt(address, wall.now) : (address.show[0] ?? "queues");
  const cards = wall.agents.map(cardOf);
  const incomplete = (wall.topic.keys["day"] as { complete?: boolean } | undefined)?.complete === false;
  return html`${header(wall, cards, show)} ${alarmLine(wall)} ${address.screen ? nothing : controls(wall, show)}
    ${incomplete ? html`<p class="visually-hidden" role="status">${t("wall.day_loading")}</p>` : nothing}
    <section class="wall-show" data-show=${show} aria-label=${t(SHOW_WORDS[show])} aria-busy=${wall.topic.cursor === null}>
      ${body(wall, show, cards, windowing, fitting)}
    </section>
    ${drawer(wall)} ${toast(wall)}`;
}

function header(wall: Wall, cards: AgentCard[], show: Show): TemplateResult {
  const { t, f, address } = wall;
  const count = (...states: AgentCard["state"][]): number => cards.filter((card) => states.includes(card.state)).length;
  const waiting = wall.queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const worst = wall.alarms.some((alarm) => alarm.urgent && !alarm.acknowledged);
  const total = (value: number, label: Key, extra = ""): TemplateResult => html`<span class=${extra}><b>${f.digits(value)}</b>${t(label)}</span>`;
  const open = wall.alarms.filter((alarm) => !alarm.acknowledged).length;
  return html`<header class="wall-head">
    <h1>${t("wall.title")}</h1>
    <span class="live-sign ${wall.client.connection}">
      <span class="dot ready"></span>${t(wall.client.connection === "online" ? "wall.updated" : "connection.connecting")}
    </span>
    <span class="spring"></span>
    <div class="wall-totals">
      ${total(waiting, "wall.total_waiting", worst ? "alarm" : "")} ${total(count("ready"), "wall.total_ready")}
      ${total(count("busy", "hold", "wrap_up"), "wall.total_busy")} ${total(count("not_ready"), "wall.total_away")}
    </div>
    <div class="wall-clock"><b><time>${f.time(wall.now)}</time></b><span>${f.day(wall.now)}</span></div>
    ${address.screen
      ? nothing
      : html`<div class="wall-tools">
          ${tool(wall, "bell", t("alarm.title"), () => wall.open(wall.memory.panel?.kind === "alarms" ? null : { kind: "alarms" }), open, worst ? "urgent" : "")}
          ${tool(wall, "horn", t("incident.title"), () => wall.open(wall.memory.panel?.kind === "incident" ? null : { kind: "incident", queues: [] }))}
          <button
            class="button square"
            type="button"
            aria-pressed=${wall.memory.sound}
            title=${t(wall.memory.sound ? "desk.sound_on" : "desk.sound_off")}
            aria-label=${t("wall.sound")}
            @click=${() => {
              wall.memory.sound = !wall.memory.sound;
              localStorage.setItem("pasokh.wall.sound", wall.memory.sound ? "on" : "off");
              wall.redraw();
            }}
          >
            ${icon(wall.memory.sound ? "bell" : "bellOff")}
          </button>
          <a class="button square" href=${`/wall/${writeAddress({ ...address, screen: true, show: show === "queues" ? ["queues", "agents"] : [show] })}`} title=${t("wall.screen")} aria-label=${t("wall.screen")}>${icon("full")}</a>
        </div>`}
  </header>`;
}

function tool(wall: Wall, symbol: "bell" | "horn", label: string, click: () => void, n: number | null = null, look = ""): TemplateResult {
  return html`<button class="button ${n === null ? "square" : ""} ${look}" type="button" title=${label} aria-label=${n === null ? label : `${label} ${wall.f.digits(n)}`} @click=${click}>
    ${icon(symbol === "bell" ? "alarm" : symbol)}${n === null ? nothing : html`<span class="tool-count">${wall.f.digits(n)}</span>`}
  </button>`;
}

/** Always there and always as tall, so that an alarm moves nothing. */
function alarmLine(wall: Wall): TemplateResult {
  const { t, f } = wall;
  if (wall.client.connection === "refused") {
    return html`<div class="alarm-line urgent" role="alert">
      <span>${t("connection.refused")}</span> <a class="button compact" href="/">${t("connection.sign_in")}</a>
    </div>`;
  }
  if (wall.client.connection !== "online") return html`<div class="alarm-line" role="status"><span>${t("connection.connecting")}</span></div>`;
  const alarm = wall.alarms.find((each) => !each.acknowledged);
  if (!alarm) return html`<div class="alarm-line calm" role="status"><span>${t("alarm.calm")}</span></div>`;
  return html`<div class="alarm-line ${alarm.urgent ? "urgent" : "mild"}" role=${alarm.urgent ? "alert" : "status"} data-alarm=${alarm.id}>
    <span class="words">${alarmWords(wall, alarm)}</span>
    <time aria-hidden="true">${alarm.since === null ? "" : f.clock(wall.now - alarm.since)}</time>
    ${wall.address.screen
      ? nothing
      : html`<button class="button compact" type="button" @click=${() => attend(wall, alarm)}>${t("alarm.attend")}</button>
          <button class="button compact" type="button" @click=${() => acknowledge(wall, alarm)}>${t("alarm.acknowledge")}</button>`}
  </div>`;
}

function controls(wall: Wall, show: Show): TemplateResult {
  const { t, address } = wall;
  const choice = (name: "client" | "team" | "queue" | "state", label: Key, options: [string, string][]): TemplateResult =>
    html`<label class="visually-hidden" for="wall-${name}">${t(label)}</label>
      <select id="wall-${name}" class="input" @change=${(event: Event) => wall.go({ [name]: (event.target as HTMLSelectElement).value })}>
        <option value="" ?selected=${!address[name]}>${t(label)}</option>
        ${options.map(([value, words]) => html`<option value=${value} ?selected=${value === address[name]}>${words}</option>`)}
      </select>`;
  const named = <T extends string>(ids: Iterable<T>, name: (id: T) => string): [string, string][] =>
    [...new Set(ids)].map((id): [string, string] => [id, name(id)]).sort((a, b) => a[1].localeCompare(b[1], wall.language));
  return html`<div class="wall-controls" role="search">
    <div class="segmented" role="group" aria-label=${t("wall.by")}>
      ${SHOWS.map((each) => html`<button type="button" aria-pressed=${each === show} @click=${() => wall.go({ show: [each] })}>${t(SHOW_WORDS[each])}</button>`)}
    </div>
    <label class="visually-hidden" for="wall-search">${t("wall.search")}</label>
    <input
      id="wall-search"
      class="input"
      type="search"
      dir="auto"
      maxlength="80"
      placeholder=${t("wall.search")}
      .value=${live(address.search)}
      @input=${(event: Event) => wall.go({ search: (event.target as HTMLInputElement).value })}
    />
    ${show === "agents"
      ? html`${choice("team", "wall.every_team", named(wall.agents.map((agent) => agent.team).filter(Boolean), (id) => teamName(wall, id)))}
        ${choice("queue", "wall.every_queue", named(wall.queues.map((queue) => queue.id), (id) => queueName(wall, id)))}
        ${choice("state", "wall.every_state", STATES.map((state): [string, string] => [state, t(`wall.state.${state}`)]))}`
      : show === "queues"
        ? choice("client", "wall.every_client", named(wall.queues.map((queue) => queue.client), (id) => clientName(wall, id)))
        : nothing}
  </div>`;
}

function body(wall: Wall, show: Show, cards: AgentCard[], windowing: Windowing, fitting: Fitting): TemplateResult {
  const { t, address } = wall;
  const bare = address.screen ? heading(wall, show) : html``;
  if (wall.topic.cursor === null) return html`${bare}<p class="quiet">${t("wall.loading")}</p>`;
  if (show === "agents") {
    if (!cards.length) return html`${bare}${empty(t("wall.no_agents"), t("wall.no_agents_help"))}`;
    const shown = agentsShown(cards, address);
    if (!shown.length) return html`${bare}<p class="quiet">${t("wall.nothing_fits")}</p>`;
    const people = t("wall.people_n", { n: shown.length });
    if (!address.screen) return html`<p class="quiet count-line">${people}</p>${agentCards(wall, shown, windowing.from, windowing.to, windowing)}`;
    const page = fitting.page(shown.length, address, wall.now);
    return html`${heading(wall, show, people, page)}${agentCards(wall, shown, page.from, page.to)}`;
  }
  if (show === "teams") {
    if (!wall.agents.length) return html`${bare}${empty(t("wall.no_agents"), t("wall.no_agents_help"))}`;
    return tiles(wall, show, teamTiles(wall, wall.agents), fitting);
  }
  if (!wall.queues.length) return html`${bare}${empty(t("wall.no_queues"), t("wall.no_queues_help"), "/queues/")}`;
  const queues = queuesShown(wall.queues, show === "clients" ? { ...address, client: "", queue: "" } : address);
  if (!queues.length) return html`${bare}<p class="quiet">${t("wall.nothing_fits")}</p>`;
  return tiles(wall, show, show === "clients" ? clientTiles(wall, queues) : queueTiles(wall, queues), fitting);
}

function tiles(wall: Wall, show: Show, all: TemplateResult[], fitting: Fitting): TemplateResult {
  const page = fitting.page(all.length, wall.address, wall.now);
  return html`${wall.address.screen ? heading(wall, show, "", page) : html`<h2 class="visually-hidden">${wall.t(SHOW_WORDS[show])}</h2>`}
    <div class="tiles" data-count=${all.length}>${all.slice(page.from, page.to)}</div>`;
}

/** What a wall screen shows just now, and which part of it. */
function heading(wall: Wall, show: Show, more = "", page?: Page): TemplateResult {
  const { t, f } = wall;
  const part = page && page.of > 1 ? `${f.digits(page.number)} ∕ ${f.digits(page.of)}` : "";
  return html`<h2>${[t(SHOW_WORDS[show]), more, part].filter(Boolean).join(" · ")}</h2>`;
}

/** Nothing to show yet: says what to do, with the way there. */
function empty(title: string, help: string, link = ""): TemplateResult {
  return html`<div class="empty quiet">
    <h2>${title}</h2>
    <p>${link ? html`<a href=${link}>${help}</a>` : help}</p>
  </div>`;
}

function toast(wall: Wall): TemplateResult {
  const { toast: said } = wall.memory;
  return html`<div class="wall-toast" role=${said?.bad ? "alert" : "status"}>
    ${said
      ? html`<div class="toast-in ${said.bad ? "bad" : ""}">
          <span dir="auto">${said.text}</span>
          ${said.undo
            ? html`<button
                class="button compact"
                type="button"
                @click=${() => {
                  const { undo } = said;
                  wall.memory.toast = null;
                  wall.redraw();
                  undo?.();
                }}
              >
                ${wall.t("wall.undo")}
              </button>`
            : nothing}
          <button
            class="button plain square compact"
            type="button"
            aria-label=${wall.t("failed.dismiss")}
            @click=${() => {
              wall.memory.toast = null;
              wall.redraw();
            }}
          >
            ${icon("close")}
          </button>
        </div>`
      : nothing}
  </div>`;
}
