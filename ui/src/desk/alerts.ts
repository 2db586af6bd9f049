import type { DeskModel } from "./model";

/** Rings and flashes the title while a contact is offered; silent as soon as it is answered. */
export class Alerts {
  private readonly title = document.title;
  private context: AudioContext | null = null;
  private rang = 0;

  update(model: DeskModel, sound: boolean, flash: string): void {
    const ringing = model.offers.length > 0;
    const even = Math.floor(Date.now() / 1000) % 2 === 0;
    const wanted = ringing && even ? flash : this.title;
    if (document.title !== wanted) document.title = wanted;
    if (!ringing) {
      this.rang = 0;
      return;
    }
    if (!sound || Date.now() - this.rang < 3_000) return;
    this.rang = Date.now();
    this.chime();
  }

  /** Browsers allow sound only after the person has touched the page. */
  private chime(): void {
    if (!navigator.userActivation?.hasBeenActive) return;
    this.context ??= new AudioContext();
    const { context } = this;
    const begin = context.currentTime;
    for (const [index, pitch] of [659.3, 880, 1108.7].entries()) {
      const tone = context.createOscillator();
      const loudness = context.createGain();
      const at = begin + index * 0.13;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.16, at + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.55);
    }
  }
}
