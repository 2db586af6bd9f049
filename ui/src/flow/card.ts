/** The steps as cards: closed, what a caller hears and where it leads; open, every field with what the checker says. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { asLanguage, directionOf } from "../language/catalogue";
import { type Editor, fieldLabel, findingsAt, idOf, kindName, nodeLabel, nodeName } from "./context";
import { NAME, freeName, inOrder, leadingTo, snippet, ways, withCopy, withField, withNode, withRenamed, without } from "./edit";
import { KINDS, PARTS, blank } from "./fields";
import { type At, asName, firstOf, told } from "./inputs";
import { partField } from "./parts";

export function cards(editor: Editor): TemplateResult {
  const names = inOrder(editor.flow);
  return html`<ol class="flow-cards" @keydown=${(event: KeyboardEvent) => walk(event)}>
      ${repeat(names, (name) => name, (name) => card(editor, name))}
    </ol>
    ${adder(editor)}`;
}

/** Arrows go from card to card while the heading of one has the focus. */
function walk(event: KeyboardEvent): void {
  const from = event.target as HTMLElement;
  if (!from.matches(".flow-card-open") || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const all = [...document.querySelectorAll<HTMLElement>(".flow-card-open")];
  const at = all.indexOf(from);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key] ?? at;
  all[to]?.focus();
  event.preventDefault();
}

function adder(editor: Editor): TemplateResult {
  return html`<p class="flow-add"><label class="visually-hidden" for="flow-add">${editor.t("flow.add")}</label>
    <select id="flow-add" class="input" @change=${(event: Event) => {
      const select = event.target as HTMLSelectElement;
      const kind = select.value;
      select.value = "";
      if (kind) addNode(editor, kind);
    }}>
      <option value="">+ ${editor.t("flow.add")}</option>
      ${KINDS.map((kind) => html`<option value=${kind}>${kindName(editor, kind)} – ${editor.data.words.helps[kind] ?? ""}</option>`)}
    </select></p>`;
}

export function addNode(editor: Editor, kind: string): void {
  const name = freeName(editor.flow, kind.replaceAll("_", "-"));
  editor.change(withNode(editor.flow, name, blank(kind, (from) => firstOf(editor, from)), editor.open));
  editor.show(name);
}

function card(editor: Editor, name: string): TemplateResult {
  const node = editor.flow.nodes[name]!;
  const open = editor.open === name;
  const wrong = findingsAt(editor, name).length;
  const here = editor.side === "try" && editor.talk.node === name;
  const { t } = editor;
  return html`<li class="flow-card ${open ? "open" : ""} ${here ? "here" : ""}" data-node=${name}>
    <h2>
      <button class="flow-card-open" type="button" id=${`card-${name}`} aria-expanded=${open ? "true" : "false"} @click=${() => editor.show(open ? "" : name)}>
        <span class="badge accent">${kindName(editor, node)}</span>
        ${node["title"] ? html`<bdi class="flow-card-name">${node["title"]}</bdi>` : nothing}<bdi class="flow-card-key" dir="ltr">${name}</bdi>
        ${editor.flow.start === name ? html`<span class="badge">${t("flow.start")}</span>` : nothing}
        ${here ? html`<span class="badge ok">${t("flow.caller_here")}</span>` : nothing}
        ${wrong ? html`<span class="badge alarm">${t("flow.to_repair", { n: wrong })}</span>` : nothing}
      </button>
    </h2>
    ${open ? body(editor, name) : summary(editor, name)}
  </li>`;
}

function summary(editor: Editor, name: string): TemplateResult {
  const node = editor.flow.nodes[name]!;
  const text = snippet(node, editor.language);
  const leads = ways(node);
  return html`${text ? html`<p class="flow-snippet" dir="auto">${text}</p>` : nothing}
    ${leads.length
      ? html`<ul class="flow-ways">
          ${leads.map(
            (way) => html`<li><span class="quiet">${wayName(editor, name, way.field)}</span>
              ${editor.flow.nodes[way.to]
                ? html`<button type="button" class="flow-way" @click=${() => editor.show(way.to)}><bdi>${nodeName(editor, way.to)}</bdi></button>`
                : html`<span class="badge alarm">${editor.t("flow.gone", { name: way.to })}</span>`}</li>`,
          )}
        </ul>`
      : nothing}`;
}

/** When the way is taken: a key, "otherwise", an alternative with its key. */
export function wayName(editor: Editor, name: string, field: string): string {
  const { t, f, data } = editor;
  const key = /^choices\.(.)$/.exec(field)?.[1];
  if (key) return t("flow.key_named", { key: f.local(key) });
  const place = /^offer\.ways\[(\d+)\]/.exec(field)?.[1];
  if (place !== undefined) {
    const way = ((editor.flow.nodes[name]?.["offer"] as { ways?: { key?: string; way?: string }[] } | undefined)?.ways ?? [])[Number(place)];
    return `${t("flow.key_named", { key: f.local(way?.key ?? "") })}, ${data.words.ways[way?.way ?? ""] ?? ""}`;
  }
  const number = /^cases\[(\d+)\]/.exec(field)?.[1];
  return number === undefined ? fieldLabel(editor, field) : t("flow.case", { n: Number(number) + 1 });
}

function body(editor: Editor, name: string): TemplateResult {
  const node = editor.flow.nodes[name]!;
  const at: At = { editor, name, node };
  const parts = PARTS[node.kind] ?? [];
  const more = parts.filter((part) => part.more);
  const hidden = more.some((part) => findingsAt(editor, name, part.name).length > 0);
  const { t, data } = editor;
  return html`<div class="flow-card-body">
    ${data.words.helps[node.kind] ? html`<p class="help">${data.words.helps[node.kind]}</p>` : nothing}
    ${told(at, "")} ${told(at, "kind")}
    ${parts.filter((part) => !part.more).map((part) => partField(at, part))}
    <details class="flow-more" ?open=${hidden}>
      <summary>${t("flow.more")}</summary>
      <div class="flow-more-body">${more.map((part) => partField(at, part))}${naming(at)}</div>
    </details>
    <div class="flow-card-actions">
      ${editor.flow.start === name ? nothing : html`<button class="button compact" type="button" @click=${() => editor.change({ ...editor.flow, start: name })}>${t("flow.make_start")}</button>`}
      <button class="button compact" type="button" @click=${() => copy(editor, name)}>${t("flow.copy")}</button>
      <button class="button compact danger" type="button" @click=${() => remove(editor, name)}>${t("flow.remove")}</button>
    </div>
  </div>`;
}

/** What people call the step, and its name in the flow, which everything that leads here follows. */
function naming(at: At): TemplateResult {
  const { editor, name, node } = at;
  const { t } = editor;
  const from = leadingTo(editor.flow, name).length;
  return html`<div class="flow-inline flow-naming">
    <div class="field"><label for=${idOf(name, "title")}>${t("flow.title")}</label><input id=${idOf(name, "title")} type="text" maxlength="80" dir=${directionOf(asLanguage(editor.language))}
      .value=${live(String(node["title"] ?? ""))} @input=${(event: Event) => editor.change(withField(editor.flow, name, "title", (event.target as HTMLInputElement).value || undefined), `${name}/title`)} /></div>
    <div class="field"><label for=${idOf(name, "name")}>${t("flow.name")}</label><input id=${idOf(name, "name")} type="text" dir="ltr" maxlength="40" autocomplete="off" .value=${name}
      @change=${(event: Event) => rename(editor, name, event.target as HTMLInputElement)} /><p class="help">${t("flow.name.help", { n: from })}</p></div>
  </div>`;
}

function rename(editor: Editor, old: string, field: HTMLInputElement): void {
  const wanted = asName(field.value);
  if (!NAME.test(wanted) || (wanted !== old && editor.flow.nodes[wanted])) {
    field.value = old;
    editor.said = editor.t(editor.flow.nodes[wanted] ? "flow.name_taken" : "flow.name_help");
    editor.redraw();
    return;
  }
  const next = withRenamed(editor.flow, old, wanted);
  if (editor.open === old) editor.open = wanted;
  editor.change(next);
  queueMicrotask(() => document.getElementById(idOf(wanted, "name"))?.focus());
}

function copy(editor: Editor, name: string): void {
  const made = withCopy(editor.flow, name, (title) => editor.t("flow.copy_of", { name: title }));
  editor.change(made.flow);
  editor.show(made.name);
}

export function remove(editor: Editor, name: string): void {
  const names = inOrder(editor.flow);
  const next = names[names.indexOf(name) + 1] ?? names[names.indexOf(name) - 1] ?? "";
  const label = nodeLabel(editor, name);
  editor.change(without(editor.flow, name));
  editor.said = editor.t("flow.removed", { name: label });
  editor.show("");
  document.getElementById(next ? `card-${next}` : "flow-add")?.focus();
}
