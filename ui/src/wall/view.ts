import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../design/icons";
import { initials, tint } from "../desk/model";
import { type Language, type Values, pick } from "../language/catalogue";
import type { Format } from "../language/format";
import type { StaffText } from "../language/staff/en";
import type { Connection } from "../live/client";
import type { AgentCard, QueueTile, WallModel } from "./model";

export interface Wall {
  model: WallModel;
  connection: Connection;
  language: Language;
  t(key: keyof StaffText, values?: Values): string;
  f: Format;
  now: number;
  full: boolean;
  toggleFull(): void;
  known(key: string): key is keyof StaffText;
}

/** The wallboard: totals and clock, a tile for each queue, a card for each agent. */
export function wallView(wall: Wall): TemplateResult {
  const { model, t, f } = wall;
  const total = (value: number, label: keyof StaffText, extra = ""): TemplateResult =>
    html`<span class=${extra}><b>${f.digits(value)}</b>${t(label)}</span>`;
  return html`<header class="wall-head">
      <h1>${t("wall.title")}</h1>
      <span class="live-sign ${wall.connection}">
        <span class="dot ready"></span>${t(wall.connection === "online" ? "wall.updated" : "connection.connecting")}
      </span>
      <span class="spring"></span>
      <div class="wall-totals">
        ${total(model.waiting, "wall.total_waiting", model.worst === "alarm" ? "alarm" : "")} ${total(model.ready, "wall.total_ready")}
        ${total(model.busy, "wall.total_busy")} ${total(model.away, "wall.total_away")}
      </div>
      <div class="wall-clock"><b><time>${f.time(wall.now)}</time></b><span>${f.day(wall.now)}</span></div>
      <button
        class="button square full-toggle"
        type="button"
        title=${t(wall.full ? "wall.leave_full_screen" : "wall.full_screen")}
        aria-label=${t(wall.full ? "wall.leave_full_screen" : "wall.full_screen")}
        @click=${() => wall.toggleFull()}
      >
        ${icon("full")}
      </button>
    </header>
    ${banner(wall)}
    <section aria-label=${t("wall.queues")}>
      <h2>${t("wall.queues")}</h2>
      ${model.tiles.length
        ? html`<div class="tiles">${repeat(model.tiles, (tile) => tile.queue.id, (tile) => queueTile(wall, tile))}</div>`
        : html`<p class="quiet">${t("wall.no_queues")}</p>`}
    </section>
    <section aria-label=${t("wall.agents")}>
      <h2>${t("wall.agents")} <span class="number">${f.digits(model.agents.length)}</span></h2>
      ${model.agents.length
        ? html`<ul class="agents">${repeat(model.agents, (card) => card.agent.id, (card) => agentCard(wall, card))}</ul>`
        : html`<p class="quiet">${t("wall.no_agents")}</p>`}
    </section>`;
}

function banner(wall: Wall): TemplateResult | typeof nothing {
  if (wall.connection === "refused") {
    return html`<div class="banner alarm" role="alert">
      ${wall.t("connection.refused")} <a class="button compact" href="/">${wall.t("connection.sign_in")}</a>
    </div>`;
  }
  return wall.connection === "offline" ? html`<div class="banner" role="status">${wall.t("connection.connecting")}</div>` : nothing;
}

function queueTile(wall: Wall, tile: QueueTile): TemplateResult {
  const { queue, waited, worry, left } = tile;
  const { t, f } = wall;
  const { sl } = queue;
  const target = sl.target_permille / 1000;
  const met = sl.value === null ? "" : sl.value >= target ? "good" : "bad";
  const small = (value: string, label: keyof StaffText): TemplateResult =>
    html`<div><b>${value}</b><span>${t(label)}</span></div>`;
  return html`<article class="tile ${worry}" data-queue=${queue.id}>
    <div class="tile-head">
      <h3 class="name">${pick(queue.name, wall.language, queue.id)}</h3>
      ${worry === "alarm"
        ? html`<span class="tile-alarm" role="alert"
            >${left !== null && left > 0 ? t("wall.alarm_left", { n: left }) : t("wall.over")}</span
          >`
        : queue.open
          ? nothing
          : html`<span class="badge">${t("wall.closed")}</span>`}
    </div>
    <div class="tile-main">
      <div class="figure"><span class="value">${f.digits(queue.waiting)}</span><span class="label">${t("wall.waiting")}</span></div>
      <div class="figure longest">
        <span class="value ${waited === null ? "none" : ""}"><time>${waited === null ? "–" : f.clock(waited)}</time></span>
        <span class="label">${t("wall.longest")}</span>
      </div>
      <div class="figure ${met}">
        <span class="value ${sl.value === null ? "none" : ""}">${sl.value === null ? "–" : f.percent(Math.round(sl.value * 1000) / 1000)}</span>
        <span class="label">${t("wall.sl")}</span>
      </div>
    </div>
    <p class="tile-sl">
      ${formula(wall, sl.formula)} · ${t("wall.sl_within", { n: Math.round(sl.threshold_ms / 1000) })} ·
      ${sl.n === 0 ? t("wall.sl_none") : t("wall.sl_n", { n: sl.n })}
    </p>
    <div class="tile-small">
      ${small(f.digits(queue.answered), "wall.answered")} ${small(f.digits(queue.abandoned), "wall.abandoned")}
      ${small(queue.asa_ms === null ? "–" : f.clock(queue.asa_ms), "wall.asa")} ${small(f.digits(queue.ready), "wall.ready")}
      ${small(f.digits(queue.busy), "wall.busy")}
    </div>
  </article>`;
}

function formula(wall: Wall, id: string): string {
  const key = `formula.${id.replace(/^.*?sl[._]/, "")}`;
  return wall.known(key) ? wall.t(key) : id;
}

function agentCard(wall: Wall, card: AgentCard): TemplateResult {
  const { agent, state, since } = card;
  const { t, f } = wall;
  const dot = { ready: "ready", busy: "busy", wrap_up: "busy", hold: "alarm", not_ready: "not_ready" }[state];
  const who = agent.work.find((work) => work.customer_name)?.customer_name ?? "";
  const reasonKey = `reason.${agent.reason}`;
  const words = {
    ready: t("wall.idle"),
    busy: t("phase.active"),
    wrap_up: t("phase.wrap_up"),
    hold: t("phase.on_hold"),
    not_ready: agent.reason ? (wall.known(reasonKey) ? t(reasonKey) : agent.reason) : t("presence.not_ready"),
  }[state];
  const more = agent.work.length > 1 ? ` × ${f.digits(agent.work.length)}` : "";
  return html`<li class="agent" data-agent=${agent.id} data-state=${state}>
    <span class="avatar-spot">
      <span class="avatar tint-${tint(agent.id)}" aria-hidden="true">${initials(agent.name)}</span><span class="dot ${dot}"></span>
    </span>
    <span class="name"><bdi>${agent.name}</bdi></span>
    <time>${f.clock(wall.now - since)}</time>
    <span class="state ${state}">${words}${more}${who && state !== "ready" ? html` · <bdi>${who}</bdi>` : nothing}</span>
    <span class="done number" title=${t("wall.answered")}>✓ ${f.digits(agent.answered)}</span>
  </li>`;
}
