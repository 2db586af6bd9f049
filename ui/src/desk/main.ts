import { render } from "lit-html";
import { takesText } from "../keys/shortcuts";
import { type Catalogue, type Language, asLanguage, translator } from "../language/catalogue";
import { formatter } from "../language/format";
import { type DeskText, en as deskEn } from "../language/staff/desk.en";
import { fa as deskFa } from "../language/staff/desk.fa";
import { uk as deskUk } from "../language/staff/desk.uk";
import { staffTexts } from "../language/staff/index";
import { newId } from "../live/identity";
import { staffClient } from "../live/page";
import type { Answer, Names } from "../live/types";
import { AlertSettings, Alerts } from "./alerts";
import { addressee, retryLost } from "./send";
import type { Desk, Pause, Said, Term } from "./context";
import { DeskMemory, type Notice } from "./memory";
import { deskModel, messagesOf } from "./model";
import { Office } from "./office";
import { follow } from "./scrolling";
import { signInAgain } from "./session";
import { deskShortcuts } from "./shortcuts";
import { columnsOf, deskView } from "./view";
import { type StationKind, byVoice, loadVoice } from "./voice";
import { shortWhy } from "./why";
import { nameOf, queueOf } from "./words";

const NOTICE_FOR = 8_000;
const TYPING_AGAIN = 3_000;
const COLUMN = 336;
const MOST_COLUMNS = 4;
const deskTexts: Record<Language, Catalogue<DeskText>> = { fa: deskFa, uk: deskUk, en: deskEn };

interface PageData {
  outcomes?: Term[] | Record<string, Names>;
  reasons?: Term[];
  organisation?: Names | string;
  pauses?: Pause[];
  colleagues?: { id: string; name: string }[];
  clients?: Record<string, Names>;
  greetings?: Record<string, Names>;
  numbers?: Record<string, Names>;
  phone?: StationKind | null;
}

/** What the server put on the page for the script: the organisation's own names. */
function dataOnPage(): Pick<Desk, "outcomes" | "reasons" | "organisation" | "pauses" | "people" | "clients" | "greetings" | "numbers"> & Pick<PageData, "phone"> {
  const data = JSON.parse(document.getElementById("desk-data")?.textContent || "{}") as PageData;
  const { outcomes = [] } = data;
  return {
    outcomes: Array.isArray(outcomes) ? outcomes : Object.entries(outcomes).map(([key, name]) => ({ key, name, parent: "" })),
    reasons: data.reasons ?? [],
    organisation: data.organisation ?? "",
    pauses: data.pauses ?? [],
    people: data.colleagues ?? [],
    clients: data.clients ?? {},
    greetings: data.greetings ?? {},
    numbers: data.numbers ?? {},
    phone: data.phone ?? null,
  };
}

function open(root: HTMLElement): void {
  const language = asLanguage(document.documentElement.lang);
  const catalogue = { ...staffTexts[language], ...deskTexts[language] };
  const zone = document.documentElement.dataset["zone"];
  const f = formatter(language, zone);
  const agent = root.dataset["agent"] ?? "me";
  const client = staffClient(["desk", "team"], `pasokh.desk.outbox.${agent}`);
  const memory = new DeskMemory(sessionStorage, agent);
  const alerts = new Alerts(new AlertSettings(localStorage));
  const given = dataOnPage();
  const readMarks = new Map<string, number>();
  const typed = new Map<string, number>();
  let drawing = false;
  let notices = 0;

  const note = (given: Omit<Notice, "id">): void => {
    notices += 1;
    const id = notices;
    memory.notices = [...memory.notices.slice(-2), { id, ...given }];
    setTimeout(() => {
      memory.notices = memory.notices.filter((each) => each.id !== id);
      redraw();
    }, NOTICE_FOR);
    redraw();
  };

  const desk: Desk = {
    client,
    memory,
    model: deskModel(client.topic("desk"), client.topic("team")),
    office: new Office(() => redraw()),
    voice: null,
    alerts: alerts.settings,
    language,
    zone,
    ...given,
    t: translator(language, catalogue, f.digits),
    f,
    now: client.now(),
    places: 1,
    redraw: () => redraw(),
    known: (key): key is keyof typeof catalogue => key in catalogue,
    tell: (text, undo) => note({ text, kind: "done", ...(undo ? { undo } : {}) }),
    act: async (command) => {
      const answer = await client.do(command);
      // The field that had the focus goes with the talk: the outcome is what comes next.
      if (answer.ok && command.type === "interaction.end") memory.focus = `${String(command["interaction"])}#wrap`;
      if (!answer.ok) note({ text: answer.error.message || answer.error.code, kind: "failed" });
      redraw();
      return answer.ok;
    },
    say: (interaction, text, inside, { attachments = [], mentions = [], message = newId("m") }: Said = {}) => {
      const command = {
        type: "message.post",
        interaction,
        message,
        text,
        author: inside ? "note" : "agent",
        ...(attachments.length ? { attachments: attachments.map((file) => ({ ...file })) } : {}),
        ...(mentions.length ? { mentions: [...mentions] } : {}),
      };
      void client.do(command).then((answer: Answer) => {
        if (!answer.ok) {
          const reason = answer.error.message || answer.error.code;
          memory.failed = [
            ...memory.failed,
            { message, interaction, text, note: inside, attachments: [...attachments], mentions: [...mentions], state: "failed", reason },
          ];
        }
        redraw();
      });
      follow(interaction);
      redraw();
    },
    typing: (interaction, on) => {
      const last = typed.get(interaction) ?? 0;
      if (on ? Date.now() - last < TYPING_AGAIN : last === 0) return;
      typed.set(interaction, on ? Date.now() : 0);
      client.typing(interaction, on);
    },
    open: (interaction, { focus = false, polite = false } = {}) => {
      const field = document.activeElement;
      const writing = field instanceof HTMLTextAreaElement && field.value.trim() !== "" && takesText(field);
      const elsewhere = field?.closest<HTMLElement>("[data-interaction]")?.dataset["interaction"] !== interaction;
      // What has just been taken must not pull away the field somebody is writing in.
      if (polite && writing && elsewhere) {
        redraw();
        return;
      }
      memory.selected = interaction;
      memory.view = "thread";
      if (focus) memory.focus = interaction;
      redraw();
    },
    signIn: () => signInAgain(desk, agent),
  };
  alerts.settings.onTry = () => alerts.chime();

  const draw = (): void => {
    drawing = false;
    desk.now = client.now();
    desk.model = deskModel(client.topic("desk"), client.topic("team"));
    desk.places = Math.max(1, Math.min(MOST_COLUMNS, Math.floor(workWidth() / COLUMN)));
    settle();
    wantVoice();
    desk.voice?.settle();
    render(deskView(desk), root);
    alerts.update(desk.model, {
      quiet: desk.voice?.rings === true && desk.model.offers.every(byVoice),
      flash: desk.t("offer.flash"),
      title: desk.t("offer.title"),
      lines: (id) => {
        const offer = desk.model.offers.find((each) => each.id === id);
        return offer
          ? { who: nameOf(desk, offer), about: [queueOf(desk, offer), offer.subject || shortWhy(desk, offer.why)].filter(Boolean).join(" · ") }
          : { who: "", about: "" };
      },
      open: redraw,
    });
    follow();
    focusWanted();
    memory.save();
  };

  let voiceWanted = false;

  /** The telephone is loaded once the desk stands, where the person has one. */
  const wantVoice = (): void => {
    if (voiceWanted || client.topic("desk").cursor === null) return;
    if (!given.phone) return;
    voiceWanted = true;
    loadVoice(desk).catch(() => {
      setTimeout(() => {
        voiceWanted = false;
        redraw();
      }, NOTICE_FOR);
    });
  };

  const workWidth = (): number => root.querySelector(".desk-work")?.clientWidth || innerWidth;

  /** Gives the focus where a person asked for it, and takes it from nobody who is typing. */
  const focusWanted = (): void => {
    const wanted = memory.focus;
    if (!wanted) return;
    const [id = "", part] = wanted.split("#");
    const field = part === "card" ? "" : part === "wrap" ? ".wrap-up :is(input, textarea)" : ":is(.composer textarea, .wrap-up input)";
    const area = root.querySelector<HTMLElement>(part === "card" ? `[data-card="${CSS.escape(id)}"] textarea` : `[data-interaction="${CSS.escape(id)}"] ${field}`);
    if (!area) return;
    memory.focus = null;
    area.focus();
    if (area instanceof HTMLTextAreaElement) area.setSelectionRange(area.value.length, area.value.length);
  };

  /** Chooses what to show when the choice is gone, and marks what is looked at as read. */
  const settle = (): void => {
    const { model } = desk;
    const topic = client.topic("desk");
    if (topic.cursor === null) return;
    memory.forget(new Set([...model.work, ...model.offers].flatMap((each) => [each.id, addressee(each)])));
    if (!memory.selected && model.work[0]) memory.selected = model.work[0].id;
    if (document.visibilityState !== "visible") return;
    const chosen = model.work.find((each) => each.id === memory.selected) ?? null;
    const narrow = innerWidth <= 860;
    const seen = memory.columns && model.work.length > 1 ? columnsOf(desk, chosen) : chosen && (!narrow || memory.view === "thread") ? [chosen] : [];
    for (const each of seen) {
      const messages = messagesOf(topic, each);
      const last = messages.at(-1);
      if (last) memory.read[each.id] = Math.max(memory.read[each.id] ?? 0, last.at);
      const theirs = messages.findLast((message) => message.author === "customer" && message.interaction === each.id);
      const mark = theirs?.number ?? 0;
      if (each.kind === "consult" || each.phase !== "active" || client.connection !== "online" || !document.hasFocus()) continue;
      if (mark <= Math.max(each.read_by_agent ?? 0, readMarks.get(each.id) ?? 0)) continue;
      readMarks.set(each.id, mark);
      void client.do({ type: "message.read", interaction: each.id, reader: "agent", up_to: mark }, newId("r"));
    }
  };

  const redraw = (): void => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(draw);
  };

  client.onSignal((signal) => {
    if (signal.type === "typing") {
      memory.typists.set(signal.interaction, { name: signal.name, who: signal.who, until: signal.until });
      redraw();
    } else desk.office.afresh();
  });
  let online = false;
  client.onChange(() => {
    const back = !online && client.connection === "online";
    online = client.connection === "online";
    if (back) retryLost(desk);
    redraw();
  });
  setInterval(redraw, 1_000);
  document.addEventListener("click", (event) => {
    if ((!memory.presenceOpen && !memory.alertsOpen) || (event.target as Element).closest(".presence")) return;
    memory.presenceOpen = memory.alertsOpen = false;
    redraw();
  });
  addEventListener("pagehide", () => memory.saveNow());
  addEventListener("beforeunload", () => memory.saveNow());
  addEventListener("resize", redraw);
  addEventListener("focus", redraw);
  deskShortcuts(desk);
  client.start();
  redraw();
}

const root = document.getElementById("desk");
if (root) open(root);
