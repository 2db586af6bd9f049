/** How a text sounds: the recording, else the made voice, made now where it was not made yet. */
import { html, nothing, type TemplateResult } from "lit-html";
import { ask } from "./calls";
import type { Editor } from "./context";

export interface Spoken {
  language: string;
  text: string;
  prompt: string;
}

const player = typeof Audio === "undefined" ? null : new Audio();
let turn = 0;

export function listenButton(editor: Editor, language: string, text: string, prompt: string): TemplateResult | typeof nothing {
  if (!editor.data.listen || (!text.trim() && !prompt)) return nothing;
  return html`<button class="button compact plain" type="button" @click=${() => void hear(editor, [{ language, text: text.replace(/\{[^}]*\}/g, " … "), prompt }])}>▸ ${editor.t("flow.listen")}</button>`;
}

/** Plays the pieces one after the other; a new call ends the one before. */
export async function hear(editor: Editor, pieces: readonly Spoken[]): Promise<void> {
  const mine = ++turn;
  player?.pause();
  const answer = await ask<{ urls: string[] }>(editor.data.urls["listen"] ?? "", { pieces });
  if (!answer.ok) {
    editor.refusal = answer.message || editor.t("flow.away");
    editor.redraw();
    return;
  }
  for (const url of answer.value.urls) {
    if (mine !== turn || !player) return;
    player.src = url;
    await player.play().catch(() => undefined);
    await new Promise<void>((done) => {
      player.onended = () => done();
      player.onpause = () => done();
      player.onerror = () => done();
    });
  }
}

export function hush(): void {
  turn += 1;
  player?.pause();
}
