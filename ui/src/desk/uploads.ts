import { csrf } from "../live/page";
import type { Attachment } from "./types";

export const LARGEST = 20 * 1_048_576;
export const MOST = 10;
const LARGEST_PREVIEW = 4 * 1_048_576;
const ASK_AGAIN = 500;

/** One file on its way to the centre (docs/files.md). */
export class Upload {
  state: "sending" | "scanning" | "ready" | "failed" = "sending";
  progress = 0;
  /** The centre's sentence, or a code of ours. */
  error = "";
  attachment: Attachment | null = null;
  /** A picture of it, from this computer; empty for large ones and what is no picture. */
  preview = "";
  private request: XMLHttpRequest | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly file: File,
    private readonly contact: string,
    private readonly audience: "customer" | "inside",
    private readonly changed: () => void,
  ) {
    if (/^image\/(png|jpeg|gif|webp)$/.test(file.type) && file.size <= LARGEST_PREVIEW) this.look();
    if (file.size > LARGEST) this.fail("too_large");
    else if (file.size === 0) this.fail("empty");
    else this.send();
  }

  /** It never arrived, for no fault of its own: it may set out again. */
  get lost(): boolean {
    return this.state === "failed" && this.error === "lost";
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  retry(): void {
    this.state = "sending";
    this.error = "";
    this.progress = 0;
    this.send();
    this.changed();
  }

  private look(): void {
    const reader = new FileReader();
    reader.onload = () => {
      this.preview = String(reader.result);
      this.changed();
    };
    reader.readAsDataURL(this.file);
  }

  private send(): void {
    const form = new FormData();
    form.set("contact", this.contact);
    form.set("audience", this.audience);
    form.set("file", this.file, this.file.name);
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", "/files/v1/upload");
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      this.progress = event.lengthComputable ? event.loaded / event.total : 0;
      this.changed();
    };
    request.onload = () => this.answered(request.status, request.responseText);
    request.onerror = () => {
      this.fail("lost");
      this.changed();
    };
    request.send(form);
  }

  private answered(status: number, body: string): void {
    try {
      const answer = JSON.parse(body) as Attachment & { state?: string; error?: { message?: string; code?: string } };
      if (status >= 200 && status < 300) {
        this.attachment = { id: answer.id, name: answer.name, media_type: answer.media_type, size: answer.size };
        this.progress = 1;
        if (answer.state === "scanning") this.watch();
        else this.state = "ready";
      } else this.fail(answer.error?.message ?? answer.error?.code ?? "lost");
    } catch {
      this.fail("lost");
    }
    this.changed();
  }

  private watch(): void {
    this.state = "scanning";
    this.timer = setTimeout(() => {
      void fetch(`/files/v1/${encodeURIComponent(this.attachment?.id ?? "")}/state`, { credentials: "same-origin" })
        .then((response) => response.json() as Promise<{ state: string }>)
        .then(({ state }) => {
          if (state === "scanning") this.watch();
          else if (state === "clean") this.state = "ready";
          else this.fail("infected");
        })
        .catch(() => this.watch())
        .finally(() => this.changed());
    }, ASK_AGAIN);
  }

  private fail(error: string): void {
    this.state = "failed";
    this.error = error;
  }
}
