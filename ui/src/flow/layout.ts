/** The map of a flow: each step at its distance from the start, ways as curves; everything flows from top to bottom. */
import { inOrder, ways } from "./edit";
import type { Flow } from "./types";

export const BOX = { width: 130, height: 34, across: 16, down: 30 } as const;

export interface Place {
  name: string;
  x: number;
  y: number;
  /** Nobody comes here from the start. */
  lost: boolean;
}

export interface Line {
  from: string;
  to: string;
  d: string;
  back: boolean;
}

export interface FlowMap {
  width: number;
  height: number;
  places: Place[];
  lines: Line[];
}

/** Rows of at most `most` steps: a distance with more of them takes several rows. */
export function layout(flow: Flow, most = 5): FlowMap {
  const depth = depths(flow);
  const order = inOrder(flow);
  const deepest = Math.max(-1, ...depth.values());
  const levels: string[][] = [];
  for (let level = 0; level <= deepest; level += 1) levels.push(order.filter((name) => depth.get(name) === level));
  const lost = order.filter((name) => !depth.has(name));
  if (lost.length) levels.push(lost);
  const rows = levels.flatMap((level) => sliced(level, most));
  const widest = Math.max(1, ...rows.map((row) => row.length));
  const width = widest * (BOX.width + BOX.across) + BOX.across;
  const places = new Map<string, Place>();
  rows.forEach((row, y) => {
    const left = (width - row.length * (BOX.width + BOX.across) + BOX.across) / 2;
    row.forEach((name, x) => places.set(name, { name, x: left + x * (BOX.width + BOX.across), y: BOX.down / 2 + y * (BOX.height + BOX.down), lost: !depth.has(name) }));
  });
  const lines: Line[] = [];
  for (const [from, node] of Object.entries(flow.nodes)) {
    for (const to of new Set(ways(node).map((way) => way.to))) {
      const [a, b] = [places.get(from), places.get(to)];
      if (a && b) lines.push({ from, to, ...curve(a, b) });
    }
  }
  return { width, height: rows.length * (BOX.height + BOX.down) + BOX.down / 2, places: [...places.values()], lines };
}

function depths(flow: Flow): Map<string, number> {
  const found = new Map<string, number>();
  if (!flow.nodes[flow.start]) return found;
  found.set(flow.start, 0);
  const waiting = [flow.start];
  for (const name of waiting) {
    for (const { to } of ways(flow.nodes[name]!)) {
      if (flow.nodes[to] && !found.has(to)) {
        found.set(to, found.get(name)! + 1);
        waiting.push(to);
      }
    }
  }
  return found;
}


function sliced(level: string[], most: number): string[][] {
  const rows: string[][] = [];
  const count = Math.ceil(level.length / most);
  const each = Math.ceil(level.length / Math.max(1, count));
  for (let at = 0; at < level.length; at += each) rows.push(level.slice(at, at + each));
  return rows;
}

function curve(a: Place, b: Place): { d: string; back: boolean } {
  const [x1, y1, x2, y2] = [a.x + BOX.width / 2, a.y + BOX.height, b.x + BOX.width / 2, b.y];
  if (b.y > a.y) {
    const bend = Math.min(BOX.down, (y2 - y1) / 2);
    return { d: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`, back: false };
  }
  const side = a.x >= b.x ? a.x + BOX.width : a.x;
  const out = a.x >= b.x ? BOX.across : -BOX.across;
  const end = a.x >= b.x ? b.x + BOX.width : b.x;
  const [my, ny] = [a.y + BOX.height / 2, b.y + BOX.height / 2];
  return { d: `M${side} ${my}C${side + out} ${my} ${end + out} ${ny} ${end} ${ny}`, back: true };
}
