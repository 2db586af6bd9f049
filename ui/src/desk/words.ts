import { html, nothing, type TemplateResult } from "lit-html";
import type { Icon } from "../design/icons";
import { pick } from "../language/catalogue";
import type { Channel } from "../live/types";
import type { Desk, Term } from "./context";
import { initials, tint } from "./model";
import type { Interaction } from "./types";

export const CHANNEL_ICON: Record<Channel, Icon> = {
  voice: "phone",
  callback: "phone",
  chat: "chat",
  messenger: "chat",
  email: "mail",
};

/** A telephone number reads from left to right wherever it stands; anything else is left as it is. */
export function numbered(address: string): string {
  return /^\+?\d+$/.test(address) ? `\u2066${address}\u2069` : address;
}

export function nameOf(desk: Desk, interaction: Interaction): string {
  return desk.office.peek(interaction.contact)?.customer?.name || interaction.customer_name || numbered(interaction.address) || desk.t("customer.unknown");
}

export function queueOf(desk: Desk, interaction: Interaction): string {
  return pick(interaction.queue_name, desk.language, interaction.queue);
}

/** What the organisation calls an outcome or a reason. */
export function termName(desk: Desk, terms: readonly Term[], code: string): string {
  return pick(terms.find((each) => each.key === code)?.name, desk.language) || coded(desk, "outcome", code);
}

/** Day and time of an instant; of today only the time. */
export function moment(desk: Desk, instant: number): string {
  const day = desk.f.day(instant);
  return day === desk.f.day(desk.now) ? desk.f.time(instant) : desk.t("moment", { day, time: desk.f.time(instant) });
}

export function fileSize(desk: Desk, bytes: number): string {
  if (bytes < 1_024) return desk.t("file.bytes", { n: bytes });
  const kilo = bytes / 1_024;
  if (kilo < 1_000) return desk.t("file.kilobytes", { size: desk.f.digits(kilo) });
  return desk.t("file.megabytes", { size: desk.f.local((kilo / 1_024).toFixed(1)) });
}

/** The text of a code, or the code itself where an organisation made up its own. */
export function coded(desk: Desk, area: "reason" | "outcome" | "language", code: string): string {
  const key = `${area}.${code}`;
  return desk.known(key) ? desk.t(key) : code.replaceAll("_", " ");
}

/** The organisation's name of a reason for not being ready. */
export function pauseName(desk: Desk, code: string): string {
  return pick(desk.pauses.find((each) => each.key === code)?.name, desk.language) || coded(desk, "reason", code);
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
