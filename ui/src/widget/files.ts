/** Files on their way: each with its preview, progress, a way to try again and a way to take it back. */
import type { Failure } from "../live/types";
import type { Conversation } from "./conversation";
import { glyph, h } from "./element";
import { type Look, isolated, sizeOf } from "./look";
import { isPicture, pictureOf } from "./picture";
import { Refusal, type Upload, upload } from "./transfer";
import type { Attachment } from "./types";

const MOST_FILES = 10;
const REMOVE = "M7 7l10 10M17 7L7 17";
export const PAGE = "M7 3.5h7l4 4v13H7zM13.500 3.500v4.500h4.500";

interface Carried {
  file: File;
  element: HTMLElement;
  bar: HTMLProgressElement;
  said: HTMLElement;
  retry: HTMLButtonElement;
  upload: Upload | null;
  ready: Attachment | null;
  failed: boolean;
  /** Where it failed for want of a line: sets out again when one that was gone is back. */
  stranded: "" | "lost" | "offline";
}

export class Tray {
  readonly element = h("ul", { class: "tray", hidden: true });
  private carried: Carried[] = [];
  /** Leave as soon as the last upload is done: the visitor has pressed “send”. */
  private leaving = false;

  constructor(
    private readonly talk: Conversation,
    private readonly look: Look,
    private readonly host: string,
    private readonly say: (problem: string) => void,
    private readonly changed: () => void,
  ) {
    this.element.setAttribute("aria-label", look.t("attached"));
  }

  get empty(): boolean {
    return this.carried.length === 0;
  }

  /** Whether there is something that could be sent (what failed cannot). */
  get willing(): boolean {
    return this.carried.some((each) => !each.failed);
  }

  add(files: Iterable<File>): void {
    const { t, options } = this.look;
    if (!options.attachments) return;
    const problems: string[] = [];
    for (const file of files) {
      const name = isolated(file.name);
      if (file.size === 0) problems.push(t("file_empty", { name }));
      else if (file.size > options.most_bytes) problems.push(t("file_large", { name, most: Math.floor(options.most_bytes / 1_048_576) }));
      else if (this.carried.length >= MOST_FILES) {
        problems.push(t("file_many", { n: MOST_FILES }));
        break;
      } else this.carry(file);
    }
    this.say(problems.join("\n"));
    this.show();
  }

  /** What is ready goes now, the rest as soon as it is; begins uploads that waited for a conversation. */
  take(): Attachment[] {
    if (this.carried.some((each) => !each.ready && !each.failed)) {
      this.leaving = true;
      this.start();
      return [];
    }
    const ready = this.carried.flatMap((each) => (each.ready ? [each.ready] : []));
    for (const each of this.carried.filter((one) => one.ready)) this.drop(each);
    this.show();
    return ready;
  }

  /** Starts what has not started; called whenever a conversation, or the line, may have come into being. */
  start(): void {
    const { pass, offline } = this.talk;
    for (const each of this.carried) {
      if (each.stranded && offline) each.stranded = "offline";
      else if (each.stranded === "offline") this.free(each);
    }
    if (!pass || this.talk.closed) return;
    for (const each of this.carried) if (!each.upload && !each.ready && !each.failed) this.send(each, pass);
  }

  /** Lets go of everything: the conversation it was for is over. */
  clear(): void {
    for (const each of [...this.carried]) {
      each.upload?.stop();
      this.drop(each);
    }
    this.leaving = false;
    this.show();
  }

  private carry(file: File): void {
    const { t } = this.look;
    const bar = h("progress", { max: "1", "aria-label": file.name });
    bar.value = 0;
    const said = h("small", { "aria-live": "polite" }, this.talk.pass ? sizeOf(this.look, file.size) : t("waits"));
    const retry = h("button", { class: "text", type: "button", hidden: true, onclick: () => this.again(each) }, t("retry"));
    const thumb = h("span", { class: "thumb" }, glyph(PAGE));
    const element = h(
      "li",
      {},
      thumb,
      h("span", { class: "about" }, h("bdi", {}, file.name), said, bar),
      retry,
      h("button", { class: "icon", type: "button", "aria-label": t("remove", { name: file.name }), onclick: () => this.remove(each) }, glyph(REMOVE)),
    );
    const each: Carried = { file, element, bar, said, retry, upload: null, ready: null, failed: false, stranded: "" };
    this.carried.push(each);
    this.element.append(element);
    if (isPicture(file.type)) {
      void pictureOf(file, file.name, 96).then((picture) => picture && thumb.replaceChildren(picture));
    }
    this.start();
  }

  private send(each: Carried, pass: string): void {
    const { t, f } = this.look;
    each.failed = false;
    each.element.classList.remove("failed");
    const began = upload(this.host, pass, this.look.language, each.file, (share) => {
      each.bar.value = share;
      each.bar.setAttribute("aria-valuetext", t("uploading", { share: f.percent(Math.floor(share * 100) / 100) }));
    });
    each.upload = began;
    began.done.then(
      (attachment) => {
        if (each.upload !== began) return;
        each.upload = null;
        each.ready = attachment;
        each.bar.hidden = true;
        each.said.textContent = sizeOf(this.look, attachment.size);
        this.settle();
      },
      (error: unknown) => {
        if (each.upload !== began) return;
        each.upload = null;
        this.fail(each, error instanceof Refusal ? error.failure : { code: "chat.offline" });
      },
    );
    this.show();
  }

  private fail(each: Carried, failure: Failure): void {
    const { t } = this.look;
    each.failed = true;
    each.stranded = failure.code === "chat.offline" ? "lost" : "";
    each.element.classList.add("failed");
    each.bar.hidden = true;
    each.bar.value = 0;
    const final = failure.code.startsWith("file.") && failure.code !== "file.too_many";
    each.retry.hidden = final;
    each.said.textContent = failure.message || t("file_bad", { name: isolated(each.file.name) });
    this.settle();
  }

  private again(each: Carried): void {
    this.free(each);
    this.start();
    this.show();
  }

  private free(each: Carried): void {
    each.failed = false;
    each.stranded = "";
    each.retry.hidden = true;
    each.bar.hidden = false;
  }

  private remove(each: Carried): void {
    each.upload?.stop();
    this.drop(each);
    this.settle();
    this.show();
  }

  private drop(each: Carried): void {
    each.upload = null;
    this.carried = this.carried.filter((one) => one !== each);
    each.element.remove();
  }

  private settle(): void {
    if (this.leaving && !this.carried.some((each) => !each.ready && !each.failed)) {
      this.leaving = false;
      const ready = this.take();
      if (ready.length) this.talk.say("", ready);
    }
    this.show();
  }

  private show(): void {
    this.element.hidden = this.empty;
    this.changed();
  }
}
