import { staffToken } from "../live/page";
import { Phone } from "./phone";
import { ownStation, phoneUrl } from "./station";

export type Line = "ready" | "none" | "off";

const PATIENCE_MS = 10_000;
let phone: Promise<Phone | null> | null = null;

/**
 * Makes sure that the exchange can call this person: a browser's telephone is registered here, unless another tab has
 * it; desk telephones and mobiles ring by themselves.
 */
export async function line(): Promise<Line> {
  const station = await ownStation();
  if (!station) return "none";
  if (station.kind !== "webrtc") return "ready";
  phone ??= Promise.resolve(new Phone({ station, url: phoneUrl(), token: staffToken, changed: () => undefined, volume: () => 0.5 }));
  const own = await phone;
  await own?.start();
  const until = Date.now() + PATIENCE_MS;
  while (own && Date.now() < until) {
    const { state, why } = own.view;
    if (state === "registered" || state === "talking" || why === "other_tab") return "ready";
    if (state === "off" && why) return "off";
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return "off";
}
