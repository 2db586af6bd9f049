import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../design/icons";
import type { Interaction, Message } from "../live/types";
import type { Desk } from "./context";
import { addressee, composer } from "./composer";
import { type Draft, draftsOf, messagesOf } from "./model";
import { avatar, nameOf, phaseOf, queueOf } from "./words";
import { wrapUp } from "./wrap_up";

/** One conversation with its head, messages, and either the composer or the wrap-up. */
export function thread(desk: Desk, each: Interaction): TemplateResult {
  const topic = desk.client.topic("desk");
  const messages = messagesOf(topic, each);
  const drafts = draftsOf([each.id, addressee(each)], messages, desk.client.outbox.pending(), desk.memory.failed, desk.client.connection === "online");
  const name = nameOf(desk, each);
  return html`<section class="thread" data-interaction=${each.id} aria-label=${desk.t("thread.label", { name })}>
    ${head(desk, each, name)} ${strip(desk, each)}
    <div class="thread-scroll" tabindex="0" role="log" aria-live="polite" aria-label=${desk.t("thread.label", { name })} data-follow>
      <ol class="bubbles">
        ${messages.length + drafts.length === 0 ? html`<li class="bubble system"><p class="body">${desk.t("thread.empty")}</p></li>` : nothing}
        ${repeat(
          messages,
          (message) => `${message.interaction ?? ""}${message.number}`,
          (message, index) => bubble(desk, message, messages[index - 1], name),
        )}
        ${repeat(drafts, (draft) => draft.message, (draft) => unsent(desk, draft))}
      </ol>
    </div>
    ${each.phase === "active" ? composer(desk, each, name) : wrapUp(desk, each)}
  </section>`;
}

function head(desk: Desk, each: Interaction, name: string): TemplateResult {
  const { memory } = desk;
  const off = desk.client.connection !== "online";
  const act = (type: string) => () => void desk.act({ type, interaction: each.id });
  const open = (kind: "transfer" | "consult") => () => {
    memory.handover = { interaction: each.id, kind, search: "", target: "", note: "" };
    desk.redraw();
  };
  const held = each.on_hold_since !== null;
  const tool = (symbol: Parameters<typeof icon>[0], label: string, click: () => void, extra = "") =>
    html`<button class="button compact ${extra}" type="button" ?disabled=${off} title=${label} aria-label=${label} @click=${click}>
      ${icon(symbol)}<span class="label-text">${label}</span>
    </button>`;
  const consult = each.kind === "consult";
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
            : html`${tool(held ? "play" : "pause", desk.t(held ? "action.unhold" : "action.hold"), act(held ? "hold.end" : "hold.start"))}
              ${each.consult ? nothing : tool("consult", desk.t("action.consult"), open("consult"))}
              ${tool("transfer", desk.t("action.transfer"), open("transfer"))}`}
          ${tool("end", desk.t("action.end"), act("interaction.end"), "danger")}
        </div>`
      : nothing}
    <button
      class="button plain square compact"
      type="button"
      aria-pressed=${memory.details}
      aria-label=${desk.t("desk.details")}
      title=${desk.t("desk.details")}
      @click=${() => {
        memory.details = !memory.details;
        memory.selected = each.id;
        desk.redraw();
      }}
    >
      ${icon("info")}
    </button>
  </header>`;
}

function strip(desk: Desk, each: Interaction): TemplateResult | typeof nothing {
  if (each.kind === "consult") return html`<div class="thread-strip">${icon("consult")}${desk.t("consult.asks")}</div>`;
  if (each.consult) {
    const name = each.consult.agent_name ?? "";
    const talking = each.consult.phase === "active";
    const act = (type: string) => () => void desk.act({ type, interaction: each.id });
    return html`<div class="thread-strip">
      ${icon("consult")}
      <span>${talking ? (name ? desk.t("consult.with", { name }) : desk.t("consult.talking")) : desk.t("consult.ringing", { name })}</span>
      <span class="spring"></span>
      <button class="button compact" type="button" @click=${act("consult.end")}>${desk.t("action.end_consult")}</button>
      ${talking
        ? html`<button class="button compact primary" type="button" @click=${act("consult.complete")}>${desk.t("action.complete")}</button>`
        : nothing}
    </div>`;
  }
  if (each.on_hold_since !== null && each.phase === "active") {
    return html`<div class="thread-strip hold">
      ${icon("pause")}<span>${desk.t("phase.on_hold")}</span><time>${desk.f.clock(desk.now - each.on_hold_since)}</time>
    </div>`;
  }
  return nothing;
}

function bubble(desk: Desk, message: Message, before: Message | undefined, customer: string): TemplateResult {
  const mine = message.author === "agent" && message.author_id === desk.model.me?.id;
  const first = !before || before.author !== message.author || before.author_id !== message.author_id || message.at - before.at > 120_000;
  const role = message.author === "agent" ? (mine ? "mine" : "colleague") : message.author;
  const by = message.author === "note" ? desk.t("thread.note") : "";
  const who = mine ? desk.t("thread.you") : message.author_name || (message.author === "customer" ? customer : "");
  return html`<li class="bubble ${role} ${first ? "first" : ""}">
    ${first && message.author !== "system"
      ? html`<p class="by"><bdi>${who}</bdi>${by ? html`<span>${by}</span>` : nothing}<time>${desk.f.time(message.at)}</time></p>`
      : nothing}
    <p class="body" dir="auto">${message.text}</p>
  </li>`;
}

function unsent(desk: Desk, draft: Draft): TemplateResult {
  const drop = (): void => {
    desk.memory.failed = desk.memory.failed.filter((each) => each.message !== draft.message);
    desk.redraw();
  };
  const state =
    draft.state === "failed"
      ? html`<span class="bad">${desk.t("thread.failed")}${draft.reason ? `: ${draft.reason}` : ""}</span>
          <button
            type="button"
            @click=${() => {
              drop();
              desk.say(draft.interaction, draft.text, draft.note, draft.message);
            }}
          >
            ${desk.t("thread.retry")}
          </button>
          <button type="button" @click=${drop}>${desk.t("thread.discard")}</button>`
      : html`<span>${desk.t(draft.state === "sending" ? "thread.sending" : "thread.waiting")}</span>`;
  return html`<li class="bubble ${draft.note ? "note" : "mine"} ${draft.state === "failed" ? "failed" : "pending"}">
    <p class="body" dir="auto">${draft.text}</p>
    <p class="by">${state}</p>
  </li>`;
}
