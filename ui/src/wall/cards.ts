import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../design/icons";
import { initials, tint } from "../desk/model";
import { type Wall, reasonName } from "./context";
import type { AgentCard } from "./figures";

/** Only cards near the window are drawn: five hundred agents cost as much as fifty. */
export class Windowing {
  from = 0;
  to = 60;
  before = 0;
  after = 0;
  private columns = 4;
  private row = 64;

  /** Looks at the list on the page and where it is scrolled to; whether other cards must be drawn now. */
  measure(list: HTMLElement | null, scroller: HTMLElement | null, count: number): boolean {
    if (!list || !scroller) return false;
    const style = getComputedStyle(list);
    const columns = Math.max(1, style.gridTemplateColumns.split(" ").length);
    const card = list.querySelector<HTMLElement>(".agent");
    const row = card ? card.offsetHeight + (Number.parseFloat(style.rowGap) || 0) : this.row;
    const top = (list.previousElementSibling ?? list).getBoundingClientRect().top; // the space before the drawn cards
    const above = scroller.getBoundingClientRect().top - top;
    const rows = Math.ceil(count / columns);
    const first = Math.max(0, Math.min(Math.floor(above / row) - 4, Math.max(0, rows - 1)));
    const last = Math.min(rows, Math.max(0, Math.ceil((above + scroller.clientHeight) / row)) + 4);
    const from = first * columns;
    const to = Math.max(from + columns, last * columns);
    const before = first * row;
    const after = Math.max(0, rows - last) * row;
    const changed = from !== this.from || to !== this.to || before !== this.before || after !== this.after || columns !== this.columns;
    Object.assign(this, { columns, row, from, to, before, after });
    return changed;
  }
}

/** The cards from one to another; with a windowing, the others' space is kept. */
export function agentCards(wall: Wall, cards: AgentCard[], from: number, to: number, windowing: Windowing | null = null): TemplateResult {
  const space = (height: number): string => `block-size: ${height}px`;
  return html`<div class="agents-space" .style=${space(windowing?.before ?? 0)}></div>
    <ul class="agents" data-count=${cards.length}>
      ${repeat(cards.slice(from, to), (card) => card.agent.id, (card) => agentCard(wall, card))}
    </ul>
    <div class="agents-space" .style=${space(windowing?.after ?? 0)}></div>`;
}

const DOT = { ready: "ready", busy: "busy", wrap_up: "busy", hold: "alarm", not_ready: "not_ready" } as const;

export function stateWords(wall: Wall, card: AgentCard): string {
  const { agent, state } = card;
  if (state === "ready") return wall.t("wall.idle");
  if (state === "busy") return wall.t("phase.active");
  if (state === "wrap_up") return wall.t("phase.wrap_up");
  if (state === "hold") return wall.t("phase.on_hold");
  return agent.reason ? reasonName(wall, agent.reason) : wall.t("presence.not_ready");
}

function agentCard(wall: Wall, card: AgentCard): TemplateResult {
  const { agent, state, since } = card;
  const { t, f } = wall;
  const who = agent.work.find((work) => work.customer_name)?.customer_name ?? "";
  const more = agent.work.length > 1 ? ` × ${f.digits(agent.work.length)}` : "";
  const help = agent.work.some((work) => work.help_since !== null);
  const followed = agent.work.some((work) => work.monitors.includes(wall.me));
  const inner = html`<span class="avatar-spot">
      <span class="avatar tint-${tint(agent.id)}" aria-hidden="true">${initials(agent.name)}</span><span class="dot ${DOT[state]}"></span>
    </span>
    <span class="name" dir="auto">${agent.name}</span>
    <time>${f.clock(wall.now - since)}</time>
    <span class="state ${state}"
      ><span>${stateWords(wall, card)}${more}${who && state !== "ready" ? " ·" : nothing}</span>${who && state !== "ready" ? html`<bdi>${who}</bdi>` : nothing}</span
    >
    <span class="done number" title=${t("wall.how.agent_answered")}
      >${help ? html`<span class="badge alarm">${t("wall.help")}</span>` : nothing}${followed ? html`<span class="badge accent">${icon("eye")}<span class="visually-hidden">${t("along.reading")}</span></span>` : nothing}
      ✓ ${f.digits(agent.answered)}</span
    >`;
  return html`<li class="agent ${help ? "asks" : ""}" data-agent=${agent.id} data-state=${state}>
    ${wall.address.screen ? html`<div class="agent-in">${inner}</div>` : html`<button type="button" class="agent-in" @click=${() => wall.open({ kind: "agent", id: agent.id })}>${inner}</button>`}
  </li>`;
}
