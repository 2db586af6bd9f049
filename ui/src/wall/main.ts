import { render } from "lit-html";
import { asLanguage, translator } from "../language/catalogue";
import { formatter } from "../language/format";
import { staffTexts } from "../language/staff/index";
import { staffClient } from "../live/page";
import { wallModel } from "./model";
import { type Wall, wallView } from "./view";

function open(root: HTMLElement): void {
  const language = asLanguage(document.documentElement.lang);
  const catalogue = staffTexts[language];
  const f = formatter(language, document.documentElement.dataset["zone"]);
  const client = staffClient(["wall"], "pasokh.wall.outbox");
  let drawing = false;

  const draw = (): void => {
    drawing = false;
    const now = client.now();
    const wall: Wall = {
      model: wallModel(client.topic("wall"), now),
      connection: client.connection,
      language,
      t: translator(language, catalogue, f.digits),
      f,
      now,
      full: document.fullscreenElement === root,
      toggleFull: () => void (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()),
      known: (key): key is keyof typeof catalogue => key in catalogue,
    };
    render(wallView(wall), root);
  };
  const redraw = (): void => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(draw);
  };

  client.onChange(redraw);
  document.addEventListener("fullscreenchange", redraw);
  setInterval(redraw, 1_000);
  client.start();
  redraw();
}

const root = document.getElementById("wall");
if (root) open(root);
