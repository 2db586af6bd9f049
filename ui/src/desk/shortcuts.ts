import { type Shortcut, register } from "../keys/shortcuts";
import type { Desk } from "./context";
import { answerOffer } from "./offer";
import { openHandover, openHelp } from "./thread_head";
import type { Interaction } from "./types";
import { goReadyAt } from "./top";
import { nameOf, pauseName } from "./words";

const NUMBERED = 9;

/** Everything the desk does by keyboard; `desk` is looked at anew with every key. */
export function deskShortcuts(desk: Desk): void {
  const group = desk.t("desk.title");
  const talk = desk.t("keys.talk");
  const chosen = (): Interaction | undefined => desk.model.work.find((each) => each.id === desk.memory.selected);
  const active = (): Interaction | undefined => {
    const each = chosen();
    return each?.phase === "active" ? each : undefined;
  };
  const online = (): boolean => desk.client.connection === "online";
  const customer = (): Interaction | undefined => {
    const each = active();
    return each && each.kind !== "consult" && online() ? each : undefined;
  };
  const step = (by: number) => (): void => {
    const { work } = desk.model;
    const at = work.findIndex((each) => each.id === desk.memory.selected);
    const next = work[(at + by + work.length) % work.length];
    if (next) desk.open(next.id, { focus: true });
  };
  const write = (note: boolean, text = "") => (): void => {
    const each = active();
    if (!each) return;
    if (note) desk.memory.noting.add(each.id);
    else desk.memory.noting.delete(each.id);
    desk.open(each.id, { focus: true });
    if (text && !desk.memory.texts[each.id]) {
      desk.memory.texts[each.id] = text;
      desk.memory.suggest = { place: each.id, kind: "/", from: 0, query: "", chosen: 0, colleagues: [] };
    }
  };
  const ready = (): boolean => desk.model.me?.presence === "ready";
  const pauses = desk.pauses.filter((pause) => !pause.archived);
  const list: Shortcut[] = [
    { id: "desk.accept", keys: ["alt+a", "a"], label: desk.t("offer.accept"), group, when: () => desk.model.offers.length > 0, run: () => desk.model.offers[0] && void answerOffer(desk, desk.model.offers[0], "offer.accept") },
    { id: "desk.decline", keys: ["alt+x", "x"], label: desk.t("offer.reject"), group, when: () => desk.model.offers.length > 0, run: () => desk.model.offers[0] && void answerOffer(desk, desk.model.offers[0], "offer.reject") },
    { id: "desk.ready", keys: ["alt+r"], label: desk.t("keys.ready"), group, when: () => desk.model.me !== null && desk.model.me.presence !== "offline" && online(), run: () => void (ready() ? desk.act({ type: "agent.set_presence", ready: false, reason: pauses[0]?.key ?? "" }) : goReadyAt(desk)) },
    { id: "desk.start", keys: [], label: desk.t("presence.sign_in"), group, when: () => desk.model.me?.presence === "offline" && online(), run: () => void desk.act({ type: "agent.sign_in" }) },
    { id: "desk.next", keys: ["alt+down", "j"], label: desk.t("keys.next"), group, when: () => desk.model.work.length > 0, run: step(1) },
    { id: "desk.previous", keys: ["alt+up", "k"], label: desk.t("keys.previous"), group, when: () => desk.model.work.length > 0, run: step(-1) },
    { id: "desk.columns", keys: ["alt+s"], label: desk.t("desk.side_by_side"), group, when: () => desk.model.work.length > 1, run: () => { desk.memory.columns = !desk.memory.columns; desk.redraw(); } },
    { id: "desk.day", keys: ["alt+m"], label: desk.t("day.title"), group, run: () => { desk.memory.panel = desk.memory.panel === "day" ? null : "day"; desk.redraw(); } },
    { id: "desk.details", keys: ["alt+i"], label: desk.t("desk.details"), group, when: () => chosen() !== undefined, run: () => { desk.memory.panel = desk.memory.panel === "details" ? null : "details"; desk.redraw(); } },
    { id: "desk.reply", keys: ["r"], label: desk.t("composer.reply"), group: talk, when: () => active() !== undefined, run: write(false) },
    { id: "desk.canned", keys: ["/"], label: desk.t("canned.title"), group: talk, when: () => active() !== undefined && active()?.kind !== "consult", run: write(false, "/") },
    { id: "desk.note", keys: ["alt+n", "n"], label: desk.t("keys.note"), group: talk, when: () => active() !== undefined, run: () => { const each = active(); if (each) write(!desk.memory.noting.has(each.id))(); } },
    { id: "desk.attach", keys: ["alt+u"], label: desk.t("file.attach"), group: talk, when: () => active() !== undefined, run: () => document.querySelector<HTMLInputElement>(`[data-interaction="${CSS.escape(desk.memory.selected ?? "")}"] [data-attach]`)?.click() },
    { id: "desk.hold", keys: ["alt+h"], label: desk.t("keys.hold"), group: talk, when: () => customer() !== undefined, run: () => { const each = customer(); if (each) void desk.act({ type: each.on_hold_since === null ? "hold.start" : "hold.end", interaction: each.id }); } },
    { id: "desk.consult", keys: ["alt+c"], label: desk.t("action.consult"), group: talk, when: () => customer() !== undefined && customer()?.consult === null, run: () => { const each = customer(); if (each) openHandover(desk, each, "consult"); } },
    { id: "desk.transfer", keys: ["alt+t"], label: desk.t("action.transfer"), group: talk, when: () => customer() !== undefined, run: () => { const each = customer(); if (each) openHandover(desk, each, "transfer"); } },
    { id: "desk.help", keys: ["alt+j"], label: desk.t("action.help"), group: talk, when: () => customer() !== undefined && !customer()?.help_since, run: () => { const each = customer(); if (each) openHelp(desk, each); } },
    { id: "desk.end", keys: ["alt+e"], label: desk.t("action.end"), group: talk, when: () => active() !== undefined && online(), run: () => { const each = active(); if (each) void desk.act({ type: "interaction.end", interaction: each.id }); } },
    ...pauses.map(({ key: reason }): Shortcut => ({ id: `desk.reason.${reason}`, keys: [], label: `${desk.t("presence.not_ready")}: ${pauseName(desk, reason)}`, group, when: () => desk.model.me !== null && desk.model.me.presence !== "offline" && online(), run: () => void desk.act({ type: "agent.set_presence", ready: false, reason }) })),
  ];
  const numbered = Array.from({ length: NUMBERED }, (_, index): Shortcut => ({
    id: `desk.open.${index + 1}`,
    keys: [`alt+${index + 1}`],
    get label() {
      const each = desk.model.work[index];
      return each ? desk.t("keys.open", { name: nameOf(desk, each) }) : "";
    },
    group: talk,
    unlisted: true,
    when: () => desk.model.work[index] !== undefined,
    run: () => {
      const each = desk.model.work[index];
      if (each) desk.open(each.id, { focus: true });
    },
  }));
  const line: Shortcut = { id: "desk.open", keys: ["alt+1…9"], label: desk.t("keys.nth"), group: talk, hidden: true, run: () => undefined };
  register([...list, ...numbered, line]);
}
