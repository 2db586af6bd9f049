import { html, nothing, type TemplateResult } from "lit-html";
import type { Icon } from "../design/icons";
import { pick } from "../language/catalogue";
import type { Channel, Interaction } from "../live/types";
import type { Desk } from "./context";
import { initials, tint } from "./model";

export const CHANNEL_ICON: Record<Channel, Icon> = {
  voice: "phone",
  callback: "phone",
  chat: "chat",
  messenger: "chat",
  email: "mail",
};

export function nameOf(desk: Desk, interaction: Interaction): string {
  return interaction.customer_name || interaction.address || desk.t("customer.unknown");
}

export function queueOf(desk: Desk, interaction: Interaction): string {
  return pick(interaction.queue_name, desk.language, interaction.queue);
}

/** What the organisation calls an outcome. */
export function outcomeName(desk: Desk, code: string): string {
  return pick(desk.outcomes[code], desk.language) || coded(desk, "outcome", code);
}

/** The text of a code, or the code itself where an organisation made up its own. */
export function coded(desk: Desk, area: "reason" | "outcome" | "language", code: string): string {
  const key = `${area}.${code}`;
  return desk.known(key) ? desk.t(key) : code.replaceAll("_", " ");
}

export function phaseOf(desk: Desk, interaction: Interaction): string {
  if (interaction.on_hold_since !== null && interaction.phase === "active") return desk.t("phase.on_hold");
  return desk.t(`phase.${interaction.phase}`);
}

export function avatar(id: string, name: string, size = ""): TemplateResult {
  return html`<span class="avatar ${size} tint-${tint(id || name)}" aria-hidden="true">${initials(name)}</span>`;
}

export function kindBadge(desk: Desk, interaction: Interaction): TemplateResult | typeof nothing {
  if (interaction.kind === "contact") return nothing;
  return html`<span class="badge accent">${desk.t(`kind.${interaction.kind}`)}</span>`;
}
