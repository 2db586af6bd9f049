import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { WallQueue, WallWaiter } from "../live/types";
import { contactsLink } from "./address";
import { type Key, type Wall, queueName } from "./context";
import { cardOf, valuesOf } from "./figures";
import { stateWords } from "./cards";

/** Waiters drawn at most; the list behind the figure shows the rest. */
const MOST = 100;
const CLASSES: readonly Key[] = ["priority.low", "priority.normal", "priority.high", "priority.urgent"];

/** One queue: its switches, who waits, who serves. */
export function queuePanel(wall: Wall, id: string): TemplateResult {
  const { t, f, topic } = wall;
  const queue = topic.keys[`q:${id}`] as unknown as WallQueue | undefined;
  if (!queue) return html`<p class="quiet">${t("wall.queue_gone")}</p>`;
  const waiting = valuesOf<WallWaiter>(topic, "w:")
    .filter((each) => each.queue === id)
    .sort((a, b) => a.queued_at - b.queued_at || (a.interaction < b.interaction ? -1 : 1));
  const agents = wall.agents.filter((agent) => agent.queues.includes(id)).map(cardOf);
  return html`${switches(wall, queue)}
    <h3>${t("wall.who_waits")} <span class="number">${f.digits(queue.waiting)}</span></h3>
    ${waiting.length
      ? html`<ul class="waiters">${repeat(waiting.slice(0, MOST), (each) => each.interaction, (each) => waiter(wall, each))}</ul>
          ${waiting.length > MOST ? html`<p><a href=${contactsLink({ queue: id, state: "waiting" })}>${t("wall.all_waiting", { n: waiting.length })}</a></p>` : nothing}`
      : html`<p class="quiet">${t("wall.nobody_waits")}</p>`}
    <h3>${t("wall.who_serves")} <span class="number">${f.digits(agents.length)}</span></h3>
    ${agents.length
      ? html`<ul class="servers">
          ${repeat(
            agents.slice(0, MOST),
            (card) => card.agent.id,
            (card) =>
              html`<li>
                <button type="button" class="row-open" @click=${() => wall.open({ kind: "agent", id: card.agent.id })}>
                  <span class="dot ${card.state === "ready" ? "ready" : card.state === "not_ready" ? "not_ready" : "busy"}"></span><bdi>${card.agent.name}</bdi>
                  <span class="quiet">${stateWords(wall, card)}</span><time>${f.clock(wall.now - card.since)}</time>
                </button>
              </li>`,
          )}
        </ul>`
      : html`<p class="quiet">${t("wall.nobody_serves")}</p>`}`;
}

function switches(wall: Wall, queue: WallQueue): TemplateResult | typeof nothing {
  const { t, memory } = wall;
  if (!wall.rights.has("operate_queues")) return nothing;
  const name = queueName(wall, queue.id);
  const off = wall.client.connection !== "online";
  const open = { type: "queue.open", queue: queue.id };
  const close = { type: "queue.close", queue: queue.id };
  return html`<div class="drawer-tools">
      <button
        class="button"
        type="button"
        ?disabled=${off}
        @click=${() => void wall.act(queue.open ? close : open, { text: t(queue.open ? "done.closed" : "done.opened", { name }), undo: [queue.open ? open : close] })}
      >
        ${t(queue.open ? "wall.do_close" : "wall.do_open")}
      </button>
      <button
        class="button"
        type="button"
        ?disabled=${off}
        aria-pressed=${queue.overflow_now.length > 0}
        aria-expanded=${memory.overflow?.of === queue.id}
        @click=${() => {
          memory.overflow = memory.overflow?.of === queue.id ? null : { of: queue.id, to: [...queue.overflow_now] };
          wall.redraw();
        }}
      >
        ${t("wall.overflow")}
      </button>
      <button class="button" type="button" @click=${() => wall.open({ kind: "incident", queues: [queue.id] })}>${t("incident.title")}</button>
    </div>
    ${memory.overflow?.of === queue.id ? overflow(wall, queue) : nothing}`;
}

function overflow(wall: Wall, queue: WallQueue): TemplateResult {
  const { t, memory } = wall;
  const chosen = memory.overflow!.to;
  const others = wall.queues.filter((other) => other.id !== queue.id);
  const before = [...queue.overflow_now];
  const set = async (to: string[], undoing: boolean): Promise<void> => {
    const done = await wall.office(`queues/${encodeURIComponent(queue.id)}/overflow`, { to });
    if (done === null) return;
    memory.overflow = null;
    wall.tell(t(to.length ? "done.overflow_on" : "done.overflow_off", { name: queueName(wall, queue.id) }), undoing ? null : () => void set(before, true));
  };
  return html`<form
    class="overflow-choice"
    @submit=${(event: Event) => {
      event.preventDefault();
      void set(chosen, false);
    }}
  >
    <fieldset>
      <legend>${t("wall.overflow_who")}</legend>
      ${others.map(
        (other) =>
          html`<label class="check"
            ><input
              type="checkbox"
              .checked=${chosen.includes(other.id)}
              @change=${(event: Event) => {
                const on = (event.target as HTMLInputElement).checked;
                memory.overflow!.to = on ? [...chosen, other.id] : chosen.filter((id) => id !== other.id);
                wall.redraw();
              }}
            /><bdi>${queueName(wall, other.id)}</bdi> <span class="quiet">${t("wall.ready_n", { n: other.ready })}</span></label
          >`,
      )}
      ${others.length ? nothing : html`<p class="quiet">${t("wall.no_other_queue")}</p>`}
    </fieldset>
    <div class="drawer-tools">
      <button class="button primary" ?disabled=${same(chosen, before)}>${t(chosen.length ? "wall.overflow_set" : "wall.overflow_clear")}</button>
    </div>
  </form>`;
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

function waiter(wall: Wall, each: WallWaiter): TemplateResult {
  const { t, f, memory } = wall;
  const name = each.customer_name || t("customer.unknown");
  const off = wall.client.connection !== "online";
  const confirm = `close:${each.interaction}`;
  const priority = (level: number): { type: string; interaction: string; priority: number } => ({ type: "contact.set_priority", interaction: each.interaction, priority: level });
  return html`<li data-waiting=${each.interaction}>
    <a class="who-link" href="/contacts/${encodeURIComponent(each.contact)}/"><bdi>${name}</bdi></a>
    <time>${f.clock(wall.now - each.queued_at)}</time>
    <span class="quiet"
      >${t(`channel.${each.channel}`)}${each.phase === "offered" ? html` · ${t("phase.offered")}` : nothing}${each.away_since ? html` · ${t("wall.customer_away")}` : nothing}</span
    >
    <span class="row-tools">
      <label class="visually-hidden" for="p-${each.interaction}">${t("priority.label", { name })}</label>
      <select
        id="p-${each.interaction}"
        class="input"
        ?disabled=${off}
        .value=${String(each.priority)}
        @change=${(event: Event) => {
          const level = Number((event.target as HTMLSelectElement).value);
          void wall.act(priority(level), { text: t("done.priority", { name, what: t(CLASSES[level] ?? "priority.normal") }), undo: [priority(each.priority)] });
        }}
      >
        ${CLASSES.map((key, level) => html`<option value=${level} ?selected=${level === each.priority}>${t(key)}</option>`)}
      </select>
      ${memory.confirming === confirm
        ? html`<button class="button compact danger" type="button" data-confirm ?disabled=${off} @click=${() => void wall.act({ type: "interaction.close", interaction: each.interaction, reason: "diverted" }, { text: t("done.contact_closed", { name }) })}>
            ${t("wall.sure_close")}
          </button>`
        : html`<button class="button compact plain" type="button" ?disabled=${off} aria-label=${t("wall.close_contact_of", { name })} @click=${() => sure(wall, confirm)}>${t("wall.close_contact")}</button>`}
    </span>
  </li>`;
}

/** Asks before what cannot be taken back; asking something else forgets it. */
export function sure(wall: Wall, what: string): void {
  wall.memory.confirming = what;
  wall.redraw();
}

