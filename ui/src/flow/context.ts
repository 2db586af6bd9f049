import type { Format } from "../language/format";
import type { FlowText } from "../language/staff/flow.en";
import type { Values } from "../language/catalogue";
import { snippet } from "./edit";
import type { Conflict, Difference, Finding, Flow, FlowNode, PageData } from "./types";
import type { Talk } from "./trial";

export type Side = "" | "try" | "publish" | "conflict" | "languages" | "text";

/** What every part of the page draws from, and how it changes things. */
export interface Editor {
  t(key: keyof FlowText & string, values?: Values): string;
  f: Format;
  language: string;
  data: PageData;
  flow: Flow;
  findings: Finding[];
  /** What is shown has been checked; false while an answer is awaited. */
  checked: boolean;
  away: boolean;
  /** What stands on the server, to say whether anything is unsaved. */
  saved: string;
  saving: boolean;
  /** Somebody else has saved meanwhile: who. */
  overtaken: string;
  open: string;
  side: Side;
  conflict: Conflict | null;
  differences: Difference[] | null;
  refusal: string;
  said: string;
  exported: string;
  imported: string;
  talk: Talk;
  canUndo: boolean;
  canRedo: boolean;
  change(next: Flow, place?: string): void;
  undo(): void;
  redo(): void;
  show(name: string, field?: string): void;
  openSide(side: Side): void;
  save(): Promise<boolean>;
  publish(): Promise<void>;
  redraw(): void;
}

/** What people call a step: its title, else its kind, with the beginning of what it says where there are several. */
export function nodeName(editor: Editor, name: string): string {
  const node = editor.flow.nodes[name];
  const title = node?.["title"];
  if (!node || (typeof title === "string" && title)) return (title as string | undefined) || name;
  const kind = kindName(editor, node);
  if (kindsOf(editor.flow).get(node.kind) === 1) return kind;
  const queue = node["queue"];
  const said = snippet(node, editor.language) || (typeof queue === "string" ? (editor.data.around.queues[queue] ?? "") : "") || name;
  return `${kind}: ${said.length > 24 ? `${said.slice(0, 23)}…` : said}`;
}

/** A step as a choice: what it is called, what it says, its name in the flow. */
export function nodeLabel(editor: Editor, name: string): string {
  const node = editor.flow.nodes[name];
  if (!node) return name;
  const called = nodeName(editor, name);
  const kind = kindName(editor, node);
  return [called, called.startsWith(kind) ? "" : kind, name].filter(Boolean).join(" · ");
}

let counted: { flow: Flow; kinds: Map<string, number> } | null = null;

function kindsOf(flow: Flow): Map<string, number> {
  if (counted?.flow !== flow) {
    const kinds = new Map<string, number>();
    for (const node of Object.values(flow.nodes)) kinds.set(node.kind, (kinds.get(node.kind) ?? 0) + 1);
    counted = { flow, kinds };
  }
  return counted.kinds;
}

export function kindName(editor: Editor, node: FlowNode | string): string {
  const kind = typeof node === "string" ? node : node.kind;
  return editor.data.words.kinds[kind] ?? kind;
}

/** What a field is called, by its path: `offer.ways[1].then`. */
export function fieldLabel(editor: Editor, path: string): string {
  const plain = path.replace(/\[\d+\]/g, "");
  const { labels } = editor.data.words;
  return labels[plain] ?? labels[plain.split(".").at(-1) ?? ""] ?? plain;
}

export function languageName(editor: Editor, code: string): string {
  return editor.data.around.languages[code] ?? code;
}

/** The findings of a step, or those of one of its fields and what lies below. */
export function findingsAt(editor: Editor, node: string, field?: string): Finding[] {
  return editor.findings.filter((each) => each.node === node && (field === undefined || each.field === field || each.field.startsWith(`${field}.`) || each.field.startsWith(`${field}[`)));
}

export function isUnsaved(editor: Editor): boolean {
  return JSON.stringify(editor.flow) !== editor.saved;
}

/** An id for a field of a step, for labels and for jumping to it. */
export function idOf(node: string, path: string): string {
  return `f-${node}-${path.replace(/[^a-z0-9_]+/gi, "-")}`;
}
