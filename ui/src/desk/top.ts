import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "./context";
import { avatar, coded } from "./words";

const REASONS = ["break", "lunch", "prayer", "meeting", "training", "paperwork"] as const;

/** The bar on top: who I am, whether I am ready and since when, my day so far, the line to the centre. */
export function top(desk: Desk): TemplateResult {
  const { me } = desk.model;
  return html`<header class="desk-top">
    ${banner(desk)}
    <div class="desk-bar">
      <h1 class="visually-hidden">${desk.t("desk.title")}</h1>
      ${presence(desk)}
      <span class="spring"></span>
      ${me
        ? html`<span class="desk-figures">
              <span><b class="number">${desk.t("desk.answered", { n: me.answered })}</b></span>
              <span><b class="number">${desk.t("desk.talk", { time: desk.f.clock(me.talk_ms) })}</b></span>
            </span>`
        : nothing}
      <span class="live-sign ${desk.client.connection}">
        <span class="dot ready"></span><span>${desk.t(desk.client.connection === "online" ? "connection.online" : "connection.connecting")}</span>
      </span>
      <button
        class="button plain square"
        type="button"
        aria-pressed=${desk.memory.sound}
        title=${desk.t(desk.memory.sound ? "desk.sound_on" : "desk.sound_off")}
        aria-label=${desk.t(desk.memory.sound ? "desk.sound_on" : "desk.sound_off")}
        @click=${() => {
          desk.memory.sound = !desk.memory.sound;
          desk.redraw();
        }}
      >
        ${icon(desk.memory.sound ? "bell" : "bellOff")}
      </button>
      ${me ? html`<span class="desk-me">${avatar(me.id, me.name, "small")}<span class="name"><bdi>${me.name}</bdi></span></span>` : nothing}
    </div>
  </header>`;
}

function banner(desk: Desk): TemplateResult | typeof nothing {
  const { connection, outbox } = desk.client;
  if (connection === "refused") {
    return html`<div class="banner alarm" role="alert">
      ${desk.t("connection.refused")}
      <a class="button compact" href="/">${desk.t("connection.sign_in")}</a>
    </div>`;
  }
  if (connection !== "offline") return nothing;
  const waiting = outbox.pending().length;
  return html`<div class="banner" role="status">
    <span>${desk.t("connection.offline")}</span>
    ${waiting ? html`<span class="badge warn">${desk.t("connection.queued", { n: waiting })}</span>` : nothing}
  </div>`;
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
  const state = ready ? desk.t("presence.ready") : me.reason ? coded(desk, "reason", me.reason) : desk.t("presence.not_ready");
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
          @click=${() => go("agent.set_presence", { ready: true })}
        >
          ${desk.t("presence.go_ready")}
        </button>`}
    ${open
      ? html`<div class="popover">
          ${ready
            ? nothing
            : html`<button class="menu-item" type="button" ?disabled=${off} @click=${() => go("agent.set_presence", { ready: true })}>
                <span class="dot ready"></span>${desk.t("presence.ready")}
              </button>`}
          <p class="menu-title">${desk.t("presence.why")}</p>
          ${REASONS.map(
            (reason) =>
              html`<button
                class="menu-item"
                type="button"
                ?disabled=${off}
                aria-pressed=${!ready && me.reason === reason}
                @click=${() => go("agent.set_presence", { ready: false, reason })}
              >
                <span class="dot not_ready"></span>${desk.t(`reason.${reason}`)}
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
