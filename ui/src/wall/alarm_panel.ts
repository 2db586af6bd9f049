import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { type Alarm, type AlarmKind, FAULTS } from "./alarms";
import { readAlong } from "./agent_panel";
import { type Key, type Wall, agentName, queueName } from "./context";
import type { PastAlarm } from "./office";

/** What an alarm says, in one sentence. */
export function alarmWords(wall: Wall, alarm: { kind: AlarmKind; queue: string; agent: string; detail: string }): string {
  const { t } = wall;
  const queue = queueName(wall, alarm.queue);
  const agent = agentName(wall, alarm.agent);
  const name = wall.memory.names.lines?.[alarm.detail] ?? alarm.detail;
  switch (alarm.kind) {
    case "wait":
      return t("alarm.wait", { queue });
    case "help":
      return alarm.detail ? t("alarm.help_question", { agent, question: alarm.detail }) : t("alarm.help", { agent });
    case "wrap":
      return t("alarm.wrap", { agent });
    case "telephone":
      return t("alarm.telephone", { agent });
    case "level":
      return t("alarm.level", { queue });
    case "empty":
      return t("alarm.empty", { queue });
    case "lost":
      return alarm.detail ? t("alarm.lost_n", { queue, n: Number(alarm.detail) }) : t("alarm.lost", { queue });
    case "surge":
      return alarm.detail ? t("alarm.surge_n", { queue, n: Number(alarm.detail) }) : t("alarm.surge", { queue });
    case "carrier":
      return t("alarm.carrier", { name });
    case "carrier_sound":
      return t("alarm.carrier_sound", { name });
    case "station_sound":
      return t("alarm.station_sound", { name });
    case "silent":
      return t("alarm.silent", { name });
    case "sign_ons":
      return t("alarm.sign_ons", { name });
    case "clock":
      return t("alarm.clock", { name });
    case "figure":
      return t("alarm.figure", { name });
    case "spend_day":
      return alarm.detail === "100" ? t("alarm.spend_day_all") : t("alarm.spend_day", { n: Number(alarm.detail) });
    case "spend_month":
      return alarm.detail === "100" ? t("alarm.spend_month_all") : t("alarm.spend_month", { n: Number(alarm.detail) });
  }
}

/** Goes to where something can be done about it. */
export function attend(wall: Wall, alarm: { kind: AlarmKind; queue: string; agent: string; interaction: string }): void {
  if (alarm.kind === "spend_day" || alarm.kind === "spend_month") location.assign("/setup/dial/");
  else if (alarm.kind === "figure") location.assign("/figures/alerts/");
  else if (FAULTS.has(alarm.kind)) location.assign("/voice/quality/");
  else if (alarm.kind === "help") void readAlong(wall, alarm.interaction);
  else if (alarm.kind === "wrap" || alarm.kind === "telephone") wall.open({ kind: "agent", id: alarm.agent });
  else wall.open({ kind: "queue", id: alarm.queue });
}

export function acknowledge(wall: Wall, alarm: Alarm): void {
  void wall.act({ type: "alarm.acknowledge", alarm: alarm.id });
}

/** Alarms that are on, and those of the day. */
export function alarmPanel(wall: Wall): TemplateResult {
  const { t, memory, alarms } = wall;
  const tab = (shown: boolean, label: Key): TemplateResult =>
    html`<button
      type="button"
      aria-pressed=${memory.historyShown === shown}
      @click=${() => {
        memory.historyShown = shown;
        memory.history = null;
        wall.redraw();
        if (shown) void loadHistory(wall);
      }}
    >
      ${t(label)}
    </button>`;
  return html`<div class="segmented">${tab(false, "alarm.now")}${tab(true, "alarm.day")}</div>
    ${memory.historyShown
      ? history(wall)
      : alarms.length
        ? html`<ul class="alarms">${repeat(alarms, (alarm) => alarm.id, (alarm) => row(wall, alarm))}</ul>`
        : html`<p class="quiet">${t("alarm.none")}</p>`}`;
}

function row(wall: Wall, alarm: Alarm): TemplateResult {
  const { t, f } = wall;
  const known = alarm.acknowledged;
  return html`<li class="${alarm.urgent && !known ? "urgent" : ""} ${known ? "seen" : ""}" data-alarm=${alarm.id}>
    <button type="button" class="row-open" @click=${() => attend(wall, alarm)}><span>${alarmWords(wall, alarm)}</span></button>
    <time>${alarm.since === null ? "" : f.clock(wall.now - alarm.since)}</time>
    ${known
      ? html`<span class="quiet">${t("alarm.seen_by", { name: known.by === wall.me ? t("thread.you") : agentName(wall, known.by), time: f.time(known.at) })}</span>`
      : html`<button class="button compact" type="button" ?disabled=${wall.client.connection !== "online"} @click=${() => acknowledge(wall, alarm)}>${t("alarm.acknowledge")}</button>`}
  </li>`;
}

export async function loadHistory(wall: Wall): Promise<void> {
  const { memory } = wall;
  if (memory.history === null) memory.history = "loading";
  const found = await wall.office<PastAlarm[]>("alarms");
  memory.history = found ?? "failed";
  wall.redraw();
}

function history(wall: Wall): TemplateResult {
  const { t, f, memory } = wall;
  const past = memory.history;
  if (past === "failed") return html`<p class="errorlist">${t("alarm.history_away")}</p>`;
  if (past === null || past === "loading") return html`<p class="quiet">${t("wall.loading")}</p>`;
  if (!past.length) return html`<p class="quiet">${t("alarm.none_today")}</p>`;
  return html`<ul class="alarms past">
    ${repeat(
      past,
      (each) => `${each.alarm} ${each.raised_at}`,
      (each) =>
        html`<li>
          <span class="words">${each.contact ? html`<a href="/contacts/${encodeURIComponent(each.contact)}/">${alarmWords(wall, each)}</a>` : alarmWords(wall, each)}</span>
          <time>${f.time(each.raised_at)}${each.ended_at ? html`–${f.time(each.ended_at)}` : nothing}</time>
          <span class="quiet"
            >${each.ended_at ? t("alarm.lasted", { time: f.clock(each.ended_at - each.raised_at) }) : t("alarm.still")}${each.acknowledged_by
              ? html` · ${t("alarm.seen_by", { name: agentName(wall, each.acknowledged_by), time: f.time(each.acknowledged_at) })}`
              : nothing}</span
          >
        </li>`,
    )}
  </ul>`;
}
