import { render } from "lit-html";
import { asLanguage, translator } from "../language/catalogue";
import { formatter } from "../language/format";
import { staffTexts } from "../language/staff/index";
import { wallTexts } from "../language/staff/wall";
import { staffClient } from "../live/page";
import type { Command, Failure, WallAgent, WallIncident, WallQueue } from "../live/types";
import { pick } from "../language/catalogue";
import { type Address, readAddress, writeAddress } from "./address";
import { loadStaffing } from "./agent_panel";
import { Bell, alarmsOf } from "./alarms";
import { Windowing } from "./cards";
import type { Key, Memory, Panel, Wall } from "./context";
import { valuesOf } from "./figures";
import { Fitting } from "./fit";
import { loadEarlier } from "./incident_panel";
import { type WallNames, ask } from "./office";
import { WallScreen } from "./screen";
import { wallView } from "./view";

const TOAST = 8_000;
const NAMES_EVERY = 10 * 60_000;

function open(root: HTMLElement): void {
  const language = asLanguage(document.documentElement.lang);
  const catalogue = { ...staffTexts[language], ...wallTexts[language] };
  const f = formatter(language, document.documentElement.dataset["zone"]);
  const t = translator(language, catalogue, f.digits);
  const client = staffClient(["wall", "along"], "pasokh.wall.outbox");
  const rights = new Set((root.dataset["rights"] ?? "").split(" "));
  const agent = root.dataset["agent"] ?? "";
  const windowing = new Windowing();
  const fitting = new Fitting();
  const bell = new Bell();
  const scroller = document.getElementById("main");
  let address = readAddress(location.search);
  const screen = address.screen ? new WallScreen(root) : null;
  const memory: Memory = {
    panel: null,
    opener: null,
    toast: null,
    sound: localStorage.getItem("pasokh.wall.sound") !== "off",
    confirming: "",
    whispers: new Map(),
    names: { teams: {}, clients: {}, people: {}, pauses: [], lines: {} },
    history: null,
    historyShown: false,
    earlier: null,
    incident: { queues: [], texts: {}, wrong: "" },
    staffing: { of: "", loaded: null, wrong: "", saving: false },
    overflow: null,
    filter: "",
  };

  const byName = <T extends { id: string }>(all: T[], name: (each: T) => string): T[] =>
    // By name only, so that nothing jumps about while people read it.
    all.map((each) => ({ each, name: name(each) })).sort((a, b) => a.name.localeCompare(b.name, language) || (a.each.id < b.each.id ? -1 : 1)).map(({ each }) => each);
  let sorted: { keys: unknown; queues: WallQueue[]; agents: WallAgent[]; incidents: WallIncident[] } = { keys: null, queues: [], agents: [], incidents: [] };

  const current = (): Wall => {
    const topic = client.topic("wall");
    const now = client.now();
    if (sorted.keys !== topic.keys) {
      const queues = byName(valuesOf<WallQueue>(topic, "q:"), (queue) => pick(queue.name, language, queue.id));
      const agents = byName(valuesOf<WallAgent>(topic, "a:"), (each) => each.name);
      sorted = { keys: topic.keys, queues, agents, incidents: valuesOf<WallIncident>(topic, "n:") };
    }
    return {
      client,
      topic,
      language,
      t,
      known: (key): key is Key => key in catalogue,
      f,
      now,
      address,
      memory,
      rights,
      me: agent || (root.dataset["me"] ?? ""),
      agent,
      queues: sorted.queues,
      agents: sorted.agents,
      alarms: alarmsOf(topic),
      incidents: sorted.incidents,
      redraw,
      go,
      open: openPanel,
      act,
      tell,
      fail,
      office,
    };
  };

  let drawing = false;
  const draw = (): void => {
    drawing = false;
    const wall = current();
    if (memory.toast && Date.now() > memory.toast.until) memory.toast = null;
    const followedLog = root.querySelector<HTMLElement>("[data-follow]");
    const atEnd = !followedLog || followedLog.scrollHeight - followedLog.scrollTop - followedLog.clientHeight < 40;
    render(wallView(wall, windowing, fitting), root);
    const log = root.querySelector<HTMLElement>("[data-follow]");
    if (log && atEnd) log.scrollTop = log.scrollHeight;
    if (client.connection === "online" && wall.topic.cursor !== null) bell.update(wall.alarms, memory.sound, Date.now());
    const urgent = wall.alarms.some((alarm) => alarm.urgent && !alarm.acknowledged);
    const title = `${urgent ? "● " : ""}${t("wall.title")}`;
    if (!document.title.startsWith(title)) document.title = `${title} · ${document.title.split(" · ").at(-1) ?? ""}`;
    look();
  };
  const look = (): void => {
    if (address.screen) {
      const shown = root.querySelector<HTMLElement>(".wall-show");
      if (fitting.measure(root.querySelector(".tiles, .agents"), shown?.dataset["show"] ?? "")) redraw();
      return;
    }
    const list = root.querySelector<HTMLElement>(".agents");
    if (list && windowing.measure(list, scroller, Number(list.dataset["count"]))) redraw();
  };
  const redraw = (): void => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(draw);
  };

  const go = (change: Partial<Address>): void => {
    address = { ...address, ...change };
    history.replaceState(null, "", `${location.pathname}${writeAddress(address)}`);
    redraw();
  };
  const openPanel = (panel: Panel | null): void => {
    if (panel && !memory.panel) memory.opener = document.activeElement as HTMLElement | null;
    memory.panel = panel;
    memory.confirming = "";
    memory.overflow = null;
    memory.historyShown = false;
    if (panel?.kind === "agent" && rights.has("staff_queues")) {
      memory.staffing.of = "";
      void loadStaffing(current(), panel.id);
    }
    if (panel?.kind === "incident") {
      if (panel.queues.length) memory.incident.queues = [...panel.queues];
      void loadEarlier(current());
    }
    redraw();
    requestAnimationFrame(() => {
      if (memory.panel) root.querySelector<HTMLElement>(".wall-drawer")?.focus();
      else if (memory.opener?.isConnected) memory.opener.focus();
    });
  };
  const tell = (text: string, undo: (() => void) | null = null): void => {
    memory.toast = { text, bad: false, undo, until: Date.now() + TOAST };
    redraw();
  };
  const fail = (error: Failure): void => {
    const key = `failed.${error.code}`;
    const text = error.message ?? (error.code === "wall.office_away" ? t("wall.office_away") : key in catalogue ? t(key as Key) : t("failed.title"));
    memory.toast = { text, bad: true, undo: null, until: Date.now() + 2 * TOAST };
    redraw();
  };
  const act: Wall["act"] = async (command, done) => {
    memory.confirming = "";
    const answer = await client.do(command);
    if (!answer.ok) {
      fail(answer.error);
      return false;
    }
    if (done) {
      const { undo } = done;
      const back = undo
        ? async (): Promise<void> => {
            for (const each of undo) if (!(await act(each as Command))) return;
            tell(t("done.undone", { name: "" }));
          }
        : null;
      tell(done.text, back && (() => void back()));
    }
    redraw();
    return true;
  };
  const office = async <T,>(path: string, body?: unknown): Promise<T | null> => {
    const outcome = await ask<T>(path, body);
    if (outcome.ok) return outcome.value;
    fail(outcome.error);
    return null;
  };
  /** Quietly: without names the ids are shown. */
  const learn = async <T,>(path: string, take: (found: T) => void): Promise<void> => {
    const outcome = await ask<T>(path);
    if (!outcome.ok) return;
    take(outcome.value);
    redraw();
  };
  const learnNames = (): void => void learn<WallNames>("names", (found) => (memory.names = found));

  client.onChange(redraw);
  scroller?.addEventListener("scroll", look, { passive: true });
  addEventListener("resize", redraw);
  // On the document: what had the focus may have gone from the page with what it did.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !memory.panel) return;
    event.preventDefault();
    openPanel(null);
  });
  addEventListener("popstate", () => {
    address = readAddress(location.search);
    redraw();
  });
  setInterval(() => {
    screen?.tick(client.connection === "online", client.connection === "refused");
    redraw();
  }, 1_000);
  setInterval(learnNames, NAMES_EVERY);
  learnNames();
  client.start();
  redraw();
}

const root = document.getElementById("wall");
if (root) open(root);
