import { render } from "lit-html";
import { asLanguage, translator } from "../language/catalogue";
import { formatter } from "../language/format";
import { staffTexts } from "../language/staff/index";
import { newId } from "../live/identity";
import { staffClient } from "../live/page";
import type { Answer, Failure, Names } from "../live/types";
import { Alerts } from "./alerts";
import { addressee } from "./composer";
import type { Desk } from "./context";
import { DeskMemory } from "./memory";
import { deskModel } from "./model";
import { follow } from "./scrolling";
import { messagesOf } from "./model";
import { deskView } from "./view";

const NOTICE_FOR = 8_000;

/** What the server put on the page for the script: the organisation's names. */
function namesOnPage(): Record<string, Names> {
  const data = document.getElementById("desk-data")?.textContent;
  return data ? ((JSON.parse(data) as { outcomes?: Record<string, Names> }).outcomes ?? {}) : {};
}

function open(root: HTMLElement): void {
  const language = asLanguage(document.documentElement.lang);
  const catalogue = staffTexts[language];
  const f = formatter(language, document.documentElement.dataset["zone"]);
  const t = translator(language, catalogue, f.digits);
  const agent = root.dataset["agent"] ?? "me";
  const client = staffClient(["desk", "team"], `pasokh.desk.outbox.${agent}`);
  const memory = new DeskMemory(sessionStorage);
  const alerts = new Alerts();
  let drawing = false;
  let notice = 0;

  const fail = (error: Failure): void => {
    notice += 1;
    const id = notice;
    memory.notices = [...memory.notices.slice(-2), { id, text: error.message || error.code }];
    setTimeout(() => {
      memory.notices = memory.notices.filter((each) => each.id !== id);
      redraw();
    }, NOTICE_FOR);
  };

  const desk: Desk = {
    client,
    memory,
    model: deskModel(client.topic("desk"), client.topic("team")),
    language,
    outcomes: namesOnPage(),
    t,
    f,
    now: client.now(),
    redraw: () => redraw(),
    known: (key): key is keyof typeof catalogue => key in catalogue,
    act: async (command) => {
      const answer = await client.do(command);
      if (!answer.ok) fail(answer.error);
      redraw();
      return answer.ok;
    },
    say: (interaction, text, note, message = newId("m")) => {
      const command = { type: "message.post", interaction, message, text, author: note ? "note" : "agent" };
      void client.do(command).then((answer: Answer) => {
        if (!answer.ok) {
          const reason = answer.error.message || answer.error.code;
          memory.failed = [...memory.failed, { message, interaction, text, note, state: "failed", reason }];
        }
        redraw();
      });
      follow(interaction);
      redraw();
    },
  };

  const draw = (): void => {
    drawing = false;
    desk.now = client.now();
    desk.model = deskModel(client.topic("desk"), client.topic("team"));
    settle();
    render(deskView(desk), root);
    alerts.update(desk.model, memory.sound, t("offer.flash"));
    follow();
    memory.save();
  };

  /** Chooses what to show when the choice is gone, and marks what is looked at as read. */
  const settle = (): void => {
    const { model } = desk;
    if (client.topic("desk").cursor === null) return;
    memory.forget(new Set([...model.work, ...model.offers].flatMap((each) => [each.id, addressee(each)])));
    if (!memory.selected && model.work[0]) {
      memory.selected = model.work[0].id;
    }
    if (document.visibilityState !== "visible") return;
    for (const each of model.work) {
      const seen = memory.columns || each.id === memory.selected;
      const last = messagesOf(client.topic("desk"), each).at(-1);
      if (seen && last) memory.read[each.id] = Math.max(memory.read[each.id] ?? 0, last.at);
    }
  };

  const redraw = (): void => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(draw);
  };

  client.onChange(redraw);
  setInterval(redraw, 1_000);
  document.addEventListener("click", (event) => {
    if (!memory.presenceOpen || (event.target as Element).closest(".presence")) return;
    memory.presenceOpen = false;
    redraw();
  });
  addEventListener("beforeunload", () => memory.save());
  client.start();
  redraw();
}

const root = document.getElementById("desk");
if (root) open(root);
