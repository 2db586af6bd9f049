/** Changes of a flow. Pure: each gives a new flow and leaves the old one as it was. */
import { PARTS } from "./fields";
import type { Fields, Flow, FlowNode, Saying, Value } from "./types";

export interface Way {
  /** The field's path in the step: `choices.1`, `offer.ways[0].then`. */
  field: string;
  to: string;
}

export const NAME = /^[a-z][a-z0-9_-]{0,39}$/;

const isFields = (value: Value): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const asList = (value: Value): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : []);
const asText = (value: Value): string => (typeof value === "string" ? value : "");

// -- reading -----------------------------------------------------------------------------------------------------------
/** Every way on from a step that names another one. */
export function ways(node: FlowNode): Way[] {
  const found: Way[] = [];
  const add = (field: string, to: Value): void => {
    if (typeof to === "string" && to) found.push({ field, to });
  };
  for (const part of PARTS[node.kind] ?? []) {
    const value = node[part.name];
    if (part.type === "target") add(part.name, value);
    else if (part.type === "choices" && isFields(value)) for (const [key, to] of Object.entries(value)) add(`${part.name}.${key}`, to);
    else if (part.type === "cases") asList(value).forEach((each, k) => isFields(each) && add(`${part.name}[${k}].then`, each["then"]));
    else if (part.type === "offer" && isFields(value)) asList(value["ways"]).forEach((each, k) => isFields(each) && add(`offer.ways[${k}].then`, each["then"]));
  }
  return found;
}

/** Steps in the order in which a caller comes to them, then those nobody comes to. */
export function inOrder(flow: Flow): string[] {
  const found = flow.nodes[flow.start] ? [flow.start] : [];
  const seen = new Set(found);
  for (const name of found) {
    const node = flow.nodes[name];
    for (const { to } of node ? ways(node) : []) {
      if (flow.nodes[to] && !seen.has(to)) {
        seen.add(to);
        found.push(to);
      }
    }
  }
  return [...found, ...Object.keys(flow.nodes).filter((name) => !seen.has(name))];
}

/** The steps that lead to one, with the fields that name it. */
export function leadingTo(flow: Flow, name: string): { from: string; field: string }[] {
  return Object.entries(flow.nodes).flatMap(([from, node]) => ways(node).filter((way) => way.to === name).map((way) => ({ from, field: way.field })));
}

/** What a step says first, in a language, else in any. */
export function snippet(node: FlowNode, language: string): string {
  const questions = asList(node["questions"])[0];
  for (const value of [node["say"], isFields(questions) ? questions["say"] : undefined]) {
    if (!isFields(value)) continue;
    const saying = value as Saying;
    const text = saying.text?.[language] || Object.values(saying.text ?? {}).find(Boolean) || saying.prompt;
    if (text) return text;
  }
  return "";
}

/** The value at a path: `offer.ways[1].then`. */
export function valueAt(node: Fields, path: string): Value {
  let value: Value = node;
  for (const key of keysOf(path)) {
    if (Array.isArray(value)) value = (value as readonly Value[])[Number(key)];
    else value = isFields(value) ? value[key] : undefined;
  }
  return value;
}

function keysOf(path: string): string[] {
  return path.split(/[.[]/).map((key) => key.replace(/\]$/, ""));
}

// -- changing ----------------------------------------------------------------------------------------------------------
/** The flow with a field of a step set; `undefined` takes the field away. */
export function withField(flow: Flow, name: string, path: string, value: Value): Flow {
  const node = flow.nodes[name];
  return node ? { ...flow, nodes: { ...flow.nodes, [name]: put(node, keysOf(path), value) as FlowNode } } : flow;
}

function put(into: Value, [key, ...rest]: string[], value: Value): Value {
  if (key === undefined) return value;
  if (Array.isArray(into)) {
    const list = [...(into as readonly Value[])];
    const made = put(list[Number(key)], rest, value);
    if (made === undefined) list.splice(Number(key), 1);
    else list[Number(key)] = made;
    return list;
  }
  const fields: Record<string, Value> = isFields(into) ? { ...into } : {};
  const made = put(fields[key], rest, value);
  if (made === undefined) delete fields[key];
  else fields[key] = made;
  return fields;
}

/** A name nobody has: `menu`, `menu-2`, … */
export function freeName(flow: Flow, wish: string): string {
  const base = (NAME.test(wish) ? wish : "step").slice(0, 36);
  let name = base;
  for (let k = 2; flow.nodes[name]; k += 1) name = `${base}-${k}`;
  return name;
}

/** A step after another one in the list, else at the end. */
export function withNode(flow: Flow, name: string, node: FlowNode, after = ""): Flow {
  const names = Object.keys(flow.nodes);
  const at = after ? names.indexOf(after) + 1 : names.length;
  const all = [...names.slice(0, at), name, ...names.slice(at)];
  const nodes = Object.fromEntries(all.map((each) => [each, each === name ? node : flow.nodes[each]!]));
  return { ...flow, start: flow.nodes[flow.start] ? flow.start : name, nodes };
}

/** Without a step; what led to it leads nowhere now, as the checker will say. */
export function without(flow: Flow, name: string): Flow {
  const nodes = Object.fromEntries(Object.entries(flow.nodes).filter(([each]) => each !== name).map(([each, node]) => [each, pointing(node, name, "")]));
  return { ...flow, start: flow.start === name ? (Object.keys(nodes)[0] ?? "") : flow.start, nodes };
}

export function withCopy(flow: Flow, name: string, called: (title: string) => string): { flow: Flow; name: string } {
  const node = flow.nodes[name]!;
  const copy = freeName(flow, name.replace(/-\d+$/, ""));
  const title = asText(node["title"]);
  return { flow: withNode(flow, copy, title ? { ...node, title: called(title) } : node, name), name: copy };
}

/** A step by another name, wherever it is named. */
export function withRenamed(flow: Flow, old: string, name: string): Flow {
  if (old === name || !flow.nodes[old] || flow.nodes[name] || !NAME.test(name)) return flow;
  const nodes = Object.fromEntries(Object.entries(flow.nodes).map(([each, node]) => [each === old ? name : each, pointing(node, old, name)]));
  return { ...flow, start: flow.start === old ? name : flow.start, nodes };
}

function pointing(node: FlowNode, old: string, name: string): FlowNode {
  let changed: FlowNode = node;
  for (const way of ways(node)) {
    if (way.to === old) changed = put(changed, keysOf(way.field), name) as FlowNode;
  }
  return changed;
}

/** The flow speaks these languages; what was written in others stays, in case they come back. */
export function withLanguages(flow: Flow, languages: readonly string[]): Flow {
  return { ...flow, languages };
}
