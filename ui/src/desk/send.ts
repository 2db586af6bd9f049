import type { Desk } from "./context";
import { mentionsIn } from "./suggest";
import type { Interaction } from "./types";

export const LONGEST = 4_000;

/** Where a note of a consult belongs: to the talk it is about, where both colleagues see it. */
export function addressee(each: Interaction): string {
  return each.kind === "consult" ? (each.parent ?? each.id) : each.id;
}

/** Whether a file is still to come: on its way, or waiting for the line to be back. */
export function uploadingAt(desk: Desk, place: string): boolean {
  const off = desk.client.connection !== "online";
  return (desk.memory.uploads.get(place) ?? []).some((upload) => upload.state !== "failed" || (off && upload.lost));
}

/** The line is back: files that it had lost set out again. */
export function retryLost(desk: Desk): void {
  for (const uploads of desk.memory.uploads.values()) for (const upload of uploads) if (upload.lost) upload.retry();
}

/** Sends what stands at a place; while its files are on their way it is queued and goes with the last of them. */
export function sendFrom(desk: Desk, each: Interaction, place: string, note: boolean): void {
  const { memory } = desk;
  const text = (memory.texts[place] ?? "").trim();
  const attachments = memory.files[place] ?? [];
  if ([...text].length > LONGEST) return;
  if (uploadingAt(desk, place)) {
    memory.queued.add(place);
    desk.redraw();
    return;
  }
  memory.queued.delete(place);
  if (!text && attachments.length === 0) return;
  delete memory.texts[place];
  delete memory.files[place];
  memory.uploads.set(place, (memory.uploads.get(place) ?? []).filter((upload) => upload.lost));
  memory.suggest = null;
  desk.typing(each.id, false);
  desk.say(addressee(each), text, note, { attachments, mentions: note ? mentionsIn(desk, text) : [] });
}

/** A file has arrived or failed: what was queued goes, unless something failed, which is looked at first. */
export function settleQueued(desk: Desk, each: Interaction, place: string, note: boolean): void {
  const { memory } = desk;
  if (!memory.queued.has(place) || uploadingAt(desk, place)) return;
  if ((memory.uploads.get(place) ?? []).length > 0) memory.queued.delete(place);
  else sendFrom(desk, each, place, note);
}
