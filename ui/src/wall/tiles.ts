import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { icon } from "../design/icons";
import { pick } from "../language/catalogue";
import type { WallAgent, WallQueue } from "../live/types";
import { type ContactsAsked, contactsLink } from "./address";
import { worryOf } from "./alarms";
import { type Key, type Wall, clientName, queueName, teamName } from "./context";
import { STEP, cardOf, figuresOf, merged, seriesOf } from "./figures";
import { spark } from "./spark";

/** A number that opens what it counts. How it is made is said on hover and focus, and to readers of screens. */
function figure(wall: Wall, value: string, label: string, asked: ContactsAsked | null, how: string, look = ""): TemplateResult {
  const inner = html`<span class="value ${look}">${value}</span><span class="label">${label}</span>`;
  if (!asked || wall.address.screen || !wall.rights.has("contacts")) return html`<div class="figure" title=${how}>${inner}</div>`;
  return html`<a class="figure" href=${contactsLink(asked)} title=${how} data-how=${how}>${inner}</a>`;
}

function formula(wall: Wall, id: string): string {
  const key = `formula.${id.replace(/^.*?sl[._]/, "")}`;
  return wall.known(key) ? wall.t(key) : id;
}

interface Group {
  id: string;
  name: string;
  asked: ContactsAsked;
  queues: WallQueue[];
  open: (() => void) | null;
}

/** One tile a queue. */
export function queueTiles(wall: Wall, queues: WallQueue[]): TemplateResult[] {
  return queues.map((queue) =>
    contactsTile(wall, {
      id: queue.id,
      name: pick(queue.name, wall.language, queue.id),
      asked: { queue: queue.id },
      queues: [queue],
      open: () => wall.open({ kind: "queue", id: queue.id }),
    }),
  );
}

/** One tile a client: its queues together. */
export function clientTiles(wall: Wall, queues: WallQueue[]): TemplateResult[] {
  const clients = [...new Set(queues.map((queue) => queue.client))].sort((a, b) => clientName(wall, a).localeCompare(clientName(wall, b), wall.language));
  return clients.map((client) =>
    contactsTile(wall, {
      id: client,
      name: clientName(wall, client),
      asked: { client },
      queues: queues.filter((queue) => queue.client === client),
      open: () => wall.go({ show: ["queues"], client }),
    }),
  );
}

function contactsTile(wall: Wall, group: Group): TemplateResult {
  const { t, f, now } = wall;
  const { queues, asked } = group;
  const own = figuresOf(queues);
  const ids = new Set(queues.map((queue) => queue.id));
  const waited = own.longest === null ? null : Math.max(0, now - own.longest);
  const late = waited !== null && queues.some((queue) => queue.longest_since !== null && now - queue.longest_since >= queue.sl.threshold_ms);
  const alarming = worryOf(wall.alarms, ids);
  const worry = alarming === "calm" && late ? "warn" : alarming;
  const left = own.neverAt === null ? null : Math.ceil((own.neverAt - now) / 1000);
  const one = queues.length === 1 ? queues[0]! : null;
  const sl = queues[0]!.sl;
  const sameTarget = queues.every((queue) => queue.sl.threshold_ms === sl.threshold_ms && queue.sl.target_permille === sl.target_permille);
  const level = own.n ? own.met / own.n : null;
  const target = sl.target_permille / 1000;
  const seconds = Math.round(sl.threshold_ms / 1000);
  const met = level === null || !sameTarget ? "" : level >= target ? "good" : "bad";
  const within = sameTarget ? t("wall.sl_within", { n: seconds }) : t("wall.sl_within_own");
  const sentence = `${formula(wall, sl.formula)} · ${within} · ${own.n === 0 ? t("wall.sl_none") : t("wall.sl_n", { n: own.n })}`;
  const tooLate: ContactsAsked = { ...asked, state: "answered", ...(sameTarget ? { wait_over: `${seconds}s` } : {}) };
  const overdue = waited !== null && own.alarmAt !== null && now >= own.alarmAt;
  return html`<article class="tile ${worry}" data-tile=${group.id} data-queue=${one ? one.id : nothing}>
    <div class="tile-head">
      <h3 class="name">
        ${group.open && !wall.address.screen
          ? html`<button type="button" class="tile-open" @click=${group.open}><bdi>${group.name}</bdi></button>`
          : html`<bdi>${group.name}</bdi>`}
      </h3>
      <span class="tile-marks">${one ? marks(wall, one) : html`<span class="badge">${t("wall.queues_n", { n: queues.length })}</span>`}</span>
      ${overdue ? html`<span class="tile-alarm">${left !== null && left > 0 ? t("wall.alarm_left", { n: left }) : t("wall.over")}</span>` : nothing}
    </div>
    <div class="tile-main">
      ${figure(wall, f.digits(own.waiting), t("wall.waiting"), { ...asked, state: "waiting" }, t("wall.how.waiting"))}
      ${figure(wall, waited === null ? "–" : f.clock(waited), t("wall.longest"), { ...asked, state: "waiting" }, t("wall.how.longest", { n: own.waiting }), waited === null ? "none" : overdue ? "bad" : late ? "warn" : "")}
      ${figure(wall, level === null ? "–" : f.percent(Math.round(level * 1000) / 1000), t("wall.sl"), tooLate, `${sentence}. ${t("wall.how.sl_list")}`, level === null ? "none" : met)}
    </div>
    <p class="tile-sl" title=${sentence}>${sentence}</p>
    <div class="tile-sparks">
      ${guard([...queues.flatMap((queue) => [wall.topic.keys[`s:${queue.id}`], queue.now]), Math.floor(now / STEP), wall.language], () => {
        const series = merged(queues.map((queue) => seriesOf(wall.topic, queue, now)));
        return html`${spark(wall, series, "sl", t("wall.sl_short"), sameTarget ? target : null)} ${spark(wall, series, "waiting", t("wall.waiting_most"))}
        ${spark(wall, series, "answered", t("wall.answered"))} ${spark(wall, series, "abandoned", t("wall.abandoned"))}`;
      })}
    </div>
    <div class="tile-small">
      ${figure(wall, f.digits(own.answered), t("wall.answered"), { ...asked, state: "answered" }, t("wall.how.answered"))}
      ${figure(wall, f.digits(own.abandoned), t("wall.abandoned"), { ...asked, state: "abandoned" }, t("wall.how.abandoned", { n: own.entered }))}
      ${figure(wall, own.asa === null ? "–" : f.clock(own.asa), t("wall.asa"), { ...asked, state: "answered" }, t("wall.how.asa", { n: own.answered }))}
      ${one ? figure(wall, f.digits(own.ready), t("wall.ready"), null, t("wall.how.ready", { n: own.agents }), own.ready === 0 && one.open ? "warn" : "") : figure(wall, f.digits(own.left), t("wall.left"), { ...asked, state: "left" }, t("wall.how.left"))}
      ${one ? figure(wall, f.digits(own.busy), t("wall.busy"), null, t("wall.how.busy", { n: own.agents })) : figure(wall, f.digits(own.entered), t("wall.entered"), { ...asked, state: "entered" }, t("wall.how.entered"))}
    </div>
  </article>`;
}

/** What is unusual about a queue: closed, helped by others, with an incident message. */
function marks(wall: Wall, queue: WallQueue): TemplateResult {
  const { t } = wall;
  const told = wall.incidents.some((incident) => incident.queues.includes(queue.id));
  const names = queue.overflow_now.map((id) => queueName(wall, id)).join(", ");
  // Each mark has a place of its own, so that one that comes or goes moves no other.
  const mark = (on: boolean, look: string, symbol: "horn" | "overflow" | "lock", words: string): TemplateResult =>
    html`<span class="mark ${on ? `badge ${look}` : ""}" title=${on ? words : nothing}>${on ? html`${icon(symbol)}<span class="visually-hidden">${words}</span>` : nothing}</span>`;
  return html`${mark(told, "warn", "horn", t("wall.incident_told"))} ${mark(queue.overflow_now.length > 0, "accent", "overflow", t("wall.overflow_from", { names }))}
  ${mark(!queue.open, "", "lock", t("wall.closed"))}`;
}

/** One tile a team: its people, and what they did today. A service level belongs to queues, so there is none here. */
export function teamTiles(wall: Wall, agents: WallAgent[]): TemplateResult[] {
  const { t, f } = wall;
  const teams = [...new Set(agents.map((agent) => agent.team))].sort((a, b) => Number(!a) - Number(!b) || teamName(wall, a).localeCompare(teamName(wall, b), wall.language));
  return teams.map((team) => {
    const members = agents.filter((agent) => agent.team === team).map(cardOf);
    const count = (...states: string[]): number => members.filter((card) => states.includes(card.state)).length;
    const answered = members.reduce((sum, card) => sum + card.agent.answered, 0);
    const handled = members.reduce((sum, card) => sum + card.agent.handle_ms, 0);
    const help = members.filter((card) => card.agent.work.some((work) => work.help_since !== null)).length;
    const missed = members.reduce((sum, card) => sum + card.agent.missed, 0);
    const asked: ContactsAsked = team ? { team } : {};
    const link = (more: ContactsAsked): ContactsAsked | null => (team ? { ...asked, ...more } : null);
    const small = (value: string, label: Key, how: string, to: ContactsAsked | null = null, look = ""): TemplateResult => figure(wall, value, t(label), to, how, look);
    return html`<article class="tile team ${help ? "warn" : "calm"}" data-tile=${team || "-"}>
      <div class="tile-head">
        <h3 class="name">
          ${wall.address.screen
            ? html`<bdi>${teamName(wall, team)}</bdi>`
            : html`<button type="button" class="tile-open" @click=${() => wall.go({ show: ["agents"], team })}><bdi>${teamName(wall, team)}</bdi></button>`}
        </h3>
        <span class="badge" ?data-covered=${help > 0}>${t("wall.people_n", { n: members.length })}</span>
        ${help ? html`<span class="tile-alarm">${t("wall.help_n", { n: help })}</span>` : nothing}
      </div>
      <div class="tile-main">
        ${figure(wall, f.digits(count("ready")), t("wall.ready"), null, t("wall.how.ready", { n: members.length }), count("ready") ? "" : "warn")}
        ${figure(wall, f.digits(count("busy", "hold", "wrap_up")), t("wall.busy"), link({ state: "active" }), t("wall.how.busy", { n: members.length }))}
        ${figure(wall, f.digits(count("not_ready")), t("wall.away"), null, t("wall.how.away", { n: members.length }))}
      </div>
      <div class="tile-small">
        ${small(f.digits(answered), "wall.answered", t("wall.how.team_answered"), link({ state: "answered" }))}
        ${small(answered ? f.clock(handled / answered) : "–", "wall.aht", t("wall.how.aht", { n: answered }))}
        ${small(f.digits(missed), "wall.missed", t("wall.how.missed"), null, missed ? "warn" : "")}
        ${small(f.digits(count("hold")), "wall.on_hold", t("wall.how.hold"), null, count("hold") ? "warn" : "")}
        ${small(f.digits(count("wrap_up")), "wall.wrapping", t("wall.how.wrapping"))}
      </div>
    </article>`;
  });
}
