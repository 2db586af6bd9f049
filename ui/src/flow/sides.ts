/** What opens beside the steps: the try-out, publishing, a conflict, languages and name, the flow as text. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { ask } from "./calls";
import { type Editor, fieldLabel, languageName, nodeName } from "./context";
import { withLanguages } from "./edit";
import { talkView } from "./talk";
import type { Difference, Finding, Flow } from "./types";

export function sideView(editor: Editor): TemplateResult | typeof nothing {
  const { t, side } = editor;
  if (!side) return nothing;
  const bodies = { try: talkView, publish: publishView, conflict: conflictView, languages: languagesView, text: textView };
  return html`<aside class="flow-side" aria-labelledby="flow-side-title">
    <header><h2 id="flow-side-title" tabindex="-1">${t(`side.${side}`)}</h2>
      <button class="button compact square plain" type="button" aria-label=${t("flow.close")} title=${t("flow.close")} @click=${() => editor.openSide("")}>×</button></header>
    ${bodies[side](editor)}
  </aside>`;
}

export function findingsView(editor: Editor): TemplateResult {
  const { t, findings } = editor;
  if (editor.away) return html`<p class="flow-check warn" role="status">${t("flow.check_away")}</p>`;
  if (!findings.length) return html`<p class="flow-check ok" role="status">${t(editor.checked ? "flow.nothing_wrong" : "flow.checking")}</p>`;
  return html`<details class="flow-check wrong" open>
    <summary role="status">${t("flow.to_repair", { n: findings.length })}</summary>
    <ul>${repeat(findings, (each) => `${each.node}/${each.field}/${each.code}`, (each) => html`<li>${item(editor, each)}</li>`)}</ul>
  </details>`;
}

function item(editor: Editor, each: Finding): TemplateResult {
  const where = each.node ? nodeName(editor, each.node) : editor.t("flow.whole");
  const field = each.field && each.node ? ` · ${fieldLabel(editor, each.field.replace(/\.text\.[a-z]+$/, ""))}` : "";
  return html`<button type="button" class="flow-finding" @click=${() => (each.node ? editor.show(each.node, each.field) : editor.openSide(each.field === "languages" ? "languages" : editor.side))}>
    <b><bdi>${where}</bdi>${field}</b> <span>${each.problem} ${each.remedy}</span></button>`;
}

function changesView(editor: Editor, changes: readonly Difference[]): TemplateResult {
  if (!changes.length) return html`<p class="quiet">${editor.t("flow.no_changes")}</p>`;
  return html`<dl class="flow-changes">${changes.map((each) => html`<div><dt><bdi>${each.what}</bdi></dt><dd>${each.before ? html`<del dir="auto">${each.before}</del> ` : nothing}${each.after ? html`<ins dir="auto">${each.after}</ins>` : nothing}</dd></div>`)}</dl>`;
}

// -- publishing --------------------------------------------------------------------------------------------------------
function publishView(editor: Editor): TemplateResult {
  const { t, data, findings, differences } = editor;
  const ready = editor.checked && !findings.length && !editor.saving;
  return html`<p class="quiet">${data.published ? t("publish.since", { version: data.published }) : t("publish.first")}</p>
    ${differences ? (data.published ? changesView(editor, differences) : nothing) : html`<p class="quiet" role="status">${t("flow.loading")}</p>`}
    ${findings.length ? html`<p class="flow-warned" role="alert">${t("publish.repair", { n: findings.length })}</p>` : nothing}
    <p><button class="button primary" type="button" ?disabled=${!ready} @click=${() => void editor.publish()}>${t("publish.now")}</button></p>
    <p class="quiet small">${t("publish.help")}</p>`;
}

// -- two people at once ------------------------------------------------------------------------------------------------
function conflictView(editor: Editor): TemplateResult {
  const { t, conflict } = editor;
  if (!conflict) return html``;
  const take = (flow: Flow): void => {
    editor.data.version = conflict.version;
    editor.saved = JSON.stringify(conflict.flow);
    editor.overtaken = "";
    editor.conflict = null;
    editor.side = "";
    editor.change(flow);
  };
  return html`<p role="alert"><b>${t("conflict.told", { name: conflict.by || "–" })}</b></p>
    <h3>${t("conflict.theirs")}</h3>${changesView(editor, conflict.theirs)}
    <h3>${t("conflict.mine")}</h3>${changesView(editor, conflict.mine)}
    ${conflict.clashes.length ? html`<p class="flow-warned">${t("conflict.both", { fields: conflict.clashes.join(", ") })}</p>` : nothing}
    <div class="flow-inline"><button class="button primary" type="button" @click=${() => take(conflict.merged)}>${t("conflict.merge")}</button>
      <button class="button" type="button" @click=${() => take(conflict.flow)}>${t("conflict.take")}</button></div>
    <p class="quiet small">${t("conflict.help")}</p>`;
}

// -- languages and name ------------------------------------------------------------------------------------------------
function languagesView(editor: Editor): TemplateResult {
  const { t, flow, data } = editor;
  const all = [...new Set([...flow.languages, ...Object.keys(data.around.languages)])];
  const flip = (code: string): void => {
    const next = flow.languages.includes(code) ? flow.languages.filter((each) => each !== code) : [...flow.languages, code];
    if (next.length) editor.change(withLanguages(flow, next));
    else editor.redraw();
  };
  return html`<p class="quiet">${t("languages.help")}</p>
    <fieldset class="flow-rows"><legend>${t("languages.spoken")}</legend>
      ${all.map(
        (code) => html`<div class="flow-row"><label class="check"><input type="checkbox" id=${`language-${code}`} .checked=${live(flow.languages.includes(code))} @change=${() => flip(code)} /> ${languageName(editor, code)}</label>
          ${flow.languages[0] === code ? html`<span class="badge ok">${t("languages.first")}</span>` : flow.languages.includes(code) ? html`<button class="button compact plain" type="button" @click=${() => editor.change(withLanguages(flow, [code, ...flow.languages.filter((each) => each !== code)]))}>${t("languages.make_first")}</button>` : nothing}</div>`,
      )}</fieldset>
    ${Object.keys(data.around.languages).map(
      (code) => html`<div class="field"><label for=${`flow-name-${code}`}>${t("languages.name", { language: languageName(editor, code) })}</label><input id=${`flow-name-${code}`} type="text" maxlength="80" dir="auto" lang=${code}
        .value=${live(flow.name?.[code] ?? "")} @input=${(event: Event) => editor.change({ ...flow, name: { ...flow.name, [code]: (event.target as HTMLInputElement).value } }, `name/${code}`)} /></div>`,
    )}`;
}

// -- as text -----------------------------------------------------------------------------------------------------------
function textView(editor: Editor): TemplateResult {
  const { t } = editor;
  return html`<p class="quiet">${t("text.help")}</p>
    <div class="field"><label for="flow-text">${t("text.label")}</label>
      <textarea id="flow-text" class="flow-text" rows="18" dir="ltr" spellcheck="false" .value=${live(editor.imported || editor.exported)} @input=${(event: Event) => {
        editor.imported = (event.target as HTMLTextAreaElement).value;
      }}></textarea></div>
    <div class="flow-inline"><button class="button primary" type="button" @click=${() => void read(editor)}>${t("text.read")}</button>
      <a class="button" href=${editor.data.urls["export"] ?? ""} download>${t("text.download")}</a>
      <label class="button">${t("text.file")}<input class="visually-hidden" type="file" accept=".toml,.json,text/plain,application/json" @change=${(event: Event) => void fromFile(editor, event)} /></label></div>`;
}

export async function write(editor: Editor): Promise<void> {
  editor.imported = "";
  editor.exported = "";
  const answer = await ask<{ text: string }>(editor.data.urls["write"] ?? "", { flow: editor.flow });
  if (answer.ok) editor.exported = answer.value.text;
  else editor.refusal = answer.message || editor.t("flow.away");
  editor.redraw();
}

async function read(editor: Editor): Promise<void> {
  const answer = await ask<{ flow: Flow }>(editor.data.urls["read"] ?? "", { text: editor.imported || editor.exported });
  if (answer.ok) {
    editor.change({ ...answer.value.flow, id: editor.data.flow.id });
    editor.refusal = "";
    editor.said = editor.t("text.done");
    editor.openSide("");
  } else editor.refusal = answer.message || editor.t("flow.away");
  editor.redraw();
}

async function fromFile(editor: Editor, event: Event): Promise<void> {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (!file) return;
  editor.imported = await file.text();
  editor.redraw();
}
