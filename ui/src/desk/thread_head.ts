import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "./context";
import type { Interaction } from "./types";
import { byVoice } from "./voice";
import { avatar, phaseOf, queueOf } from "./words";

/** Asks for what a transfer or consult needs to know. */
export function openHandover(desk: Desk, each: Interaction, kind: "transfer" | "consult"): void {
  desk.memory.handover = { interaction: each.id, kind, search: "", target: "", note: "" };
  desk.redraw();
}

export function openHelp(desk: Desk, each: Interaction): void {
  desk.memory.help = { interaction: each.id, question: "" };
  desk.redraw();
}

/** Who it is, how long it has been, and what can be done with it. */
export function threadHead(desk: Desk, each: Interaction, name: string): TemplateResult {
  const { memory } = desk;
  const off = desk.client.connection !== "online";
  const act = (type: string) => () => void desk.act({ type, interaction: each.id });
  const held = each.on_hold_since !== null;
  const tool = (symbol: Parameters<typeof icon>[0], label: string, click: () => void, extra = "") =>
    html`<button class="button compact ${extra}" type="button" ?disabled=${off} title=${label} aria-label=${label} @click=${click}>
      ${icon(symbol)}<span class="label-text">${label}</span>
    </button>`;
  const consult = each.kind === "consult";
  const asking = (each.help_since ?? null) !== null;
  return html`<header class="thread-head">
    <button
      class="button plain square compact only-narrow"
      type="button"
      aria-label=${desk.t("desk.back")}
      @click=${() => {
        memory.view = "list";
        desk.redraw();
      }}
    >
      ${icon("back")}
    </button>
    ${avatar(each.customer ?? each.id, name, "small")}
    <div class="thread-title">
      <h2 class="name"><bdi>${name}</bdi></h2>
      <p class="sub">
        <span>${phaseOf(desk, each)}</span><span aria-hidden="true">·</span><span>${queueOf(desk, each)}</span>
        <time>${desk.f.clock(desk.now - (each.accepted_at ?? each.since))}</time>
      </p>
    </div>
    ${each.phase === "active"
      ? html`<div class="thread-tools" role="group">
          ${consult
            ? nothing
            : html`${desk.voice && byVoice(each)
                ? nothing
                : tool(held ? "play" : "pause", desk.t(held ? "action.unhold" : "action.hold"), act(held ? "hold.end" : "hold.start"))}
              ${each.consult ? nothing : tool("consult", desk.t("action.consult"), () => openHandover(desk, each, "consult"))}
              ${tool("transfer", desk.t("action.transfer"), () => openHandover(desk, each, "transfer"))}
              ${asking ? nothing : tool("help", desk.t("action.help"), () => openHelp(desk, each), "help-tool")}`}
          ${tool("end", desk.t("action.end"), act("interaction.end"), "danger")}
        </div>`
      : nothing}
    <button
      class="button plain square compact"
      type="button"
      aria-pressed=${memory.panel === "details"}
      aria-label=${desk.t("desk.details")}
      title=${desk.t("desk.details")}
      @click=${() => {
        memory.panel = memory.panel === "details" && memory.selected === each.id ? null : "details";
        memory.selected = each.id;
        desk.redraw();
      }}
    >
      ${icon("info")}
    </button>
  </header>`;
}
