import type { DeskModel } from "./model";

export type Permission = "default" | "granted" | "denied" | "unsupported";

const VOLUME = "pasokh.desk.volume";
const NOTIFY = "pasokh.desk.notify";
const AGAIN = 3_000;

/** How the next contact announces itself on this computer; kept over days. */
export class AlertSettings {
  /** 0 = off … 1. */
  volume = 0.6;
  notify = false;
  /** Plays the sound once, to hear how loud it is. */
  onTry: (() => void) | null = null;

  constructor(private readonly shelf: Storage) {
    try {
      const volume = Number(shelf.getItem(VOLUME) ?? "0.6");
      this.volume = Number.isFinite(volume) ? Math.max(0, Math.min(1, volume)) : 0.6;
      this.notify = shelf.getItem(NOTIFY) === "on";
    } catch {
      // Defaults then.
    }
  }

  save(): void {
    try {
      this.shelf.setItem(VOLUME, String(this.volume));
      this.shelf.setItem(NOTIFY, this.notify ? "on" : "off");
    } catch {
      // The choice then lasts as long as the page.
    }
  }

  get permission(): Permission {
    return typeof Notification === "undefined" ? "unsupported" : Notification.permission;
  }

  /** Asks the browser if it must be asked; true when notifications will be shown. */
  async wantNotifications(on: boolean): Promise<boolean> {
    if (on && this.permission === "default") await Notification.requestPermission();
    this.notify = on && this.permission === "granted";
    this.save();
    return this.notify;
  }
}

export interface Ringing {
  /** The telephone rings already. */
  quiet: boolean;
  flash: string;
  title: string;
  /** Of an offer: who, and what about. */
  lines: (id: string) => { who: string; about: string };
  open: () => void;
}

/** Rings, flashes the title and tells the desktop while a contact is offered; silent as soon as it is answered. */
export class Alerts {
  private readonly title = document.title;
  private context: AudioContext | null = null;
  private rang = 0;
  private readonly told = new Map<string, Notification | null>();

  constructor(readonly settings: AlertSettings) {}

  update(model: DeskModel, ringing: Ringing): void {
    const offered = model.offers.length > 0;
    const even = Math.floor(Date.now() / 1000) % 2 === 0;
    const wanted = offered && even ? ringing.flash : this.title;
    if (document.title !== wanted) document.title = wanted;
    this.tell(model, ringing);
    if (!offered) {
      this.rang = 0;
      return;
    }
    if (ringing.quiet || this.settings.volume === 0 || Date.now() - this.rang < AGAIN) return;
    this.rang = Date.now();
    this.chime();
  }

  /** Three rising tones. Browsers allow sound only after the person has touched the page. */
  chime(): void {
    if (!navigator.userActivation?.hasBeenActive) return;
    this.context ??= new AudioContext();
    const { context } = this;
    void context.resume();
    const begin = context.currentTime;
    const loud = 0.28 * this.settings.volume;
    for (const [index, pitch] of [659.3, 880, 1108.7].entries()) {
      const tone = context.createOscillator();
      const loudness = context.createGain();
      const at = begin + index * 0.13;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(loud, at + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0005, at + 0.5);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.55);
    }
  }

  /** One notification an offer, only while the desk is not being looked at; gone with the offer. */
  private tell(model: DeskModel, ringing: Ringing): void {
    const alive = new Set(model.offers.map((offer) => offer.id));
    for (const [id, notification] of this.told) {
      if (alive.has(id)) continue;
      notification?.close();
      this.told.delete(id);
    }
    for (const offer of model.offers) {
      if (this.told.has(offer.id)) continue;
      this.told.set(offer.id, null);
      if (!this.settings.notify || this.settings.permission !== "granted" || document.hasFocus()) continue;
      try {
        const { who, about } = ringing.lines(offer.id);
        const notification = new Notification(`${ringing.title}: ${who}`, { body: about, tag: `pasokh-${offer.id}`, silent: true });
        notification.onclick = () => {
          window.focus();
          ringing.open();
          notification.close();
        };
        this.told.set(offer.id, notification);
      } catch {
        // Some phones allow notifications from service workers only; sound and title remain.
      }
    }
  }
}
