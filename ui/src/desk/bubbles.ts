import { html, nothing, type TemplateResult } from "lit-html";
import { fileOf } from "./attach";
import type { Desk } from "./context";
import type { Draft } from "./model";
import type { Message } from "./types";

/** One message. `receipt` is what is known of the last one to the customer: sent, or seen. */
export function bubble(desk: Desk, message: Message, before: Message | undefined, customer: string, receipt = ""): TemplateResult {
  const me = desk.model.me?.id;
  const mine = message.author === "agent" && message.author_id === me;
  const first = !before || before.author !== message.author || before.author_id !== message.author_id || message.at - before.at > 120_000;
  const role = message.author === "agent" ? (mine ? "mine" : "colleague") : message.author;
  const by = message.author === "note" ? desk.t("thread.note") : message.author === "whisper" ? desk.t("thread.whisper") : "";
  const who = mine || (message.author === "note" && message.author_id === me) ? desk.t("thread.you") : message.author_name || (message.author === "customer" ? customer : "");
  const named = message.mentions?.includes(me ?? "") ?? false;
  return html`<li class="bubble ${role} ${first ? "first" : ""} ${named ? "named" : ""}">
    ${first && message.author !== "system"
      ? html`<p class="by">
          <bdi>${who}</bdi>${by ? html`<span>${by}</span>` : nothing}${named ? html`<span class="badge accent">${desk.t("mention.you")}</span>` : nothing}<time
            >${desk.f.time(message.at)}</time
          >
        </p>`
      : nothing}
    ${message.text ? html`<p class="body" dir="auto">${worded(desk, message)}</p>` : nothing}
    ${message.attachments?.length ? html`<div class="sent-files">${message.attachments.map((file) => fileOf(desk, file))}</div>` : nothing}
    ${receipt ? html`<p class="by receipt">${receipt}</p>` : nothing}
  </li>`;
}

/** The text with the colleagues named in it marked. */
function worded(desk: Desk, message: Message): unknown {
  const names = (message.mentions ?? [])
    .map((id) => (id === desk.model.me?.id ? desk.model.me.name : [...desk.model.colleagues, ...desk.people].find((each) => each.id === id)?.name))
    .filter((name): name is string => Boolean(name))
    .map((name) => `@${name}`);
  if (names.length === 0) return message.text;
  const parts: unknown[] = [];
  let rest = message.text;
  while (rest) {
    const found = names.map((name) => ({ name, at: rest.indexOf(name) })).filter(({ at }) => at >= 0);
    const next = found.sort((a, b) => a.at - b.at || b.name.length - a.name.length)[0];
    if (!next) break;
    parts.push(rest.slice(0, next.at), html`<mark class="mention"><bdi>${next.name}</bdi></mark>`);
    rest = rest.slice(next.at + next.name.length);
  }
  return [...parts, rest];
}

/** What the centre has not taken yet, or has refused. */
export function unsent(desk: Desk, draft: Draft): TemplateResult {
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
              desk.say(draft.interaction, draft.text, draft.note, { message: draft.message, attachments: draft.attachments ?? [], mentions: draft.mentions ?? [] });
            }}
          >
            ${desk.t("thread.retry")}
          </button>
          <button type="button" @click=${drop}>${desk.t("thread.discard")}</button>`
      : html`<span>${desk.t(draft.state === "sending" ? "thread.sending" : "thread.waiting")}</span>`;
  return html`<li class="bubble ${draft.note ? "note" : "mine"} ${draft.state === "failed" ? "failed" : "pending"}">
    ${draft.text ? html`<p class="body" dir="auto">${draft.text}</p>` : nothing}
    ${draft.attachments?.length ? html`<div class="sent-files">${draft.attachments.map((file) => fileOf(desk, file))}</div>` : nothing}
    <p class="by">${state}</p>
  </li>`;
}
