import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "../desk/context";
import type { Interaction } from "../desk/types";
import { pick } from "../language/catalogue";
import type { Phone } from "./phone";
import type { OneWay } from "./state";
import { type Say, spaced } from "./words";

export const HOLD_REASONS = ["lookup", "colleague", "system", "other"] as const;
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

/** What the panel of one call remembers while it is open. */
export interface PanelMemory {
  keypad: boolean;
  pressed: string;
  holding: boolean;
  /** The card form is open. */
  card: boolean;
}

export interface PanelSurroundings {
  desk: Desk;
  t: Say;
  phone: Phone | null;
  memory: PanelMemory;
  /** The telephone has lost this call and the exchange is to call again. */
  away: boolean;
  /** My telephone is in this talk. */
  mine: boolean;
  /** Asks the exchange to call the telephone again. */
  rejoin: () => void;
  openCard: () => void;
  closeCard: () => void;
}

/** A call: how it stands, what can be done with it, where it comes from. */
export function callPanel(around: PanelSurroundings, each: Interaction): TemplateResult {
  return html`<div class="call-panel" data-call=${each.id}>
    ${greeting(around, each)} ${alarms(around, each)} ${around.memory.card && each.phase === "active" ? cardForm(around, each) : nothing} ${each.phase === "active" ? tools(around, each) : nothing} ${parties(around, each)}
    ${around.memory.keypad ? keypad(around) : nothing} ${came(around, each)}
  </div>`;
}

/** What calls of this client are answered with: an agent who serves many reads it out before anything else. */
export function greeting({ desk, t }: Pick<PanelSurroundings, "desk" | "t">, each: Interaction): TemplateResult | typeof nothing {
  const known = desk.greetings[each.client];
  if (!known || each.kind === "consult" || each.phase === "wrap_up" || each.phase === "outcome_due") return nothing;
  return html`<p class="call-greeting" data-greeting><span>${t("phone.greeting")}</span> <b dir="auto">${pick(known, each.language || desk.language)}</b></p>`;
}

function alarms({ t, phone, away, mine, rejoin }: PanelSurroundings, each: Interaction): TemplateResult | typeof nothing {
  if (each.phase !== "active") return nothing;
  const alarm = (text: string, button = false): TemplateResult => html`<div class="call-alarm" role="alert">
    ${icon("alarm")}<span>${text}</span>
    ${button ? html`<button class="button compact" type="button" data-rejoin @click=${rejoin}>${t("phone.rejoin")}</button>` : nothing}
  </div>`;
  if (away) return alarm(t("phone.alarm.away"), true);
  const view = phone?.view;
  if (!view?.call || !mine) return nothing;
  if (view.call.mending) return alarm(t("phone.alarm.mending"));
  if (view.microphone === "lost") return alarm(t("phone.alarm.lost"));
  const silent: OneWay = view.oneWay;
  return silent ? alarm(t(`phone.alarm.${silent}`), true) : nothing;
}

function tools({ desk, t, phone, memory, mine, openCard }: PanelSurroundings, each: Interaction): TemplateResult {
  const off = desk.client.connection !== "online";
  const muted = phone?.view.muted ?? false;
  const held = each.on_hold_since !== null;
  const paused = each.call?.unrecorded_since ?? null;
  const consult = each.kind === "consult";
  return html`<div class="call-tools" role="group" aria-label=${t("phone.title")}>
    ${mine
      ? html`<button class="button ${muted ? "danger" : ""}" type="button" aria-pressed=${muted} data-mute @click=${() => phone?.mute(!muted)}>
            ${icon(muted ? "micOff" : "mic")} ${t(muted ? "phone.unmute" : "phone.mute")}
          </button>
          <button
            class="button"
            type="button"
            aria-pressed=${memory.keypad}
            data-keypad
            @click=${() => {
              memory.keypad = !memory.keypad;
              desk.redraw();
            }}
          >
            ${icon("keypad")} ${t("phone.keypad")}
          </button>`
      : nothing}
    ${consult
      ? nothing
      : html`${holdButton(desk, t, memory, each, held, off)}
          ${paused === null && !memory.card
            ? html`<button class="button" type="button" ?disabled=${off} data-pay @click=${openCard}>${icon("card")} ${t("phone.card")}</button>`
            : nothing}`}
    ${muted ? html`<span class="badge warn" role="status">${t("phone.muted")}</span>` : nothing}
    ${paused !== null && !memory.card
      ? html`<span class="call-unrecorded" role="status">
          ${icon("pause")} ${t("phone.card.paused")} <time>${desk.f.clock(desk.now - paused)}</time>
          <button
            class="button compact"
            type="button"
            data-record
            ?disabled=${off}
            @click=${() => void desk.act({ type: "recording.resume", interaction: each.id })}
          >
            ${t("phone.record")}
          </button>
        </span>`
      : nothing}
  </div>`;
}

/** Holding asks why; who is on hold shows how long, urgently after the queue's limit (R18). */
function holdButton(desk: Desk, t: Say, memory: PanelMemory, each: Interaction, held: boolean, off: boolean): TemplateResult {
  if (held) {
    const long = desk.now - (each.on_hold_since ?? desk.now) >= (each.call?.hold_warn_ms ?? Infinity);
    return html`<button
        class="button primary"
        type="button"
        data-unhold
        ?disabled=${off}
        @click=${() => void desk.act({ type: "hold.end", interaction: each.id })}
      >
        ${icon("play")} ${t("phone.unhold")}
      </button>
      <span class="call-held ${long ? "long" : ""}" role=${long ? "alert" : "status"}>
        ${t(long ? "phone.held.long" : "phone.held")} <time>${desk.f.clock(desk.now - (each.on_hold_since ?? desk.now))}</time>
      </span>`;
  }
  const toggle = (): void => {
    memory.holding = !memory.holding;
    desk.redraw();
  };
  return html`<span
    class="hold-menu"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Escape" && memory.holding) toggle();
    }}
  >
    <button class="button" type="button" aria-haspopup="true" aria-expanded=${memory.holding} ?disabled=${off} data-hold @click=${toggle}>
      ${icon("pause")} ${t("phone.hold")} ${icon("down")}
    </button>
    ${memory.holding
      ? html`<div class="popover">
          <p class="menu-title">${t("phone.hold.why")}</p>
          ${HOLD_REASONS.map(
            (reason) =>
              html`<button
                class="menu-item"
                type="button"
                data-reason=${reason}
                @click=${() => {
                  memory.holding = false;
                  void desk.act({ type: "hold.start", interaction: each.id, reason });
                }}
              >
                ${t(`phone.hold.${reason}`)}
              </button>`,
          )}
        </div>`
      : nothing}
  </span>`;
}

/** Whom the agent talks with while a colleague is asked. */
function parties({ desk, t }: PanelSurroundings, each: Interaction): TemplateResult | typeof nothing {
  const now = each.call?.talks_with;
  if (each.phase !== "active" || !each.consult || !now) return nothing;
  const off = desk.client.connection !== "online";
  const name = each.consult.agent_name || (each.consult.number ? spaced(each.consult.number) : t("phone.helper"));
  const choice = (party: "customer" | "helper" | "both", label: string): TemplateResult => html`<button
    type="button"
    aria-pressed=${now === party}
    ?disabled=${off}
    data-party=${party}
    @click=${() => void desk.act({ type: "consult.switch", interaction: each.id, party })}
  >
    <bdi>${label}</bdi>
  </button>`;
  return html`<div class="call-parties">
    <span>${t("phone.with")}</span>
    <div class="segmented" role="group" aria-label=${t("phone.with")}>
      ${choice("customer", t("phone.with.customer"))} ${choice("helper", name)} ${choice("both", t("phone.with.both"))}
    </div>
  </div>`;
}

function keypad({ t, phone, memory, desk }: PanelSurroundings): TemplateResult {
  const press = (key: string): void => {
    phone?.press(key);
    memory.pressed = (memory.pressed + key).slice(-20);
    desk.redraw();
  };
  return html`<div
    class="keypad"
    role="group"
    aria-label=${t("phone.keypad")}
    tabindex="-1"
    @keydown=${(event: KeyboardEvent) => {
      if (!/^[0-9*#]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      press(event.key);
    }}
  >
    <div class="keypad-keys" dir="ltr">
      ${KEYS.map((key) => html`<button class="button" type="button" aria-label=${t("phone.key", { key })} @click=${() => press(key)}>${key}</button>`)}
    </div>
    <output class="small" dir="auto">${memory.pressed ? t("phone.pressed", { keys: `\u2066${memory.pressed}\u2069` }) : nothing}</output>
  </div>`;
}

/** Where the call comes from: the numbers, for whom, and what was pressed on the way. */
export function came({ desk, t }: Pick<PanelSurroundings, "desk" | "t">, each: Interaction): TemplateResult | typeof nothing {
  const { call } = each;
  if (!call) return nothing;
  const caller = call.caller || each.address;
  const line = call.number ? pick(desk.numbers[call.number.replace(/^\+/, "")], desk.language) : "";
  const client = pick(desk.clients[each.client], desk.language);
  return html`<dl class="call-facts">
    <div>
      <dt>${t("phone.from")}</dt>
      <dd>${caller ? html`<bdi dir="ltr">${spaced(caller)}</bdi>` : t("phone.hidden")}</dd>
    </div>
    ${call.number
      ? html`<div><dt>${t("phone.called")}</dt><dd>${line ? html`<bdi>${line}</bdi> ` : nothing}<bdi dir="ltr" class=${line ? "quiet" : ""}>${spaced(call.number)}</bdi></dd></div>`
      : nothing}
    ${client ? html`<div><dt>${t("phone.client")}</dt><dd><bdi>${client}</bdi></dd></div>` : nothing}
    ${call.answers.length
      ? html`<div class="call-answers">
          <dt>${t("phone.answers")}</dt>
          <dd>
            ${call.answers.map((answer) => html`<span class="badge"><bdi>${answer.step.replaceAll("_", " ")}</bdi> <b><bdi dir="ltr">${answer.said}</bdi></b></span> `)}
          </dd>
        </div>`
      : nothing}
  </dl>`;
}

/** While it is open nothing is recorded; only closing it lets the recording go on. */
function cardForm({ desk, t, closeCard }: PanelSurroundings, each: Interaction): TemplateResult {
  const since = each.call?.unrecorded_since ?? null;
  return html`<section class="call-card" aria-label=${t("phone.card.title")}>
    <h3>${icon("card")} ${t("phone.card.title")}</h3>
    ${since === null
      ? html`<p class="phone-why" role="status">${t("phone.card.wait")}</p>`
      : html`<p role="status">${t("phone.card.go")}</p>`}
    <p class="call-card-foot">
      <span class="quiet small">${since === null ? nothing : t("phone.card.since", { time: desk.f.clock(desk.now - since) })}</span>
      <span class="spring"></span>
      <button class="button primary" type="button" data-pay-done ?disabled=${since === null} @click=${closeCard}>${t("phone.card.done")}</button>
    </p>
  </section>`;
}
