import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { listOf } from "../live/fold";
import { newId } from "../live/identity";
import type { Followed, Message } from "../live/types";
import { sendBack } from "./agent_panel";
import { type Wall, queueName } from "./context";

type Said = Omit<Message, "author"> & { author: string; attachments?: { name: string }[] };

/** A conversation the supervisor reads along: live, with a whisper to the agent, and taking over. */
export function alongPanel(wall: Wall, id: string): TemplateResult {
  const { t, f } = wall;
  const along = wall.client.topic("along");
  const followed = along.keys[`i:${id}`] as unknown as Followed | undefined;
  if (!followed) {
    return html`<p class="quiet" role="status">${t(wall.client.connection === "online" ? "along.waiting" : "connection.connecting")}</p>`;
  }
  const messages = [
    ...(followed.parent ? listOf<Said>(along, `m:${followed.parent}:`) : []),
    ...listOf<Said>(along, `m:${id}:`),
  ];
  const off = wall.client.connection !== "online";
  const name = followed.customer_name || t("customer.unknown");
  const byVoice = followed.channel === "voice" || followed.channel === "callback";
  const room = wall.agents.some((agent) => agent.id === wall.agent);
  return html`<p class="drawer-state">
      <a href="/contacts/${encodeURIComponent(followed.contact)}/"><bdi>${name}</bdi></a><span aria-hidden="true">↔</span>
      <button type="button" class="tile-open" @click=${() => followed.agent && wall.open({ kind: "agent", id: followed.agent })}><bdi>${followed.agent_name}</bdi></button>
      <span class="quiet">${queueName(wall, followed.queue)} · ${followed.on_hold_since !== null ? t("phase.on_hold") : t(`phase.${followed.phase}`)}</span>
      <time>${f.clock(wall.now - followed.since)}</time>
    </p>
    ${followed.agent ? html`<p class="along-seen">${t("along.seen", { agent: followed.agent_name })}</p>` : nothing}
    ${byVoice && followed.phase === "active" ? voiceModes(wall, id, followed, off) : nothing}
    ${followed.help_since !== null
      ? html`<div class="along-help" role="status">
          <p dir="auto"><strong>${t("along.asks", { agent: followed.agent_name })}</strong> ${followed.help_question}</p>
          <button class="button compact primary" type="button" ?disabled=${off} @click=${() => void wall.act({ type: "help.answer", interaction: id }, { text: t("done.help_answered", { name: followed.agent_name }) })}>
            ${t("along.answer_help")}
          </button>
        </div>`
      : nothing}
    <div class="along-log" tabindex="0" role="log" aria-live="polite" aria-label=${t("along.title")} data-follow><ol>
      ${messages.length ? nothing : html`<li class="quiet">${t("along.empty")}</li>`}
      ${repeat(
        messages,
        (message) => `${message.interaction ?? ""}:${message.number}`,
        (message) =>
          html`<li class="said by-${message.author}">
            <span class="by"><bdi>${authorOf(wall, message, name)}</bdi> <time>${f.time(message.at)}</time></span>
            <p dir="auto">${message.text}</p>
            ${(message.attachments ?? []).map((file) => html`<span class="badge"><bdi>${file.name}</bdi></span>`)}
          </li>`,
      )}
    </ol></div>
    ${followed.phase === "active" || followed.phase === "wrap_up" ? whisper(wall, id, followed, off) : nothing}
    <div class="drawer-tools">
      ${followed.phase === "active" && followed.kind !== "consult"
        ? wall.memory.confirming === `take:${id}`
          ? html`<button class="button danger" type="button" data-confirm ?disabled=${off} @click=${() => void takeOver(wall, id, name)}>${t("along.sure_take_over", { name: followed.agent_name })}</button>`
          : html`<button
              class="button"
              type="button"
              ?disabled=${off || !room}
              title=${room ? "" : t("along.sign_in_first")}
              @click=${() => {
                wall.memory.confirming = `take:${id}`;
                wall.redraw();
              }}
            >
              ${t("along.take_over")}
            </button>`
        : nothing}
      ${followed.phase === "active" && followed.kind !== "consult" ? sendBack(wall, id, followed.customer_name, followed.agent_name) : nothing}
      <button class="button plain" type="button" ?disabled=${off} @click=${() => void stop(wall, id)}>${t("along.stop")}</button>
    </div>
    ${room || followed.phase !== "active" ? nothing : html`<p class="help">${t("along.sign_in_first")}</p>`}`;
}

const MODES = { read: "along.read_only", listen: "along.listen", whisper: "along.whisper_voice", barge: "along.barge" } as const;

/** Hears the call, speaks to the agent alone, or to both; the own telephone answers by itself. */
function voiceModes(wall: Wall, id: string, followed: Followed, off: boolean): TemplateResult {
  const { t } = wall;
  const now = followed.modes?.[wall.me] ?? "read";
  const choice = (mode: keyof typeof MODES): TemplateResult =>
    html`<button type="button" aria-pressed=${now === mode} ?disabled=${off} data-follow-mode=${mode} @click=${() => void followBy(wall, id, mode)}>${t(MODES[mode])}</button>`;
  return html`<div class="along-modes">
    <div class="segmented" role="group" aria-label=${t("along.mode")}>${choice("read")} ${choice("listen")} ${choice("whisper")} ${choice("barge")}</div>
    ${now === "read" ? nothing : html`<p class="badge accent" role="status">${t("along.mode_on", { mode: t(MODES[now as keyof typeof MODES]) })}</p>`}
  </div>`;
}

/** The telephone first: the exchange calls it at once. */
async function followBy(wall: Wall, id: string, mode: keyof typeof MODES): Promise<void> {
  if (mode !== "read" && !(await telephone(wall))) return;
  await wall.act({ type: "monitor.start", interaction: id, mode });
}

async function telephone(wall: Wall): Promise<boolean> {
  const { line } = await import("../phone/wall");
  const found = await line();
  if (found === "ready") return true;
  wall.tell(wall.t(found === "none" ? "along.no_phone" : "along.phone_off"));
  return false;
}

function authorOf(wall: Wall, message: Said, customer: string): string {
  const { t } = wall;
  if (message.author === "customer") return message.author_name || customer;
  if (message.author === "system") return t("along.system");
  const name = message.author_id === wall.me ? t("thread.you") : message.author_name || wall.memory.names.people[message.author_id ?? ""] || message.author_id || "";
  if (message.author === "note") return t("along.note_by", { name });
  if (message.author === "whisper") return t("along.whisper_by", { name });
  return name;
}

function whisper(wall: Wall, id: string, followed: Followed, off: boolean): TemplateResult {
  const { t, memory } = wall;
  const send = async (): Promise<void> => {
    const text = (memory.whispers.get(id) ?? "").trim();
    if (!text) return;
    memory.whispers.set(id, "");
    wall.redraw();
    const sent = await wall.act({ type: "message.post", interaction: id, message: newId("m"), author: "whisper", text });
    if (!sent && !memory.whispers.get(id)) memory.whispers.set(id, text); // nothing typed is lost
    wall.redraw();
  };
  return html`<form
    class="whisper-form"
    @submit=${(event: Event) => {
      event.preventDefault();
      void send();
    }}
  >
    <label class="visually-hidden" for="whisper">${t("along.whisper", { name: followed.agent_name })}</label>
    <textarea
      id="whisper"
      class="input"
      rows="2"
      maxlength="4000"
      dir="auto"
      placeholder=${t("along.whisper", { name: followed.agent_name })}
      .value=${live(memory.whispers.get(id) ?? "")}
      @input=${(event: Event) => memory.whispers.set(id, (event.target as HTMLTextAreaElement).value)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        void send();
      }}
    ></textarea>
    <button class="button primary" ?disabled=${off}>${t("along.send")}</button>
    <p class="help">${t("along.whisper_help")}</p>
  </form>`;
}

async function takeOver(wall: Wall, id: string, name: string): Promise<void> {
  const followed = wall.client.topic("along").keys[`i:${id}`] as unknown as Followed | undefined;
  if ((followed?.channel === "voice" || followed?.channel === "callback") && !(await telephone(wall))) return;
  if (await wall.act({ type: "contact.take_over", interaction: id }, { text: wall.t("done.taken_over", { name }) })) location.assign("/desk/");
}

async function stop(wall: Wall, id: string): Promise<void> {
  if (await wall.act({ type: "monitor.stop", interaction: id })) wall.open(null);
}
