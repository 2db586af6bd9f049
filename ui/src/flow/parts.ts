/** The larger fields of a step: keys and where they lead, conditions, the offer to who waits, skills, questions. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { fieldLabel, idOf, languageName } from "./context";
import { valueAt } from "./edit";
import { CHOICE_KEYS, PHONE_KEYS, type Part, WAYS } from "./fields";
import { type At, asName, noted, numberField, pick, sayingField, set, switchField, targetField, textField, told } from "./inputs";
import type { Fields, Value } from "./types";

export function partField(at: At, part: Part): TemplateResult {
  const { editor } = at;
  const { around } = editor.data;
  switch (part.type) {
    case "saying":
      return sayingField(at, part.name, part.must ?? false);
    case "target":
      return targetField(at, part.name, part.must ?? false);
    case "seconds":
      return numberField(at, part.name, part.usual, part, editor.t("flow.seconds"));
    case "count":
      return numberField(at, part.name, part.usual, part);
    case "switch":
      return switchField(at, part.name, part.usual);
    case "name":
      return textField(at, part.name, part.most, { ltr: true, clean: asName, help: editor.t("flow.name_help"), ...(part.usual ? { usual: part.usual } : {}) });
    case "text":
      return textField(at, part.name, part.most);
    case "one_of":
      return pick(at, part.name, part.options.map((value) => ({ value, label: value || editor.t("flow.no_key") })), part.usual);
    case "pick":
      return picked(at, part);
    case "choices":
      return choices(at, part.name, false);
    case "language_choices":
      return choices(at, part.name, true);
    case "cases":
      return cases(at);
    case "offer":
      return offer(at);
    case "announce":
      return announce(at);
    case "skills":
      return skills(at);
    case "attributes":
      return attributes(at, [...new Set([...noted(editor), ...around.attributes])]);
    case "questions":
      return questions(at);
  }
}

function picked(at: At, part: Extract<Part, { type: "pick" }>): TemplateResult {
  const { editor } = at;
  const { around } = editor.data;
  const known: Record<string, string> =
    part.from === "languages" ? Object.fromEntries(editor.flow.languages.map((code) => [code, languageName(editor, code)])) : around[part.from];
  const options = Object.entries(known).filter(([value]) => !(part.from === "flows" && value === editor.flow.id)).map(([value, label]) => ({ value, label }));
  const empty = part.must ? editor.t(options.length ? "flow.choose" : `flow.none.${part.from}`) : part.usual === undefined ? editor.t("flow.queue_waited") : undefined;
  return pick(at, part.name, options, part.usual ?? "", empty === undefined ? {} : { empty });
}

// -- rows --------------------------------------------------------------------------------------------------------------
const group = (label: string, content: TemplateResult, path: string, at: At): TemplateResult =>
  html`<fieldset class="flow-rows" id=${idOf(at.name, path)} tabindex="-1"><legend>${label}</legend>${content}${told(at, path)}</fieldset>`;

function remove(at: At, path: string, what: string): TemplateResult {
  const label = at.editor.t("flow.remove_this", { what });
  return html`<button class="button compact square plain" type="button" aria-label=${label} title=${label} @click=${() => set(at, path, undefined)}>×</button>`;
}

const add = (label: string, run: () => void, disabled = false): TemplateResult =>
  html`<button class="button compact" type="button" ?disabled=${disabled} @click=${run}>+ ${label}</button>`;

const fieldsOf = (value: Value): Fields => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const listOf = (value: Value): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : []);

function choices(at: At, path: string, languages: boolean): TemplateResult {
  const { editor } = at;
  const { t, f } = editor;
  const given = fieldsOf(at.node[path]);
  const keys = CHOICE_KEYS.filter((key) => key in given);
  const free = CHOICE_KEYS.filter((key) => !(key in given));
  const spoken = editor.flow.languages.map((value) => ({ value, label: languageName(editor, value) }));
  const moved = (from: string, to: string): void => set(at, path, Object.fromEntries(Object.entries(given).map(([key, value]) => [key === from ? to : key, value])));
  return group(
    fieldLabel(editor, languages ? "choices.language" : "choices"),
    html`${keys.map(
        (key) => html`<div class="flow-row">
          <select class="flow-key" aria-label=${t("flow.key")} .value=${live(key)} @change=${(event: Event) => moved(key, (event.target as HTMLSelectElement).value)}>
            ${PHONE_KEYS.filter((each) => each === key || free.includes(each as never)).map((each) => html`<option value=${each} ?selected=${each === key}>${f.local(each)}</option>`)}
          </select>
          <span aria-hidden="true">→</span>
          ${languages ? pick(at, `${path}.${key}`, spoken, "", { bare: true, label: t("flow.language") }) : targetField(at, `${path}.${key}`, true, true)}
          ${remove(at, `${path}.${key}`, t("flow.key_named", { key: f.local(key) }))}
        </div>
        ${told(at, `${path}.${key}`)}`,
      )}
      ${add(t("flow.add_key"), () => set(at, `${path}.${free[0] ?? "1"}`, languages ? (editor.flow.languages.find((code) => !Object.values(given).includes(code)) ?? editor.flow.languages[0]) : ""), free.length === 0)}`,
    path,
    at,
  );
}

function skills(at: At): TemplateResult {
  const { editor } = at;
  const options = Object.entries(editor.data.around.skills).map(([value, label]) => ({ value, label }));
  const given = listOf(at.node["skills"]);
  return group(
    fieldLabel(editor, "skills"),
    html`${given.map((_, k) => html`<div class="flow-row">${pick(at, `skills[${k}].skill`, options, "", { bare: true, label: fieldLabel(editor, "skills.skill") })}${numberField(at, `skills[${k}].level`, 1, { least: 0, most: 100 })}${remove(at, `skills[${k}]`, fieldLabel(editor, "skills.skill"))}</div>${told(at, `skills[${k}].skill`)}`)}
      ${add(editor.t("flow.add_skill"), () => set(at, `skills[${given.length}]`, { skill: options[0]?.value ?? "" }), options.length === 0)}`,
    "skills",
    at,
  );
}

function attributes(at: At, known: string[]): TemplateResult {
  const { editor } = at;
  const given = listOf(at.node["attributes"]).map(String);
  const all = [...new Set([...known, ...given])];
  return group(
    fieldLabel(editor, "attributes"),
    html`${all.length ? nothing : html`<p class="help">${editor.t("flow.nothing_noted")}</p>`}
      <div class="flow-inline">${all.map(
        (name) => html`<label class="check"><input type="checkbox" .checked=${live(given.includes(name))} @change=${() => set(at, "attributes", given.includes(name) ? given.filter((each) => each !== name) : [...given, name])} /> <bdi dir="ltr">${name}</bdi></label>`,
      )}</div>${given.map((_, k) => told(at, `attributes[${k}]`))}`,
    "attributes",
    at,
  );
}

function questions(at: At): TemplateResult {
  const { editor } = at;
  const given = listOf(at.node["questions"]);
  const names = given.map((each) => String(fieldsOf(each)["id"] ?? ""));
  let free = given.length + 1;
  while (names.includes(`q${free}`)) free += 1;
  return group(
    fieldLabel(editor, "questions"),
    html`${given.map(
        (_, k) => html`<div class="flow-block">
          ${sayingField(at, `questions[${k}].say`, true)}
          <div class="flow-inline">${textField(at, `questions[${k}].id`, 40, { ltr: true, clean: asName })}${textField(at, `questions[${k}].keys`, 12, { ltr: true, usual: "12345", clean: (text) => text.replace(/[^0-9*#]/g, "") })}${remove(at, `questions[${k}]`, fieldLabel(editor, "questions.say"))}</div>
        </div>`,
      )}
      ${add(editor.t("flow.add_question"), () => set(at, `questions[${given.length}]`, { id: `q${free}`, say: { text: {} } }), given.length >= 10)}`,
    "questions",
    at,
  );
}

// -- waiting -----------------------------------------------------------------------------------------------------------
function offer(at: At): TemplateResult {
  const { editor } = at;
  const { t, f, data } = editor;
  const label = fieldLabel(editor, "offer");
  if (!valueAt(at.node, "offer")) {
    return group(label, html`<p class="help">${t("flow.offer.help")}</p>${add(t("flow.add_offer"), () => set(at, "offer", { after_s: 35, ways: [{ key: "1", way: "callback", then: "" }] }))}`, "offer", at);
  }
  const given = listOf(valueAt(at.node, "offer.ways"));
  const keys = given.map((each) => String(fieldsOf(each)["key"] ?? ""));
  const free = CHOICE_KEYS.find((key) => !keys.includes(key)) ?? "1";
  return group(
    label,
    html`<p class="help">${t("flow.offer.help")}</p>
      ${given.map(
        (_, k) => html`<div class="flow-row">
          ${pick(at, `offer.ways[${k}].key`, PHONE_KEYS.map((value) => ({ value, label: f.local(value) })), "1", { bare: true, label: t("flow.key") })}
          ${pick(at, `offer.ways[${k}].way`, WAYS.map((value) => ({ value, label: data.words.ways[value] ?? value })), "callback", { bare: true, label: fieldLabel(editor, "offer.ways.way") })}
          <span aria-hidden="true">→</span>${targetField(at, `offer.ways[${k}].then`, true, true)}
          ${given.length > 1 ? remove(at, `offer.ways[${k}]`, t("flow.key_named", { key: f.local(keys[k] ?? "") })) : nothing}
        </div>
        ${told(at, `offer.ways[${k}].then`)}`,
      )}
      ${told(at, "offer.ways")} ${add(t("flow.add_way"), () => set(at, `offer.ways[${given.length}]`, { key: free, way: "message", then: "" }), given.length >= 6)}
      <div class="flow-inline">${numberField(at, "offer.after_s", 40, { least: 1, most: 59 }, t("flow.seconds"))}${numberField(at, "offer.again_s", 60, { least: 20, most: 900 }, t("flow.seconds"))}</div>
      ${sayingField(at, "offer.say", false)}`,
    "offer",
    at,
  );
}

function announce(at: At): TemplateResult {
  const { editor } = at;
  const silent = at.node["announce"] === null;
  const seconds = editor.t("flow.seconds");
  const whole = { place: !silent, wait: !silent, ...fieldsOf(at.node["announce"]) };
  const flip = (name: "place" | "wait"): TemplateResult =>
    html`<label class="check"><input type="checkbox" .checked=${live(whole[name] === true)} @change=${(event: Event) => set(at, "announce", { ...whole, [name]: (event.target as HTMLInputElement).checked })} /> <span>${fieldLabel(editor, `announce.${name}`)}</span></label>`;
  return group(
    fieldLabel(editor, "announce"),
    html`<div class="flow-inline">${flip("place")}${flip("wait")}</div>
      ${whole.place || whole.wait ? html`<div class="flow-inline">${numberField(at, "announce.first_s", 12, { least: 1, most: 3_600 }, seconds)}${numberField(at, "announce.every_s", 45, { least: 15, most: 600 }, seconds)}</div>` : nothing}`,
    "announce",
    at,
  );
}

// -- conditions --------------------------------------------------------------------------------------------------------
const ASKED = ["open", "holiday", "known", "anonymous", "blocked", "numbers", "callers", "languages", "attribute"] as const;
type Asked = (typeof ASKED)[number];

function cases(at: At): TemplateResult {
  const { editor } = at;
  const { t } = editor;
  const given = listOf(at.node["cases"]);
  const swap = (k: number): void => {
    const list = [...given];
    [list[k - 1], list[k]] = [list[k], list[k - 1]];
    set(at, "cases", list);
  };
  return group(
    fieldLabel(editor, "cases"),
    html`<p class="help">${t("flow.cases.help")}</p>
      ${given.map(
        (_, k) => html`<div class="flow-block">
          <div class="flow-row"><b>${t("flow.case", { n: k + 1 })}</b>
            ${k > 0 ? html`<button class="button compact square plain" type="button" aria-label=${t("flow.earlier", { n: k + 1 })} title=${t("flow.earlier", { n: k + 1 })} @click=${() => swap(k)}>↑</button>` : nothing}
            ${remove(at, `cases[${k}]`, t("flow.case", { n: k + 1 }))}</div>
          ${condition(at, `cases[${k}].when`)}
          <div class="flow-row"><span>${t("flow.then")}</span> ${targetField(at, `cases[${k}].then`, true, true)}</div>${told(at, `cases[${k}].then`)}
        </div>`,
      )}
      ${add(t("flow.add_case"), () => set(at, `cases[${given.length}]`, { when: {}, then: "" }), given.length >= 40)}`,
    "cases",
    at,
  );
}

function condition(at: At, path: string): TemplateResult {
  const { editor } = at;
  const { t } = editor;
  const when = fieldsOf(valueAt(at.node, path));
  const used = ASKED.filter((name) => name in when);
  const first: Record<Asked, Value> = {
    open: Object.keys(editor.data.around.hours)[0] ?? "", holiday: Object.keys(editor.data.around.hours)[0] ?? "",
    known: true, anonymous: true, blocked: true, numbers: [], callers: [], languages: [editor.flow.languages[0] ?? "en"], attribute: noted(editor)[0] ?? editor.data.around.attributes[0] ?? "",
  };
  return html`<div class="flow-conditions">
    ${used.map((name) => html`<div class="flow-row">${asked(at, path, name)}${remove(at, `${path}.${name}`, fieldLabel(editor, `cases.when.${name}`))}</div>${told(at, `${path}.${name}`)}`)}
    ${told(at, path)}
    <div class="flow-row">
      <select aria-label=${t("flow.add_condition")} @change=${(event: Event) => {
        const select = event.target as HTMLSelectElement;
        const name = select.value as Asked | "";
        select.value = "";
        if (name) set(at, `${path}.${name}`, first[name]);
      }}>
        <option value="">+ ${t(used.length ? "flow.and_also" : "flow.add_condition")}</option>
        ${ASKED.filter((name) => !used.includes(name)).map((name) => html`<option value=${name}>${fieldLabel(editor, `cases.when.${name}`)}</option>`)}
      </select>
      ${used.length ? switchField(at, `${path}.reverse`, false) : nothing}
    </div>
  </div>`;
}

function asked(at: At, path: string, name: Asked): TemplateResult {
  const { editor } = at;
  const { t } = editor;
  const field = `${path}.${name}`;
  const label = fieldLabel(editor, `cases.when.${name}`);
  const named = html`<span class="flow-asked">${label}</span>`;
  switch (name) {
    case "open":
    case "holiday":
      return html`${named}${pick(at, field, Object.entries(editor.data.around.hours).map(([value, text]) => ({ value, label: text })), "", { bare: true, label, empty: t(Object.keys(editor.data.around.hours).length ? "flow.choose" : "flow.none.hours") })}`;
    case "known":
    case "anonymous":
    case "blocked":
      return html`${named}<select aria-label=${label} .value=${live(String(valueAt(at.node, field)))} @change=${(event: Event) => set(at, field, (event.target as HTMLSelectElement).value === "true")}>
        <option value="true">${t("flow.yes")}</option><option value="false">${t("flow.no")}</option></select>`;
    case "languages": {
      const given = listOf(valueAt(at.node, field)).map(String);
      return html`${named}<span class="flow-inline">${editor.flow.languages.map((code) => html`<label class="check"><input type="checkbox" .checked=${live(given.includes(code))} @change=${() => set(at, field, given.includes(code) ? given.filter((each) => each !== code) : [...given, code])} /> ${languageName(editor, code)}</label>`)}</span>`;
    }
    case "attribute": {
      const known = [...new Set([...noted(editor), ...editor.data.around.attributes])].map((value) => ({ value, label: value }));
      return html`${named}${pick(at, field, known, "", { bare: true, label, empty: t("flow.choose") })}${listText(at, `${path}.one_of`, fieldLabel(editor, "cases.when.one_of"), (text) => text, t("flow.any_value"))}`;
    }
    default:
      return html`${named}${listText(at, field, label, (text) => text.replace(/[^0-9+]/g, ""), "+98912…")}`;
  }
}

/** Several values in one line, commas between. */
function listText(at: At, path: string, label: string, clean: (text: string) => string, placeholder: string): TemplateResult {
  const given = listOf(valueAt(at.node, path)).map(String);
  const read = (text: string): string[] => text.split(/[,،;]/).map((each) => clean(each.trim())).filter(Boolean);
  return html`<input type="text" class="flow-list" dir="auto" maxlength="400" autocomplete="off" id=${idOf(at.name, path)} aria-label=${label} placeholder=${placeholder}
    .value=${given.join(", ")} @change=${(event: Event) => {
      const list = read((event.target as HTMLInputElement).value);
      set(at, path, list.length || !path.endsWith("one_of") ? list : undefined);
    }} />`;
}
