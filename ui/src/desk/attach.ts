import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "./context";
import { settleQueued } from "./send";
import { isSound, soundOf } from "./sound";
import type { Attachment, Interaction } from "./types";
import { LARGEST, MOST, Upload } from "./uploads";
import { fileSize } from "./words";

/** Begins to upload what was dropped, pasted or picked; more than ten at once are refused with a word. */
export function attach(desk: Desk, each: Interaction, place: string, note: boolean, files: Iterable<File>): void {
  const { memory } = desk;
  const list = memory.uploads.get(place) ?? [];
  const room = MOST - list.length - (memory.files[place]?.length ?? 0);
  const wanted = [...files];
  if (wanted.length > room) desk.tell(desk.t("file.too_many", { n: MOST }));
  for (const file of wanted.slice(0, Math.max(0, room))) {
    const upload: Upload = new Upload(file, each.contact, note ? "inside" : "customer", () => {
      if (upload.state === "ready" && upload.attachment) {
        (memory.files[place] ??= []).push(upload.attachment);
        memory.uploads.set(place, (memory.uploads.get(place) ?? []).filter((other) => other !== upload));
      }
      if (upload.state === "ready" || upload.state === "failed") settleQueued(desk, each, place, note);
      desk.redraw();
    });
    list.push(upload);
  }
  memory.uploads.set(place, list);
  desk.redraw();
}

/** The tray over the composer: what goes with the next message, how far it is, what went wrong. */
export function tray(desk: Desk, place: string): TemplateResult | typeof nothing {
  const { memory } = desk;
  const ready = memory.files[place] ?? [];
  const going = memory.uploads.get(place) ?? [];
  if (ready.length + going.length === 0) return nothing;
  return html`<ul class="file-tray" aria-label=${desk.t("file.tray")}>
    ${ready.map(
      (file) => html`<li class="file-chip">
        ${pictureOf(file)}
        <span class="file-name"><bdi>${file.name}</bdi><span class="quiet small">${fileSize(desk, file.size)}</span></span>
        ${remove(desk, file.name, () => {
          memory.files[place] = ready.filter((other) => other !== file);
        })}
      </li>`,
    )}
    ${going.map(
      (upload) => html`<li class="file-chip ${upload.state === "failed" ? "failed" : ""}">
        ${upload.preview ? html`<img src=${upload.preview} alt="" width="40" height="40" />` : icon("file")}
        <span class="file-name">
          <bdi>${upload.file.name}</bdi>
          ${upload.state === "failed"
            ? html`<span class="bad small" role="alert">${reasonOf(desk, upload)}</span>`
            : upload.state === "scanning"
              ? html`<span class="quiet small">${desk.t("file.scanning")}</span>`
              : html`<progress max="1" .value=${upload.progress} aria-label=${desk.t("file.sending", { name: upload.file.name })}></progress>`}
        </span>
        ${upload.lost
          ? html`<button class="button plain compact" type="button" @click=${() => upload.retry()}>${desk.t("file.retry")}</button>`
          : nothing}
        ${remove(desk, upload.file.name, () => {
          upload.cancel();
          memory.queued.delete(place);
          memory.uploads.set(place, going.filter((other) => other !== upload));
        })}
      </li>`,
    )}
  </ul>`;
}

/** A file of a message in the conversation: pictures with a preview of a fixed size, sounds to be heard, the rest as a line. */
export function fileOf(desk: Desk, file: Attachment): TemplateResult {
  if (isSound(file)) return soundOf(desk, file);
  const address = `/files/v1/${encodeURIComponent(file.id)}`;
  const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.media_type);
  return html`<a class="sent-file ${picture ? "picture" : ""}" href=${address} target="_blank" rel="noopener" ?download=${!picture}>
    ${picture
      ? html`<img src=${`${address}/preview`} alt=${file.name} loading="lazy" width="224" height="168" />`
      : html`${icon("file")}<span class="file-name"><bdi>${file.name}</bdi><span class="small">${fileSize(desk, file.size)}</span></span>`}
  </a>`;
}

function pictureOf(file: Attachment): TemplateResult {
  return /^image\/(png|jpeg|gif|webp)$/.test(file.media_type)
    ? html`<img src=${`/files/v1/${encodeURIComponent(file.id)}/preview`} alt="" width="40" height="40" />`
    : icon("file");
}

function remove(desk: Desk, name: string, drop: () => void): TemplateResult {
  return html`<button
    class="button plain square compact"
    type="button"
    aria-label=${desk.t("file.remove", { name })}
    @click=${() => {
      drop();
      desk.redraw();
    }}
  >
    ${icon("close")}
  </button>`;
}

function reasonOf(desk: Desk, upload: Upload): string {
  switch (upload.error) {
    case "too_large":
      return desk.t("file.too_large", { size: fileSize(desk, upload.file.size), most: fileSize(desk, LARGEST) });
    case "empty":
      return desk.t("file.empty");
    case "infected":
      return desk.t("file.infected");
    case "lost":
      return desk.t("file.lost");
    default:
      return upload.error;
  }
}
