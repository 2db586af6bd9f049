import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "./context";
import type { Attachment } from "./types";
import { fileSize } from "./words";

/** What the switch calls a message a caller left (`office/recordings/messages.py`). */
const VOICEMAIL = "voicemail.wav";
const FIRST_MS = 1_000;
const SLOWEST_MS = 15_000;
/** A message is in the log before its sound has come over from the switch: it is asked for until it is there. */
const PATIENCE_MS = 10 * 60_000;

/** A file's name as people read it. */
export function soundName(desk: Desk, name: string): string {
  return name === VOICEMAIL ? desk.t("file.voicemail") : name;
}

export function isSound(file: Attachment): boolean {
  return file.media_type.startsWith("audio/");
}

/** A sound in the conversation: heard in place, from anywhere; the file itself beside it. */
export function soundOf(desk: Desk, file: Attachment): TemplateResult {
  const address = `/files/v1/${encodeURIComponent(file.id)}`;
  const name = soundName(desk, file.name);
  return html`<figure class="sent-sound" data-sound=${file.id}>
    <figcaption><bdi>${name}</bdi>${file.size ? html`<span class="quiet small">${fileSize(desk, file.size)}</span>` : nothing}</figcaption>
    <audio
      controls
      preload="metadata"
      dir="ltr"
      src=${address}
      aria-label=${name}
      @error=${(event: Event) => void askAgain(desk, event.currentTarget as HTMLAudioElement, address)}
      @loadedmetadata=${(event: Event) => tell(event.currentTarget as HTMLAudioElement, "")}
    ></audio>
    <a class="button plain square compact" href=${address} download=${file.name} aria-label=${desk.t("file.download", { name })} title=${desk.t("file.download", { name })}>${icon("download")}</a>
    <p class="sound-state quiet small" role="status"></p>
  </figure>`;
}

const tries = new WeakMap<HTMLAudioElement, { since: number; times: number }>();

async function askAgain(desk: Desk, sound: HTMLAudioElement, address: string): Promise<void> {
  const known = tries.get(sound) ?? { since: Date.now(), times: 0 };
  tries.set(sound, { ...known, times: known.times + 1 });
  const status = await fetch(`${address}/state`, { credentials: "same-origin" })
    .then(async (response) => (response.ok ? ((await response.json()) as { state: string }).state : response.status === 404 ? "missing" : "away"))
    .catch(() => "away");
  if (status === "infected") return tell(sound, desk.t("file.withheld"));
  if (status === "clean" && known.times > 3) return tell(sound, desk.t("file.unplayable"));
  if (Date.now() - known.since > PATIENCE_MS) return tell(sound, desk.t("file.not_there"));
  tell(sound, desk.t(status === "scanning" ? "file.scanning" : "file.on_its_way"));
  setTimeout(
    () => {
      if (sound.isConnected) sound.load();
    },
    Math.min(FIRST_MS * 2 ** known.times, SLOWEST_MS),
  );
}

function tell(sound: HTMLAudioElement, text: string): void {
  const place = sound.parentElement?.querySelector(".sound-state");
  if (place) place.textContent = text;
  sound.parentElement?.classList.toggle("waits", text !== "");
}
