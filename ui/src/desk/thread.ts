import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { bubble, unsent } from "./bubbles";
import { composer } from "./composer";
import type { Desk } from "./context";
import { draftsOf, messagesOf } from "./model";
import { addressee } from "./send";
import { strips } from "./strips";
import { threadHead } from "./thread_head";
import type { Interaction, Message } from "./types";
import { byVoice } from "./voice";
import { nameOf } from "./words";
import { wrapUp } from "./wrap_up";

/** Messages drawn of a long conversation, and how many more each time the reader goes up. */
const WINDOW = 80;

/** One conversation with its head, messages, and either the composer or the wrap-up. */
export function thread(desk: Desk, each: Interaction): TemplateResult {
  const topic = desk.client.topic("desk");
  const messages = messagesOf(topic, each);
  const drafts = draftsOf([each.id, addressee(each)], messages, desk.client.outbox.pending(), desk.memory.failed, desk.client.connection === "online");
  const name = nameOf(desk, each);
  const hidden = Math.max(0, messages.length - (desk.memory.shown.get(each.id) ?? WINDOW));
  const shown = hidden ? messages.slice(hidden) : messages;
  const last = lastToCustomer(messages, each);
  const receipt = last ? desk.t(last.number <= (each.read_by_customer ?? 0) ? "thread.seen" : "thread.sent") : "";
  return html`<section class="thread" data-interaction=${each.id} aria-label=${desk.t("thread.label", { name })}>
    ${threadHead(desk, each, name)} ${strips(desk, each)} ${desk.voice?.panel(each) ?? nothing}
    <div class="thread-scroll" tabindex="0" role="log" aria-live="polite" aria-label=${desk.t("thread.label", { name })} data-follow>
      <ol class="bubbles">
        ${hidden
          ? html`<li class="earlier">
              <button class="button compact" type="button" data-earlier @click=${() => showEarlier(desk, each.id)}>
                ${desk.t("thread.earlier", { n: hidden })}
              </button>
            </li>`
          : nothing}
        ${messages.length + drafts.length === 0 ? html`<li class="bubble system"><p class="body">${desk.t(byVoice(each) ? "thread.call" : "thread.empty")}</p></li>` : nothing}
        ${repeat(
          shown,
          (message) => `${message.interaction ?? ""}${message.number}`,
          (message, index) => bubble(desk, message, shown[index - 1], name, message === last ? receipt : ""),
        )}
        ${repeat(drafts, (draft) => draft.message, (draft) => unsent(desk, draft))}
      </ol>
    </div>
    ${each.phase === "active" ? html`${typingLine(desk, each)}${composer(desk, each, name)}` : wrapUp(desk, each)}
  </section>`;
}

export function showEarlier(desk: Desk, id: string): void {
  desk.memory.shown.set(id, (desk.memory.shown.get(id) ?? WINDOW) + WINDOW);
  desk.redraw();
}

/** A line that is always there, so that nothing moves when somebody begins to write. */
function typingLine(desk: Desk, each: Interaction): TemplateResult {
  const typist = desk.memory.typists.get(addressee(each)) ?? desk.memory.typists.get(each.id);
  const writing = typist && typist.until > desk.now ? typist.name || nameOf(desk, each) : "";
  return html`<p class="typing-line" role="status">
    ${writing ? html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>${desk.t("thread.typing", { name: writing })}` : nothing}
  </p>`;
}

/** The latest message to the customer if nothing of theirs followed: only there its receipt says something. */
function lastToCustomer(messages: readonly Message[], each: Interaction): Message | null {
  if (each.kind === "consult") return null;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (!message || message.author === "customer") return null;
    if (message.author === "agent") return message.interaction === each.id || message.interaction === undefined ? message : null;
  }
  return null;
}

