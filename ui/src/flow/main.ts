/** The flow editor: a flow as cards, checked while one works, kept in this browser until it is saved. */
import { render } from "lit-html";
import { register } from "../keys/shortcuts";
import { asLanguage, translator } from "../language/catalogue";
import { formatter } from "../language/format";
import { flowTexts } from "../language/staff/flow";
import { ask } from "./calls";
import type { Editor, Side } from "./context";
import { idOf, isUnsaved } from "./context";
import { History } from "./history";
import { forget, keep, kept } from "./kept";
import { hush } from "./listen";
import { write } from "./sides";
import { newTalk } from "./talk";
import type { Conflict, Difference, Finding, Flow, PageData } from "./types";
import { editorView } from "./view";

const CHECK_AFTER_MS = 500;
const CHECK_AGAIN_MS = 5_000;
const KEEP_AFTER_MS = 250;

interface Checked {
  findings: Finding[];
  version: number;
  saved_by: string;
}

function open(root: HTMLElement, data: PageData): void {
  const language = asLanguage(document.documentElement.lang);
  const f = formatter(language, document.documentElement.dataset["zone"]);
  const t = translator(language, flowTexts[language], f.digits);
  const place = `pasokh.flow.${root.dataset["person"] ?? ""}.${data.flow.id}`;
  const history = new History<Flow>(data.flow);
  let checkTimer = 0;
  let keepTimer = 0;
  let checks = 0;

  const editor: Editor = {
    t, f, language, data,
    flow: data.flow,
    findings: [],
    checked: false,
    away: false,
    saved: JSON.stringify(data.flow),
    saving: false,
    overtaken: "",
    open: "",
    side: "",
    conflict: null,
    differences: null,
    refusal: data.unreadable,
    said: "",
    exported: "",
    imported: "",
    talk: newTalk(),
    canUndo: false,
    canRedo: false,
    change(next, where = "") {
      if (!data.may_edit) {
        editor.redraw();
        return;
      }
      history.change(next, where, Date.now());
      follow();
    },
    undo() {
      if (history.undo()) follow();
    },
    redo() {
      if (history.redo()) follow();
    },
    show(name, field = "") {
      editor.open = name;
      editor.redraw();
      if (!name) return;
      const target = (field && nearest(name, field)) || document.getElementById(`card-${name}`);
      target?.closest("details")?.setAttribute("open", "");
      target?.focus({ preventScroll: true });
      const card = document.querySelector(`[data-node="${CSS.escape(name)}"]`);
      (field ? target : card)?.scrollIntoView({ block: field ? "center" : "nearest", behavior: "auto" });
    },
    openSide(side: Side) {
      editor.side = side;
      hush();
      if (side === "publish") void compare();
      if (side === "text") void write(editor);
      editor.redraw();
      if (side) document.getElementById("flow-side-title")?.focus();
    },
    save,
    publish,
    redraw() {
      editor.flow = history.now;
      editor.canUndo = history.canUndo;
      editor.canRedo = history.canRedo;
      render(editorView(editor), root);
    },
  };

  /** After every change: kept here, checked there, drawn. */
  function follow(): void {
    editor.checked = false;
    editor.said = "";
    editor.redraw();
    window.clearTimeout(keepTimer);
    keepTimer = window.setTimeout(keepNow, KEEP_AFTER_MS);
    later(CHECK_AFTER_MS);
    if (editor.side === "publish") editor.differences = null;
  }

  function keepNow(): void {
    if (isUnsaved(editor)) keep(place, editor.flow, data.version, Date.now());
    else forget(place);
  }

  function later(after: number): void {
    window.clearTimeout(checkTimer);
    checkTimer = window.setTimeout(() => void check(), after);
  }

  async function check(): Promise<void> {
    const mine = ++checks;
    const flow = editor.flow;
    const answer = await ask<Checked>(data.urls["check"] ?? "", { flow });
    if (mine !== checks) return;
    editor.away = !answer.ok && answer.status === 0;
    if (answer.ok) {
      editor.findings = answer.value.findings;
      editor.checked = flow === editor.flow;
      editor.overtaken = answer.value.version > data.version ? answer.value.saved_by || "–" : "";
      if (editor.side === "publish" && !editor.differences) void compare();
    } else if (answer.status === 0) later(CHECK_AGAIN_MS);
    else editor.refusal = answer.message || t("flow.away");
    editor.redraw();
  }

  async function compare(): Promise<void> {
    const answer = await ask<{ changes: Difference[] }>(data.urls["changes"] ?? "", { flow: editor.flow });
    editor.differences = answer.ok ? answer.value.changes : [];
    if (!answer.ok) editor.refusal = answer.message || t("flow.away");
    editor.redraw();
  }

  async function save(): Promise<boolean> {
    if (editor.saving || !data.may_edit) return false;
    editor.saving = true;
    editor.redraw();
    const flow = editor.flow;
    const answer = await ask<{ version: number }>(data.urls["save"] ?? "", { flow, version: data.version });
    editor.saving = false;
    if (answer.ok) {
      data.version = answer.value.version;
      editor.saved = JSON.stringify(flow);
      editor.overtaken = "";
      editor.refusal = "";
      keepNow();
    } else if (answer.status === 409 && answer.value && (answer.value as { conflict?: Conflict }).conflict) {
      editor.conflict = (answer.value as { conflict: Conflict }).conflict;
      editor.openSide("conflict");
    } else editor.refusal = answer.status === 0 ? t("flow.save_away") : answer.message;
    editor.redraw();
    return answer.ok;
  }

  async function publish(): Promise<void> {
    if ((isUnsaved(editor) && !(await save())) || editor.saving) return;
    editor.saving = true;
    editor.redraw();
    const answer = await ask<{ published: number; version: number }>(data.urls["publish"] ?? "", { version: data.version });
    editor.saving = false;
    if (answer.ok) {
      data.published = answer.value.published;
      data.version = answer.value.version;
      editor.refusal = "";
      editor.side = "";
      editor.said = t("publish.done", { version: data.published });
    } else {
      editor.refusal = answer.status === 0 ? t("flow.save_away") : answer.message;
      later(0);
    }
    editor.redraw();
  }

  register([
    { id: "flow.save", keys: ["mod+s"], label: t("flow.save"), group: t("flow.keys"), run: () => void save() },
    { id: "flow.undo", keys: ["mod+z"], label: t("flow.undo"), group: t("flow.keys"), run: () => editor.undo() },
    { id: "flow.redo", keys: ["mod+shift+z", "mod+y"], label: t("flow.redo"), group: t("flow.keys"), run: () => editor.redo() },
    { id: "flow.try", keys: ["t"], label: t("side.try"), group: t("flow.keys"), run: () => editor.openSide(editor.side === "try" ? "" : "try") },
    { id: "flow.add", keys: ["n"], label: t("flow.add"), group: t("flow.keys"), run: () => document.getElementById("flow-add")?.focus() },
    { id: "flow.next", keys: ["f8"], label: t("flow.next_finding"), group: t("flow.keys"), run: () => nextFinding() },
    { id: "flow.close", keys: ["escape"], label: t("flow.close"), group: t("flow.keys"), when: () => editor.side !== "", run: () => editor.openSide("") },
  ]);

  let lastFinding = -1;
  function nextFinding(): void {
    const all = editor.findings.filter((each) => each.node);
    if (!all.length) return;
    lastFinding = (lastFinding + 1) % all.length;
    const found = all[lastFinding]!;
    editor.show(found.node, found.field);
  }

  window.addEventListener("pagehide", keepNow);
  const before = kept(place);
  if (before && JSON.stringify(before.flow) !== editor.saved) {
    if (before.version !== data.version) data.version = before.version;
    history.change(before.flow, "", 0);
    editor.said = t("flow.restored", { time: f.time(before.at) });
  } else forget(place);
  editor.redraw();
  void check();
}

/** The control of a field, or of the smallest field around it that is on the page. */
function nearest(node: string, field: string): HTMLElement | null {
  let path = field;
  for (;;) {
    const found = document.getElementById(idOf(node, path));
    if (found) return found;
    const cut = Math.max(path.lastIndexOf("."), path.lastIndexOf("["));
    if (cut < 0) return null;
    path = path.slice(0, cut);
  }
}

const root = document.getElementById("flow-editor");
const given = document.getElementById("flow-data");
if (root && given) {
  root.replaceChildren();
  open(root, JSON.parse(given.textContent ?? "{}") as PageData);
}
