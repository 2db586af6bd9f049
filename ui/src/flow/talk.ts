/** The try-out: one walks the flow as a caller. The server takes each step; what it needs for that goes along each time. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ask } from "./calls";
import { type Editor, languageName, nodeName } from "./context";
import { type Spoken, hear, hush } from "./listen";
import type { Heard, Piece, Scene, Talk } from "./trial";

interface Turn {
  position: unknown;
  now: number;
  expects: string;
  heard: Heard[];
  node: string;
}

export const KEYPAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
export const STAFF = ["free", "busy", "nobody", "full", "closed"] as const;
const MOST_LINES = 400;

export function newTalk(): Talk {
  return {
    scene: { caller: "+989121234567", known: false, blocked: false, language: "", open: true, holiday: false, staff: "busy", place: 3, wait_minutes: 4, attributes: {} },
    position: null, began: 0, now: 0, expects: "", heard: [], node: "", been: [], sound: true, busy: false,
  };
}

/** One step of the call. While one is on its way another is not taken: keys would overtake each other. */
export async function step(editor: Editor, what: string, key = ""): Promise<void> {
  const { talk } = editor;
  if (talk.busy) return;
  talk.busy = true;
  hush();
  if (what === "start") Object.assign(talk, { position: null, heard: [], been: [], node: "", began: Date.now(), now: Date.now() });
  editor.redraw();
  const answer = await ask<Turn>(editor.data.urls["try"] ?? "", { flow: editor.flow, position: talk.position ?? {}, scene: talk.scene, step: what, key, now: talk.now });
  talk.busy = false;
  if (!answer.ok) {
    editor.refusal = answer.message || editor.t("flow.away");
    editor.redraw();
    return;
  }
  editor.refusal = "";
  const turn = answer.value;
  Object.assign(talk, { position: turn.position, now: turn.now, expects: turn.expects, node: turn.node });
  talk.heard = joined(talk.heard, turn.heard).slice(-MOST_LINES);
  for (const each of turn.heard) if (each.what === "enters") talk.been.push(each.node);
  editor.redraw();
  document.querySelector(".flow-talk-lines")?.lastElementChild?.scrollIntoView({ block: "nearest" });
  const pieces: Spoken[] = turn.heard.flatMap((each) => (each.what === "says" ? each.pieces : []));
  if (talk.sound && editor.data.listen && pieces.length) void hear(editor, pieces);
}

/** Keys pressed one after the other stand in one line. */
export function joined(before: readonly Heard[], more: readonly Heard[]): Heard[] {
  const found = [...before];
  for (const each of more) {
    const last = found.at(-1);
    if (each.what === "pressed" && last?.what === "pressed") found[found.length - 1] = { ...last, value: last.value + each.value };
    else found.push(each);
  }
  return found;
}

export function talkView(editor: Editor): TemplateResult {
  const { t, talk } = editor;
  const called = talk.position !== null;
  return html`${sceneView(editor, called)}
    <div class="flow-inline">
      <button class="button primary" type="button" ?disabled=${talk.busy} @click=${() => void step(editor, "start")}>${t(called ? "talk.again" : "talk.call")}</button>
      ${editor.data.listen ? html`<label class="check"><input type="checkbox" .checked=${live(talk.sound)} @change=${(event: Event) => sound(editor, (event.target as HTMLInputElement).checked)} /> ${t("talk.sound")}</label>` : nothing}
      ${called ? html`<span class="quiet">${t("talk.clock", { time: editor.f.clock(talk.now - talk.began) })}</span>` : nothing}
    </div>
    ${called ? html`<ol class="flow-talk-lines" aria-live="polite" tabindex="0" aria-label=${t("talk.heard")}>${talk.heard.map((each) => line(editor, each))}</ol>${controls(editor)}` : html`<p class="quiet">${t("talk.help")}</p>`}`;
}

function sound(editor: Editor, on: boolean): void {
  editor.talk.sound = on;
  if (!on) hush();
  editor.redraw();
}

function sceneView(editor: Editor, called: boolean): TemplateResult {
  const { t, talk, data } = editor;
  const { scene } = talk;
  const put = (change: Partial<Scene>): void => {
    Object.assign(scene, change);
    editor.redraw();
  };
  const flip = (name: "known" | "blocked" | "open" | "holiday", label: string): TemplateResult =>
    html`<label class="check"><input type="checkbox" .checked=${live(scene[name])} @change=${(event: Event) => put({ [name]: (event.target as HTMLInputElement).checked })} /> ${label}</label>`;
  return html`<details class="flow-scene" ?open=${!called}>
    <summary>${t("talk.scene")}</summary>
    <div class="flow-inline">${flip("open", t("talk.open"))}${flip("holiday", t("talk.holiday"))}${flip("known", t("talk.known"))}${flip("blocked", t("talk.blocked"))}
      <label class="check"><input type="checkbox" .checked=${live(scene.caller === "")} @change=${(event: Event) => put({ caller: (event.target as HTMLInputElement).checked ? "" : "+989121234567" })} /> ${t("talk.anonymous")}</label></div>
    <div class="flow-inline">
      <div class="field"><label for="talk-staff">${t("talk.staff")}</label><select id="talk-staff" .value=${live(scene.staff)} @change=${(event: Event) => put({ staff: (event.target as HTMLSelectElement).value })}>
        ${STAFF.map((each) => html`<option value=${each} ?selected=${each === scene.staff}>${t(`talk.staff.${each}`)}</option>`)}</select></div>
      <div class="field"><label for="talk-language">${t("talk.language")}</label><select id="talk-language" .value=${live(scene.language)} @change=${(event: Event) => put({ language: (event.target as HTMLSelectElement).value })}>
        <option value="">${t("talk.language.none")}</option>${editor.flow.languages.map((code) => html`<option value=${code} ?selected=${code === scene.language}>${languageName(editor, code)}</option>`)}</select></div>
      ${data.around.attributes.map(
        (name) => html`<div class="field"><label for=${`talk-${name}`}><bdi dir="ltr">${name}</bdi></label><input id=${`talk-${name}`} type="text" maxlength="80" dir="auto" .value=${live(scene.attributes[name] ?? "")} @input=${(event: Event) => put({ attributes: { ...scene.attributes, [name]: (event.target as HTMLInputElement).value } })} /></div>`,
      )}
    </div>
  </details>`;
}

function line(editor: Editor, each: Heard): TemplateResult | typeof nothing {
  const { t, f, data } = editor;
  const queue = data.around.queues[each.value] ?? each.value;
  const by = (key: Parameters<Editor["t"]>[0], values: Record<string, string> = {}, kind = "quiet"): TemplateResult => html`<li class=${kind}>${t(key, values)}</li>`;
  switch (each.what) {
    case "says":
      return html`<li class="flow-says" dir="auto">${spoken(each.pieces).map((part) => html`<span lang=${part.language} dir="auto">${part.text}</span> `)}</li>`;
    case "pressed":
      return html`<li class="flow-pressed">${t("talk.pressed", { keys: f.local(each.value) })}</li>`;
    case "enters":
      return html`<li class="quiet flow-enters"><button type="button" class="flow-way" @click=${() => each.flow === editor.flow.id && editor.show(each.node)}><bdi>${each.flow === editor.flow.id ? nodeName(editor, each.node) : `${data.around.flows[each.flow] ?? each.flow} · ${each.node}`}</bdi></button></li>`;
    case "music":
      return by("talk.music");
    case "language":
      return by("talk.speaks", { language: languageName(editor, each.value) });
    case "queue":
      return by("talk.queue", { queue });
    case "leaves":
      return by(each.good ? "talk.leaves" : `talk.staff.${each.value === "no_agents" ? "nobody" : each.value}` as never, { queue });
    case "number":
      return by(each.good ? "talk.number_good" : "talk.number_bad", { number: f.local(each.value) }, each.good ? "quiet" : "flow-warned");
    case "callback":
      return by("talk.callback", { queue, number: f.local(each.pieces[0]?.text ?? "") }, "flow-done");
    case "records":
      return by("talk.records", { queue });
    case "dials":
      return by("talk.dials", { number: f.local(each.value) });
    case "score":
      return by("talk.score", { key: f.local(each.value) }, "flow-done");
    case "talks":
      return by("talk.talks", { queue }, "flow-done");
    case "ends":
      return by("talk.ends", {}, "flow-done");
    case "escapes":
      return by("talk.escapes", {}, "flow-warned");
    default:
      return nothing;
  }
}

/** Words of one language that follow each other make one line; numbers come word by word from the server. */
export function spoken(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    if (last && last.language === piece.language) found[found.length - 1] = { ...last, text: `${last.text} ${piece.text}` };
    else found.push(piece);
  }
  return found;
}

function controls(editor: Editor): TemplateResult {
  const { t, f, talk } = editor;
  const act = (what: string, label: string): TemplateResult => html`<button class="button" type="button" ?disabled=${talk.busy} @click=${() => void step(editor, what)}>${label}</button>`;
  if (talk.expects === "end") return html`<p class="quiet" role="status">${t("talk.over")}</p>`;
  return html`<div class="flow-controls" @keydown=${(event: KeyboardEvent) => typed(editor, event)}>
    <div class="flow-keypad" role="group" aria-label=${t("talk.keypad")} dir="ltr">
      ${KEYPAD.map((key) => html`<button class="button" type="button" ?disabled=${talk.busy} @click=${() => void step(editor, "press", key)}>${f.local(key)}</button>`)}
    </div>
    <div class="flow-acts">
      ${talk.expects === "keys" ? act("wait", t("talk.wait")) : nothing}
      ${talk.expects === "agent" ? html`${act("wait", t("talk.wait_on"))}${act("agent", t("talk.agent"))}` : nothing}
      ${talk.expects === "talk" ? html`${act("agent_leaves", t("talk.agent_leaves"))}${act("agent_lost", t("talk.agent_lost"))}` : nothing}
      ${talk.expects === "recording" ? html`${act("spoke", t("talk.spoke"))}${act("silent", t("talk.silent"))}` : nothing}
      ${talk.expects === "transfer" ? html`${act("answered", t("talk.answered"))}${act("unanswered", t("talk.unanswered"))}` : nothing}
      ${act("hang_up", t("talk.hang_up"))}
    </div>
  </div>`;
}

/** Digits of the keyboard press keys while the focus is on the keypad. */
function typed(editor: Editor, event: KeyboardEvent): void {
  const key = event.key.replace(/[۰-۹]/, (d) => String(d.charCodeAt(0) - 0x6f0));
  if (!/^[0-9*#]$/.test(key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  void step(editor, "press", key);
}
