import type { TemplateResult, nothing } from "lit-html";
import type { Desk } from "./context";
import type { Interaction } from "./types";

export type StationKind = "webrtc" | "desk" | "mobile";

/** What a telephone adds to the desk. It is loaded only where there is one, so the desk itself stays small. */
export interface Voice {
  readonly kind: StationKind;
  /** The telephone in the browser rings now. */
  readonly rings: boolean;
  /** In the bar on top: how the telephone is. */
  sign(): TemplateResult;
  /** Over everything: what is wrong with the line. */
  banner(): TemplateResult | typeof nothing;
  /** In a conversation by telephone. */
  panel(each: Interaction): TemplateResult | typeof nothing;
  /** In an offer by telephone. */
  offer(each: Interaction): TemplateResult | typeof nothing;
  dialogs(): TemplateResult | typeof nothing;
  /** Whether taking this offer is answering the telephone; done then. */
  answers(each: Interaction): boolean;
  answer(each: Interaction): Promise<void>;
  /** Whether the person can be heard; says why not. Part of becoming ready. */
  ready(): Promise<boolean>;
  /** Looks at what has changed; with every drawing. */
  settle(): void;
}

export function byVoice(each: Pick<Interaction, "channel">): boolean {
  return each.channel === "voice" || each.channel === "callback";
}

/** A message left by telephone (or with a number): no letter reaches who left it. */
export function byNumber(each: Pick<Interaction, "channel" | "address">): boolean {
  return each.channel === "email" && each.address !== "" && !each.address.includes("@");
}

/** Loads the telephone's part of the desk; it shows itself with the next drawing. */
export async function loadVoice(desk: Desk): Promise<void> {
  const { openVoice } = await import("../phone/desk");
  desk.voice = await openVoice(desk);
  desk.redraw();
}
