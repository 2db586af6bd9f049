import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../design/icons";
import { pick } from "../language/catalogue";
import type { Desk } from "./context";
import type { FollowUp } from "./office";
import { moment, termName } from "./words";
import { bandWords } from "./wrap_up";

const STANDS = { over: "day.over", under: "day.under", within: "day.within" } as const;

/** The agent's own day, as honest as the numbers behind it: every mean with its n. */
export function dayCards(desk: Desk): TemplateResult {
  const day = desk.office.myDay();
  const { me } = desk.model;
  const none = "–";
  const mean = day && day.answered > 0 ? desk.f.clock(day.handled_ms / day.answered) : none;
  const satisfaction = day?.satisfaction;
  return html`<section class="my-day" aria-label=${desk.t("day.title")}>
    <dl class="day-tiles">
      <div><dt>${desk.t("day.answered")}</dt><dd class="number">${desk.f.digits(Math.max(me?.answered ?? 0, day?.answered ?? 0))}</dd></div>
      <div><dt>${desk.t("day.handle")}</dt><dd class="number">${mean}</dd></div>
      <div>
        <dt>${desk.t("day.satisfaction")}</dt>
        <dd>
          <span class="number">${satisfaction?.mean == null ? none : desk.f.local(satisfaction.mean.toFixed(1))}</span>
          <span class="quiet small">${desk.t("day.n", { n: satisfaction?.n ?? 0 })}</span>
        </dd>
      </div>
      <div>
        <dt>${desk.t("day.break")}</dt>
        <dd>
          ${day?.next_break
            ? html`<span class="number">${desk.f.time(day.next_break.at)}</span>
                <span class="quiet small">–${desk.f.time(day.next_break.until)} · <bdi>${day.next_break.name}</bdi></span>`
            : html`<span class="number">${none}</span>`}
        </dd>
      </div>
    </dl>
    ${day?.by_reason.length
      ? html`<h3>${desk.t("day.by_reason")}</h3>
          <ul class="day-reasons">
            ${day.by_reason.map((each) => {
              const [low, high] = each.band ?? [null, null];
              const stand = standOf(each.mean_ms, low, high);
              const name = (typeof each.name === "string" ? each.name : pick(each.name, desk.language)) || (each.reason ? termName(desk, desk.reasons, each.reason) : desk.t("day.no_reason"));
              return html`<li class=${stand}>
                <span class="name">${name}</span>
                <span class="quiet small">${desk.t("day.n", { n: each.n })}</span>
                <span class="number">${each.mean_ms === null ? none : desk.f.clock(each.mean_ms)}</span>
                <span class="quiet small band">${each.band ? bandWords(desk, each.band) : desk.t("day.no_band")}${stand ? html` · ${desk.t(STANDS[stand])}` : nothing}</span>
              </li>`;
            })}
          </ul>`
      : nothing}
  </section>`;
}

/** How a mean stands to its band; empty where there is nothing to compare. */
export function standOf(mean: number | null, low: number | null, high: number | null): keyof typeof STANDS | "" {
  if (mean === null || (low === null && high === null)) return "";
  if (high !== null && mean > high) return "over";
  return low !== null && mean < low ? "under" : "within";
}

/** My day as a panel beside the work. */
export function dayPanel(desk: Desk): TemplateResult {
  return html`<aside class="desk-details" aria-label=${desk.t("day.title")}>
    <div class="detail-head">
      <button
        class="button plain square compact details-close"
        type="button"
        aria-label=${desk.t("desk.close_details")}
        @click=${() => {
          desk.memory.panel = null;
          desk.redraw();
        }}
      >
        ${icon("close")}
      </button>
      <h2>${desk.t("day.title")}</h2>
      <p class="quiet small">${desk.f.day(desk.now)}</p>
    </div>
    ${dayCards(desk)}
    <section>${followUpList(desk, 50)}</section>
  </aside>`;
}

/** What the agent owes, what is late first. */
export function followUpList(desk: Desk, most: number): TemplateResult {
  const all = [...desk.office.followUps()].sort((a, b) => a.due_at - b.due_at);
  const late = all.filter((each) => each.due_at <= desk.now).length;
  return html`<div class="section-head">
      <h2>${desk.t("follow.list")}</h2>
      ${late ? html`<span class="badge alarm">${desk.t("follow.late", { n: late })}</span>` : all.length ? html`<span class="badge">${desk.f.digits(all.length)}</span>` : nothing}
    </div>
    ${all.length
      ? html`<ul class="follow-list">
          ${repeat(all.slice(0, most), (each) => each.id, (each) => row(desk, each))}
        </ul>`
      : html`<p class="quiet-line">${desk.t("follow.none")}</p>`}
    ${all.length > most ? html`<a class="small follow-all" href="/follow-ups/">${desk.t("follow.all", { n: all.length })}</a>` : nothing}`;
}

function row(desk: Desk, each: FollowUp): TemplateResult {
  const name = each.customer_name || desk.t("customer.unknown");
  const late = each.due_at <= desk.now;
  return html`<li class="follow-row ${late ? "late" : ""}">
    <a href=${`/contacts/${encodeURIComponent(each.contact)}/`} class="name"><bdi>${name}</bdi></a>
    <time>${late ? desk.t("follow.since", { time: moment(desk, each.due_at) }) : moment(desk, each.due_at)}</time>
    ${each.note ? html`<span class="line" dir="auto">${each.note}</span>` : nothing}
    <button
      class="button plain square compact"
      type="button"
      title=${desk.t("follow.done")}
      aria-label=${desk.t("follow.done_title", { name })}
      @click=${() => {
        desk.memory.finishing = { follow_up: each.id, name, result: "" };
        desk.redraw();
      }}
    >
      ${icon("check")}
    </button>
  </li>`;
}
