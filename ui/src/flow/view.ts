import { html, nothing, type TemplateResult } from "lit-html";
import { pick } from "../language/catalogue";
import { cards } from "./card";
import { type Editor, isUnsaved } from "./context";
import { mapView } from "./map";
import { findingsView, sideView } from "./sides";

export function editorView(editor: Editor): TemplateResult {
  const { t, data } = editor;
  return html`${bar(editor)}
    <div class="flow-notes">
      ${editor.refusal ? html`<p class="callout alarm" role="alert">${editor.refusal} <button class="button compact" type="button" @click=${() => dismiss(editor)}>${t("flow.close")}</button></p>` : nothing}
      ${editor.overtaken ? html`<p class="callout note" role="status">${t("flow.overtaken", { name: editor.overtaken })} <button class="button compact" type="button" @click=${() => void editor.save()}>${t("flow.look")}</button></p>` : nothing}
      ${data.may_edit ? nothing : html`<p class="callout note" role="status">${t("flow.read_only")}</p>`}
      <p class="flow-said" role="status">${editor.said}</p>
    </div>
    <div class="flow-body ${editor.side ? "with-side" : ""}">
      <div class="flow-overview">${findingsView(editor)}${mapView(editor)}</div>
      <div class="flow-steps">${cards(editor)}</div>
      ${sideView(editor)}
    </div>`;
}

function dismiss(editor: Editor): void {
  editor.refusal = "";
  editor.redraw();
}

function bar(editor: Editor): TemplateResult {
  const { t, data, flow } = editor;
  const unsaved = isUnsaved(editor);
  const state = editor.saving ? t("flow.saving") : unsaved ? t("flow.unsaved") : t("flow.saved");
  const shut = !data.may_edit;
  return html`<header class="flow-bar">
    <div class="flow-title"><h1><bdi>${pick(flow.name, editor.language, flow.id)}</bdi></h1>
      ${data.published ? html`<span class="badge ok">${t("flow.published", { version: data.published })}</span>` : html`<span class="badge warn">${t("flow.not_published")}</span>`}
      <span class="badge ${unsaved ? "warn" : ""}">${state}</span></div>
    <div class="flow-buttons">
      <button class="button square plain" type="button" ?disabled=${!editor.canUndo} aria-label=${t("flow.undo")} title=${t("flow.undo")} @click=${() => editor.undo()}>↶</button>
      <button class="button square plain" type="button" ?disabled=${!editor.canRedo} aria-label=${t("flow.redo")} title=${t("flow.redo")} @click=${() => editor.redo()}>↷</button>
      <button class="button" type="button" aria-pressed=${editor.side === "try"} @click=${() => editor.openSide(editor.side === "try" ? "" : "try")}>${t("side.try")}</button>
      <details data-menu class="flow-menu"><summary class="button">${t("flow.menu")}</summary><div class="popover">
        <button class="menu-item" type="button" @click=${() => editor.openSide("languages")}>${t("side.languages")}</button>
        <button class="menu-item" type="button" @click=${() => editor.openSide("text")}>${t("side.text")}</button>
        <a class="menu-item" href=${data.urls["versions"] ?? ""}>${t("flow.versions")}</a>
      </div></details>
      <button class="button" type="button" ?disabled=${shut || !unsaved || editor.saving} @click=${() => void editor.save()}>${t("flow.save")}</button>
      <button class="button primary" type="button" ?disabled=${shut} @click=${() => editor.openSide("publish")}>${t("side.publish")}</button>
    </div>
  </header>`;
}
