import { getJson } from "./calls";
import type { WidgetOptions } from "./types";

/** What holds while the centre cannot be asked. */
export const DEFAULTS: WidgetOptions = {
  title: "",
  greeting: "",
  colour: "",
  position: "end",
  prechat: [{ key: "name", required: false }],
  rating: true,
  transcript: false,
  attachments: false,
  offline_form: false,
  languages: ["fa", "uk", "en"],
  language: "",
  open: true,
  opens_at: null,
  most_bytes: 20 * 1_048_576,
};

/** What the organisation chose; the defaults when the centre cannot be reached, null where no chat is offered. */
export async function loadOptions(host: string, key: string, language: string): Promise<{ options: WidgetOptions; asked: boolean } | null> {
  try {
    const query = new URLSearchParams({ key, language });
    const { status, body } = await getJson(host, `/chat/v1/config?${query}`);
    if (status === 200) return { options: { ...DEFAULTS, ...(body as Partial<WidgetOptions>) }, asked: true };
    if (status === 403 || status === 404) return null;
  } catch {
    // Offline: the defaults will do until it is asked again.
  }
  return { options: DEFAULTS, asked: false };
}
