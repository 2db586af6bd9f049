import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import { agentPanel } from "./agent_panel";
import { alarmPanel } from "./alarm_panel";
import { alongPanel } from "./along_panel";
import type { Panel, Wall } from "./context";
import { agentName, queueName } from "./context";
import { incidentPanel } from "./incident_panel";
import { queuePanel } from "./queue_panel";

/** The drawer at the side: over the board, never pushing it about. Escape closes it. */
export function drawer(wall: Wall): TemplateResult | typeof nothing {
  const { panel } = wall.memory;
  if (!panel) return nothing;
  const title = titleOf(wall, panel);
  return html`<aside
    class="wall-drawer ${panel.kind}"
    role="dialog"
    aria-label=${title}
    tabindex="-1"
  >
    <header class="drawer-head">
      <h2 dir="auto">${title}</h2>
      <button class="button plain square" type="button" aria-label=${wall.t("wall.close_panel")} title=${wall.t("wall.close_panel")} @click=${() => wall.open(null)}>
        ${icon("close")}
      </button>
    </header>
    <div class="drawer-body">${bodyOf(wall, panel)}</div>
  </aside>`;
}

function titleOf(wall: Wall, panel: Panel): string {
  switch (panel.kind) {
    case "queue":
      return queueName(wall, panel.id);
    case "agent":
      return agentName(wall, panel.id);
    case "along":
      return wall.t("along.title");
    case "alarms":
      return wall.t("alarm.title");
    case "incident":
      return wall.t("incident.title");
  }
}

function bodyOf(wall: Wall, panel: Panel): TemplateResult {
  switch (panel.kind) {
    case "queue":
      return queuePanel(wall, panel.id);
    case "agent":
      return agentPanel(wall, panel.id);
    case "along":
      return alongPanel(wall, panel.id);
    case "alarms":
      return alarmPanel(wall);
    case "incident":
      return incidentPanel(wall);
  }
}
