import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "../design/icons";
import type { Desk } from "./context";
import { avatar, pauseName } from "./words";

/** The bar on top: who I am, whether I am ready and since when, my day so far, the line to the centre. */
export function top(desk: Desk): TemplateResult {
  const { me } = desk.model;
  const day = desk.memory.panel === "day";
  return html`<header class="desk-top">
    ${banner(desk)} ${desk.voice?.banner() ?? nothing}
    <div class="desk-bar">
      <h1 class="visually-hidden">${desk.t("desk.title")}</h1>
      ${presence(desk)}
      <span class="spring"></span>
      ${me
        ? html`<button
            class="button plain compact desk-figures"
            type="button"
            aria-expanded=${day}
            title=${desk.t("day.title")}
            @click=${() => {
              desk.memory.panel = day ? null : "day";
              desk.redraw();
            }}
          >
            ${icon("day")}
            <b class="number">${desk.t("desk.answered", { n: me.answered })}</b>
            <b class="number talked">${desk.t("desk.talk", { time: desk.f.clock(me.talk_ms) })}</b>
          </button>`
        : nothing}
      <span class="live-sign ${desk.client.connection}">
        <span class="dot ready"></span><span>${desk.t(desk.client.connection === "online" ? "connection.online" : "connection.connecting")}</span>
      </span>
      ${desk.voice?.sign() ?? nothing} ${alertMenu(desk)}
      ${me ? html`<span class="desk-me">${avatar(me.id, me.name, "small")}<span class="name"><bdi>${me.name}</bdi></span></span>` : nothing}
    </div>
  </header>`;
}

/** How the next contact announces itself: volume, a try, desktop notifications. */
function alertMenu(desk: Desk): TemplateResult {
  const { alerts, memory } = desk;
  const on = alerts.volume > 0;
  const open = memory.alertsOpen;
  const label = desk.t(on ? "desk.sound_on" : "desk.sound_off");
  return html`<div
    class="presence alert-menu"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      memory.alertsOpen = false;
      desk.redraw();
    }}
  >
    <button
      class="button plain square"
      type="button"
      aria-haspopup="true"
      aria-expanded=${open}
      title=${label}
      aria-label=${desk.t("alerts.title", { state: label })}
      @click=${() => {
        memory.alertsOpen = !open;
        desk.redraw();
      }}
    >
      ${icon(on ? "bell" : "bellOff")}
    </button>
    ${open
      ? html`<div class="popover alert-popover">
          <div class="field">
            <label for="alert-volume">${desk.t("alerts.volume")}</label>
            <input
              id="alert-volume"
              type="range"
              min="0"
              max="1"
              step="0.1"
              .value=${String(alerts.volume)}
              @input=${(event: InputEvent) => {
                alerts.volume = Number((event.target as HTMLInputElement).value);
                alerts.save();
                desk.redraw();
              }}
            />
          </div>
          <button class="button compact" type="button" ?disabled=${!on} @click=${() => alerts.onTry?.()}>${desk.t("alerts.try")}</button>
          <label class="check">
            <input
              type="checkbox"
              .checked=${live(alerts.notify && alerts.permission === "granted")}
              ?disabled=${alerts.permission === "denied" || alerts.permission === "unsupported"}
              @change=${(event: Event) =>
                void alerts.wantNotifications((event.target as HTMLInputElement).checked).then(() => desk.redraw())}
            />
            <span>${desk.t("alerts.desktop")}</span>
          </label>
          ${alerts.permission === "denied" ? html`<p class="quiet small">${desk.t("alerts.denied")}</p>` : nothing}
        </div>`
      : nothing}
  </div>`;
}

function banner(desk: Desk): TemplateResult | typeof nothing {
  const { connection, outbox } = desk.client;
  const waiting = outbox.pending().length;
  const queued = waiting ? html`<span class="badge warn">${desk.t("connection.queued", { n: waiting })}</span>` : nothing;
  if (connection === "refused") {
    return html`<div class="banner alarm" role="alert">
      <span>${desk.t(desk.memory.stranger ? "session.stranger" : "session.over", { name: desk.memory.stranger ?? "" })}</span>
      ${queued}
      ${desk.memory.stranger
        ? html`<a class="button compact" href="/desk/">${desk.t("connection.reload")}</a>`
        : html`<button class="button compact" type="button" @click=${() => desk.signIn()}>${desk.t("connection.sign_in")}</button>`}
    </div>`;
  }
  if (connection !== "offline") return nothing;
  return html`<div class="banner" role="status"><span>${desk.t("connection.offline")}</span>${queued}</div>`;
}

/** Ready means that one can be reached: with a telephone here, that one can be heard. */
export async function goReadyAt(desk: Desk): Promise<void> {
  if (desk.voice && !(await desk.voice.ready())) return;
  await desk.act({ type: "agent.set_presence", ready: true });
}

function presence(desk: Desk): TemplateResult | typeof nothing {
  const { me } = desk.model;
  if (!me) return nothing;
  const off = desk.client.connection !== "online";
  const go = (type: string, fields: Record<string, string | boolean> = {}) => {
    desk.memory.presenceOpen = false;
    void desk.act({ type, ...fields });
    desk.redraw();
  };
  if (me.presence === "offline") {
    return html`<button class="button primary" type="button" ?disabled=${off} @click=${() => go("agent.sign_in")}>
      ${desk.t("presence.sign_in")}
    </button>`;
  }
  const ready = me.presence === "ready";
  const goReady = () => {
    desk.memory.presenceOpen = false;
    void goReadyAt(desk);
  };
  const state = ready ? desk.t("presence.ready") : me.reason ? pauseName(desk, me.reason) : desk.t("presence.not_ready");
  const open = desk.memory.presenceOpen;
  return html`<div
    class="presence"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      desk.memory.presenceOpen = false;
      desk.redraw();
    }}
  >
    <button
      class="presence-button ${me.presence}"
      type="button"
      aria-haspopup="true"
      aria-expanded=${open}
      @click=${() => {
        desk.memory.presenceOpen = !open;
        desk.redraw();
      }}
    >
      <span class="dot ${me.presence}"></span>
      <span>${state}</span>
      <time>${desk.f.clock(desk.now - me.since)}</time>
      ${icon("down")}
    </button>
    ${ready
      ? nothing
      : html`<button
          class="button primary"
          type="button"
          ?disabled=${off}
          @click=${goReady}
        >
          ${desk.t("presence.go_ready")}
        </button>`}
    ${open
      ? html`<div class="popover">
          ${ready
            ? nothing
            : html`<button class="menu-item" type="button" ?disabled=${off} @click=${goReady}>
                <span class="dot ready"></span>${desk.t("presence.ready")}
              </button>`}
          <p class="menu-title">${desk.t("presence.why")}</p>
          ${desk.pauses.filter((pause) => !pause.archived).map(
            ({ key: reason }) =>
              html`<button
                class="menu-item"
                type="button"
                ?disabled=${off}
                aria-pressed=${!ready && me.reason === reason}
                @click=${() => go("agent.set_presence", { ready: false, reason })}
              >
                <span class="dot not_ready"></span>${pauseName(desk, reason)}
              </button>`,
          )}
          <p class="menu-title"></p>
          <button class="menu-item" type="button" ?disabled=${off} @click=${() => go("agent.sign_out")}>
            <span class="dot"></span>${desk.t("presence.sign_out")}
          </button>
        </div>`
      : nothing}
  </div>`;
}
