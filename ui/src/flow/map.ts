/** The small map beside the cards: how steps lead on, where something is wrong, where the caller of the try-out is. */
import { html, nothing, svg, type TemplateResult } from "lit-html";
import { type Editor, findingsAt, nodeLabel, nodeName } from "./context";
import { BOX, type FlowMap, layout } from "./layout";
import type { Flow } from "./types";

let drawn: { flow: Flow; map: FlowMap } | null = null;

/** Drawn anew only when the flow is another one. */
function mapOf(flow: Flow): FlowMap {
  if (drawn?.flow !== flow) drawn = { flow, map: layout(flow, 3) };
  return drawn.map;
}

export function mapView(editor: Editor): TemplateResult {
  const map = mapOf(editor.flow);
  const here = editor.side === "try" ? editor.talk.node : "";
  const been = new Set(editor.side === "try" ? editor.talk.been : []);
  return html`<div class="flow-map" tabindex="0" role="group" aria-label=${editor.t("flow.map")}>
    <svg viewBox="0 0 ${map.width} ${map.height}" width=${map.width} height=${map.height} aria-hidden="true">
      <defs><marker id="flow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path class="flow-tip" d="M0 0L8 4L0 8z" /></marker></defs>
      ${map.lines.map((line) => svg`<path class="flow-line ${line.back ? "back" : ""} ${line.from === editor.open || line.to === editor.open ? "on" : ""}" d=${line.d} marker-end="url(#flow-tip)" />`)}
      ${map.places.map((place) => {
        const marks = [place.lost ? "lost" : "", place.name === editor.open ? "on" : "", findingsAt(editor, place.name).length ? "wrong" : "", been.has(place.name) ? "been" : "", place.name === here ? "here" : ""];
        const name = nodeName(editor, place.name);
        return svg`<g class="flow-box ${marks.filter(Boolean).join(" ")}" data-map-node=${place.name} @click=${() => editor.show(place.name)}>
          <title>${nodeLabel(editor, place.name)}</title>
          <rect x=${place.x} y=${place.y} width=${BOX.width} height=${BOX.height} rx="8" />
          <text x=${place.x + BOX.width / 2} y=${place.y + BOX.height / 2} dy="0.35em">${name.length > 19 ? `${name.slice(0, 18)}…` : name}</text></g>`;
      })}
    </svg>
    ${map.places.length ? nothing : html`<p class="quiet">${editor.t("flow.empty")}</p>`}
  </div>`;
}
