/** The small fields of a step: texts, numbers, switches, choices, the picker of the next step. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { asLanguage, directionOf } from "../language/catalogue";
import { type Editor, fieldLabel, findingsAt, idOf, kindName, languageName, nodeLabel } from "./context";
import { freeName, inOrder, valueAt, withField, withNode } from "./edit";
import { KINDS, blank } from "./fields";
import { listenButton } from "./listen";
import type { FlowNode, Saying, Value } from "./types";

export interface At {
  editor: Editor;
  name: string;
  node: FlowNode;
}

/** What the checker says of exactly this field. */
export function told({ editor, name }: At, path: string): TemplateResult | typeof nothing {
  const found = findingsAt(editor, name).filter((each) => each.field === path);
  if (!found.length) return nothing;
  return html`<ul class="flow-told" id=${`${idOf(name, path)}-told`}>
    ${found.map((each) => html`<li><b>${each.problem}</b> ${each.remedy}</li>`)}
  </ul>`;
}

function wrapped(at: At, path: string, control: TemplateResult, label = fieldLabel(at.editor, path), help = ""): TemplateResult {
  const wrong = findingsAt(at.editor, at.name).some((each) => each.field === path);
  return html`<div class="field ${wrong ? "wrong" : ""}"><label for=${idOf(at.name, path)}>${label}</label>${control}${help ? html`<p class="help">${help}</p>` : nothing}${told(at, path)}</div>`;
}

export function set(at: At, path: string, value: Value, typed = false): void {
  at.editor.change(withField(at.editor.flow, at.name, path, value), typed ? `${at.name}/${path}` : "");
}

const describedBy = (at: At, path: string): string | typeof nothing =>
  findingsAt(at.editor, at.name).some((each) => each.field === path) ? `${idOf(at.name, path)}-told` : nothing;

export function textField(at: At, path: string, most: number, options: { ltr?: boolean; usual?: string; label?: string; help?: string; clean?: (text: string) => string } = {}): TemplateResult {
  const value = valueAt(at.node, path);
  const control = html`<input
    id=${idOf(at.name, path)} type="text" maxlength=${most} autocomplete="off" dir=${options.ltr ? "ltr" : "auto"}
    .value=${live(String(value ?? options.usual ?? ""))} aria-describedby=${describedBy(at, path)}
    @input=${(event: Event) => {
      const field = event.target as HTMLInputElement;
      const text = options.clean ? options.clean(field.value) : field.value;
      set(at, path, text, true);
    }}
  />`;
  return wrapped(at, path, control, options.label, options.help);
}

/** A name inside the flow: small Latin letters, digits, - and _; what people type is made into one. */
export const asName = (text: string): string => text.toLowerCase().replace(/\s+/g, "_").replace(/[^a-z0-9_-]/g, "").replace(/^[^a-z]+/, "").slice(0, 40);

const LATIN = (text: string): string =>
  text.replace(/[۰-۹]/g, (d) => String(d.charCodeAt(0) - 0x6f0)).replace(/[٠-٩]/g, (d) => String(d.charCodeAt(0) - 0x660));

export function numberField(at: At, path: string, usual: number, bounds: { least: number; most: number }, unit = ""): TemplateResult {
  const { f } = at.editor;
  const value = valueAt(at.node, path);
  const shown = typeof value === "number" ? f.local(String(value)) : f.local(String(value ?? usual));
  const label = unit ? `${fieldLabel(at.editor, path)} (${unit})` : fieldLabel(at.editor, path);
  const control = html`<input
    id=${idOf(at.name, path)} type="text" inputmode="numeric" dir="ltr" autocomplete="off" maxlength="5" class="flow-number"
    .value=${live(shown)} aria-describedby=${describedBy(at, path)} title=${`${f.digits(bounds.least)}–${f.digits(bounds.most)}`}
    @input=${(event: Event) => {
      const text = LATIN((event.target as HTMLInputElement).value).trim();
      set(at, path, /^\d+$/.test(text) ? Number(text) : text === "" ? undefined : text, true);
    }}
  />`;
  return wrapped(at, path, control, label);
}

export function switchField(at: At, path: string, usual: boolean, label = fieldLabel(at.editor, path)): TemplateResult {
  const value = valueAt(at.node, path) ?? usual;
  return html`<div class="field"><label class="check"><input
    id=${idOf(at.name, path)} type="checkbox" .checked=${live(value === true)}
    @change=${(event: Event) => set(at, path, (event.target as HTMLInputElement).checked)} /> <span>${label}</span></label>${told(at, path)}</div>`;
}

export interface Option {
  value: string;
  label: string;
}

export function pick(at: At, path: string, options: readonly Option[], usual: string, extra: { label?: string; empty?: string; bare?: boolean } = {}): TemplateResult {
  const value = String(valueAt(at.node, path) ?? usual);
  const known = options.some((each) => each.value === value) || (value === "" && extra.empty !== undefined);
  const label = extra.label ?? fieldLabel(at.editor, path);
  const control = html`<select
    id=${idOf(at.name, path)} aria-describedby=${describedBy(at, path)} aria-label=${extra.bare ? label : nothing}
    .value=${live(value)}
    @change=${(event: Event) => set(at, path, (event.target as HTMLSelectElement).value)}
  >
    ${extra.empty !== undefined ? html`<option value="" ?selected=${value === ""}>${extra.empty}</option>` : nothing}
    ${known ? nothing : html`<option value=${value} selected>${value || "–"}</option>`}
    ${repeat(options, (each) => each.value, (each) => html`<option value=${each.value} ?selected=${each.value === value}>${each.label}</option>`)}
  </select>`;
  return extra.bare ? html`${control}` : wrapped(at, path, control, label);
}

/** The picker of a step: any step there is, or a new one of a kind, made and led to at once. */
export function targetField(at: At, path: string, must: boolean, bare = false): TemplateResult {
  const { editor } = at;
  const value = String(valueAt(at.node, path) ?? "");
  const names = inOrder(editor.flow);
  const missing = value !== "" && !editor.flow.nodes[value];
  const label = fieldLabel(editor, path);
  const chosen = (event: Event): void => {
    const wanted = (event.target as HTMLSelectElement).value;
    if (wanted.startsWith("+")) {
      const kind = wanted.slice(1);
      const name = freeName(editor.flow, kind.replaceAll("_", "-"));
      editor.change(withField(withNode(editor.flow, name, blank(kind, (from) => firstOf(editor, from)), at.name), at.name, path, name));
      editor.said = editor.t("flow.made", { kind: kindName(editor, kind), name });
      editor.redraw();
    } else set(at, path, wanted || (must ? "" : undefined));
  };
  const control = html`<span class="flow-target"><select
      id=${idOf(at.name, path)} aria-describedby=${describedBy(at, path)} aria-label=${bare ? label : nothing} .value=${live(value)} @change=${chosen}
    >
      <option value="" ?selected=${value === ""}>${must ? editor.t("flow.choose_step") : editor.t("flow.nowhere")}</option>
      ${missing ? html`<option value=${value} selected>${editor.t("flow.gone", { name: value })}</option>` : nothing}
      ${repeat(names, (each) => each, (each) => html`<option value=${each} ?selected=${each === value}>${nodeLabel(editor, each)}</option>`)}
      <optgroup label=${editor.t("flow.new_step")}>
        ${KINDS.map((kind) => html`<option value=${`+${kind}`}>+ ${kindName(editor, kind)}</option>`)}
      </optgroup>
    </select>${value && !missing ? html`<button class="button compact square plain" type="button" title=${editor.t("flow.go", { name: nodeLabel(editor, value) })} aria-label=${editor.t("flow.go", { name: nodeLabel(editor, value) })} @click=${() => editor.show(value)}>→</button>` : nothing}</span>`;
  return bare ? control : wrapped(at, path, control);
}

export function firstOf(editor: Editor, from: string): string {
  if (from === "languages") return editor.flow.languages[0] ?? "";
  const known = (editor.data.around as unknown as Record<string, Record<string, string>>)[from] ?? {};
  return Object.keys(known).find((key) => key !== editor.flow.id) ?? "";
}

/** What is said: a text in every language of the flow, side by side; below it a prompt, what is known, how it sounds. */
export function sayingField(at: At, path: string, must: boolean): TemplateResult {
  const { editor } = at;
  const { t } = editor;
  const value = valueAt(at.node, path) as Saying | null | undefined;
  const label = fieldLabel(editor, path);
  if (!value && !must) {
    return html`<div class="field"><button class="button compact" type="button" id=${idOf(at.name, path)} @click=${() => set(at, path, { text: {} })}>${t("flow.say_own", { what: label })}</button>${told(at, path)}</div>`;
  }
  const saying = value ?? {};
  const known = [...new Set(["caller", "called", ...noted(editor), ...editor.data.around.attributes])];
  return html`<fieldset class="flow-saying">
    <legend>${label}${must ? nothing : html` <button class="button compact plain" type="button" @click=${() => set(at, path, undefined)}>${t("flow.leave_out")}</button>`}</legend>
    <div class="flow-texts">
      ${repeat(editor.flow.languages, (code) => code, (code) => {
        const field = `${path}.text.${code}`;
        const text = String(saying.text?.[code] ?? "");
        const wrong = findingsAt(editor, at.name).some((each) => each.field === field);
        return html`<div class="field ${wrong ? "wrong" : ""}">
          <label for=${idOf(at.name, field)}>${languageName(editor, code)}</label>
          <textarea id=${idOf(at.name, field)} rows="3" maxlength="1000" lang=${code} dir=${directionOf(asLanguage(code))} aria-describedby=${describedBy(at, field)}
            .value=${live(text)} @input=${(event: Event) => set(at, field, (event.target as HTMLTextAreaElement).value, true)}></textarea>
          ${told(at, field)}${listenButton(editor, code, text, String(saying.prompt ?? ""))}
        </div>`;
      })}
    </div>
    ${told(at, `${path}.text`)}
    <div class="flow-inline">
      <label class="small">${t("flow.insert")}
        <select @change=${(event: Event) => insert(event, at, path)}>
          <option value="">–</option>
          ${known.flatMap((name) => [`{${name}}`, `{${name}:digits}`]).map((slot) => html`<option value=${slot}>${slot}</option>`)}
        </select></label>
      ${Object.keys(editor.data.around.prompts).length
        ? html`<label class="small">${t("flow.recording")}
            <select id=${idOf(at.name, `${path}.prompt`)} .value=${live(String(saying.prompt ?? ""))} @change=${(event: Event) => set(at, `${path}.prompt`, (event.target as HTMLSelectElement).value || undefined)}>
              <option value="">${t("flow.recording.none")}</option>
              ${Object.entries(editor.data.around.prompts).map(([key, name]) => html`<option value=${key} ?selected=${key === saying.prompt}>${name}</option>`)}
            </select></label>`
        : nothing}
    </div>
    ${told(at, `${path}.prompt`)}
  </fieldset>`;
}

/** Puts what is known into the text last written in. */
function insert(event: Event, at: At, path: string): void {
  const select = event.target as HTMLSelectElement;
  const slot = select.value;
  select.value = "";
  const box = select.closest("fieldset");
  const fields = [...(box?.querySelectorAll("textarea") ?? [])];
  const last = fields.find((each) => each === lastTyped) ?? fields[0];
  if (!last || !slot) return;
  last.setRangeText(slot, last.selectionStart, last.selectionEnd, "end");
  set(at, `${path}.text.${last.lang}`, last.value);
  last.focus();
}

let lastTyped: EventTarget | null = null;
if (typeof document !== "undefined") {
  document.addEventListener("focusout", (event) => {
    if (event.target instanceof HTMLTextAreaElement) lastTyped = event.target;
  });
}

/** What the flow itself notes on the way. */
export function noted(editor: Editor): string[] {
  return [...new Set(Object.values(editor.flow.nodes).flatMap((node) => (node.kind === "collect" ? [node["into"]] : node.kind === "set" ? [node["name"]] : [])))]
    .filter((name): name is string => typeof name === "string" && name !== "");
}
