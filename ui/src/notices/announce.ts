import type { Notice } from "./feed";

const COUNTED = /^\([0-9۰-۹]+\+?\) /;

/** Keeps the number of unread notices in front of the page's title, whoever else changes it. */
export class TitleCount {
  private count = "";

  constructor(private readonly page: Document) {
    const title = page.querySelector("title");
    if (title) new MutationObserver(() => this.apply()).observe(title, { childList: true });
  }

  show(count: string): void {
    this.count = count;
    this.apply();
  }

  private apply(): void {
    const wanted = (this.count ? `(${this.count}) ` : "") + this.page.title.replace(COUNTED, "");
    if (this.page.title !== wanted) this.page.title = wanted;
  }
}

/** Two soft notes, lower than those of a contact that rings. */
export function chime(): void {
  if (typeof AudioContext === "undefined") return;
  const context = new AudioContext();
  if (context.state !== "running") {
    void context.close(); // Nobody has touched the page yet: the browser allows no sound.
    return;
  }
  [520, 660].forEach((frequency, index) => {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const start = context.currentTime + index * 0.16;
    tone.frequency.value = frequency;
    loudness.gain.setValueAtTime(0.0001, start);
    loudness.gain.exponentialRampToValueAtTime(0.12, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.32);
  });
  setTimeout(() => void context.close(), 1_000);
}

/** What is new, on the desktop while nobody looks at the page; a click leads to it. */
export function announce(fresh: Notice[], title: string): void {
  if (fresh.some((notice) => notice.sound)) chime();
  if (typeof Notification === "undefined" || Notification.permission !== "granted" || document.hasFocus()) return;
  for (const notice of fresh.filter((each) => each.desktop).slice(0, 3)) {
    const shown = new Notification(title, {
      body: notice.text,
      tag: `pasokh-notice-${notice.id}`,
      lang: document.documentElement.lang,
      dir: document.documentElement.dir === "rtl" ? "rtl" : "ltr",
    });
    shown.onclick = () => {
      window.focus();
      if (notice.link) location.assign(notice.link);
    };
  }
}
