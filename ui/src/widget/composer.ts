/** The writing line: text that is never cut, files by choice, drop or paste, emoji. */
import type { Conversation } from "./conversation";
import { glyph, h, write } from "./element";
import { emojiPicker } from "./emoji";
import { lengthOf } from "./fields";
import { Tray } from "./files";
import type { Look } from "./look";

const SEND = "M4.5 12L20 4.5 15.5 20l-3.5-6.5zM12 13.5L20 4.5";
const CLIP = "M8 12.5l6.200-6.200a3 3 0 014.300 4.300L10.600 18.500a5 5 0 01-7.100-7.100l7-7";
const SMILE = "M12 3.500a8.500 8.500 0 100 17 8.500 8.500 0 000-17zM8.500 14.500c1.700 2 5.300 2 7 0M9 9.500v.6M15 9.500v.6";
const LONGEST = 4_000;
const TELL_FROM = 3_600;
/** After so long without a key the visitor is not writing any more. */
const PAUSE = 4_000;

export class Composer {
  readonly element: HTMLElement;
  readonly text: HTMLTextAreaElement;
  readonly tray: Tray;
  private readonly send: HTMLButtonElement;
  private readonly emoji: HTMLElement;
  private readonly picker: HTMLButtonElement;
  private readonly count = h("span", { class: "count", hidden: true });
  private readonly counted = h("span", { class: "sr", role: "status" });
  private readonly problem = h("p", { class: "bad", role: "alert", hidden: true });
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly talk: Conversation,
    private readonly look: Look,
    host: string,
    private readonly keep: (text: string) => void,
    private readonly sent: () => void,
  ) {
    const { t, options } = look;
    this.tray = new Tray(
      talk,
      look,
      host,
      (problem) => this.complain(problem),
      () => this.judge(),
    );
    this.text = h("textarea", {
      rows: "1",
      "aria-label": t("placeholder"),
      placeholder: t("placeholder"),
      oninput: () => this.typed(true),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.submit();
      },
      onpaste: (event: ClipboardEvent) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0 || !options.attachments) return;
        event.preventDefault();
        this.tray.add(files);
      },
    });
    this.send = h("button", { class: "send", type: "button", "aria-label": t("send"), onclick: () => this.submit() }, glyph(SEND, true));
    const choice = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      tabindex: "-1",
      "aria-label": t("attach"),
      onchange: () => {
        this.tray.add(choice.files ?? []);
        choice.value = "";
        this.text.focus();
      },
    });
    const clip = options.attachments
      ? h("button", { class: "icon", type: "button", "aria-label": t("attach"), title: t("attach"), onclick: () => choice.click() }, glyph(CLIP))
      : null;
    this.picker = h(
      "button",
      { class: "icon", type: "button", "aria-label": t("emoji"), title: t("emoji"), "aria-expanded": "false", onclick: () => this.toggleEmoji(this.emoji.hidden === true) },
      glyph(SMILE),
    );
    this.emoji = emojiPicker(look, (picked) => {
      this.toggleEmoji(false);
      if (picked) {
        this.text.setRangeText(picked, this.text.selectionStart, this.text.selectionEnd, "end");
        this.typed(true);
      }
      this.text.focus();
    });
    this.emoji.hidden = true;
    this.element = h(
      "div",
      { class: "compose" },
      this.problem,
      this.tray.element,
      this.emoji,
      h("div", { class: "write" }, clip, choice, this.picker, this.text, this.send),
      this.count,
      this.counted,
    );
    this.judge();
  }

  get value(): string {
    return this.text.value;
  }

  /** Puts a text into the line that came from elsewhere (a kept draft, another tab). */
  fill(text: string): void {
    if (text === this.text.value) return;
    this.text.value = text;
    this.typed(false);
  }

  focus(): void {
    this.text.focus();
  }

  /** Shows or hides the line; what stood beside the text goes with it, the text stays. */
  show(shown: boolean): void {
    if (this.element.hidden !== shown) return;
    this.element.hidden = !shown;
    if (shown) return;
    this.toggleEmoji(false);
    this.tray.clear();
    this.complain("");
  }

  private toggleEmoji(open: boolean): void {
    this.emoji.hidden = !open;
    this.picker.setAttribute("aria-expanded", String(open));
    if (open) this.emoji.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }

  private complain(problem: string): void {
    write(this.problem, problem);
    this.problem.hidden = !problem;
  }

  private typed(byHand: boolean): void {
    const { value } = this.text;
    this.text.dir = value ? "auto" : "";
    this.keep(value);
    this.judge();
    if (!byHand) return;
    this.complain("");
    clearTimeout(this.pause);
    this.talk.typing(value !== "");
    if (value) this.pause = setTimeout(() => this.talk.typing(false), PAUSE);
  }

  private judge(): void {
    const { t } = this.look;
    const { value } = this.text;
    const length = value.length < TELL_FROM ? 0 : lengthOf(value.trim());
    const over = length - LONGEST;
    this.send.disabled = over > 0 || (!value.trim() && !this.tray.willing);
    this.count.hidden = length < TELL_FROM;
    this.count.classList.toggle("bad", over > 0);
    if (this.count.hidden) {
      write(this.counted, "");
      return;
    }
    const said = over > 0 ? t("too_long", { n: over }) : t("left", { n: -over });
    write(this.count, said);
    // Read out at every hundred, and as soon as it is too much: not with every key.
    if (over > 0 || over % 100 === 0) write(this.counted, said);
    this.text.setAttribute("aria-invalid", String(over > 0));
  }

  private submit(): void {
    if (this.send.disabled) return;
    const text = this.text.value.trim();
    clearTimeout(this.pause);
    this.talk.typing(false);
    const begins = !this.talk.session || this.talk.closed;
    this.text.value = "";
    this.toggleEmoji(false);
    if (begins) {
      this.talk.say(text);
      this.tray.take();
    } else {
      const files = this.tray.take();
      if (text || files.length) this.talk.say(text, files);
    }
    this.typed(false);
    this.sent();
    this.text.focus();
  }
}
