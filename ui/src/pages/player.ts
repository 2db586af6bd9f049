/** The player of a recording: waveform of two lanes, jumps, speed, notes at a second. Time runs left to right everywhere. */

interface Mark {
  kind: string;
  at: number;
  until: number | null;
  who: string;
}
interface Said {
  id: number;
  at: number;
  text: string;
}
interface Data {
  length_ms: number;
  /** Base64: as many bytes for the customer's lane as for the agent's. */
  peaks: string;
  marks: Mark[];
  notes: Said[];
}

const STEP_S = 5;
const BIG_STEP_S = 10;
const SPEED_KEPT = "pasokh.player.speed";

/** A moment as people read it, in the page's digits: 1:02:03 or 2:03. */
export function clock(seconds: number, language: string): string {
  const whole = Math.max(0, Math.floor(seconds));
  const digits = new Intl.NumberFormat(language, { useGrouping: false });
  const two = new Intl.NumberFormat(language, { minimumIntegerDigits: 2, useGrouping: false });
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = two.format(whole % 60);
  return hours ? `${digits.format(hours)}:${two.format(minutes)}:${rest}` : `${digits.format(minutes)}:${rest}`;
}

/** The two lanes of a waveform, 0–255 a column. */
export function lanesOf(peaks: string): [Uint8Array, Uint8Array] {
  const bytes = Uint8Array.from(atob(peaks), (character) => character.charCodeAt(0));
  const half = bytes.length >> 1;
  return [bytes.subarray(0, half), bytes.subarray(half, half * 2)];
}

/** What a key on the timeline asks for: the second to go to; null where it asks for nothing. */
export function moved(key: string, now: number, length: number): number | null {
  const tenth = /^[0-9]$/.test(key) ? (Number(key) / 10) * length : null;
  const steps: Record<string, number> = {
    ArrowLeft: now - STEP_S,
    ArrowRight: now + STEP_S,
    ArrowDown: now - STEP_S,
    ArrowUp: now + STEP_S,
    PageDown: now - BIG_STEP_S * 3,
    PageUp: now + BIG_STEP_S * 3,
    Home: 0,
    End: length,
  };
  const asked = tenth ?? steps[key];
  return asked === undefined ? null : Math.min(Math.max(0, asked), length);
}

class Player {
  private readonly language = document.documentElement.lang || "en";
  private readonly sound: HTMLAudioElement;
  private readonly track: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly lanes: [Uint8Array, Uint8Array];
  private readonly length: number;

  constructor(
    private readonly root: HTMLElement,
    private readonly data: Data,
  ) {
    this.sound = this.part<HTMLAudioElement>("sound");
    this.track = this.part("track");
    this.canvas = this.part<HTMLCanvasElement>("canvas");
    this.lanes = lanesOf(data.peaks);
    this.length = data.length_ms / 1000;
  }

  start(): void {
    const { sound, track } = this;
    this.root.classList.add("is-ready");
    sound.controls = false;
    track.setAttribute("aria-valuemax", String(Math.round(this.length)));
    this.part("play").addEventListener("click", () => this.toggle());
    for (const button of this.root.querySelectorAll<HTMLElement>("[data-skip]")) {
      button.addEventListener("click", () => this.goTo(sound.currentTime + Number(button.dataset["skip"])));
    }
    track.addEventListener("pointerdown", (event) => this.pointed(event));
    track.addEventListener("keydown", (event) => this.pressed(event));
    for (const event of ["timeupdate", "seeking", "seeked", "loadedmetadata"]) sound.addEventListener(event, () => this.show());
    for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, () => this.showState());
    sound.addEventListener("error", () => this.failed(true));
    sound.addEventListener("canplay", () => this.failed(false));
    this.part("again").addEventListener("click", () => {
      const at = sound.currentTime;
      sound.load();
      this.goTo(at);
    });
    this.setUpSpeed();
    this.setUpPins();
    document.addEventListener("click", (event) => this.jumped(event));
    document.addEventListener("keydown", (event) => this.wroteKey(event));
    new ResizeObserver(() => this.draw()).observe(track);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const asked = Number(new URLSearchParams(location.search).get("t") ?? 0);
    if (asked > 0) this.goTo(asked / 1000);
    this.draw();
    this.show();
  }

  private part<E extends HTMLElement = HTMLElement>(name: string): E {
    const found = this.root.querySelector<E>(`[data-${name}]`);
    if (!found) throw new Error(`the player has no ${name}`);
    return found;
  }

  private toggle(): void {
    if (this.sound.paused) void this.sound.play().catch(() => this.failed(this.sound.error !== null));
    else this.sound.pause();
  }

  private goTo(seconds: number): void {
    this.sound.currentTime = Math.min(Math.max(0, seconds), this.length);
    this.show();
  }

  private pointed(event: PointerEvent): void {
    const box = this.track.getBoundingClientRect();
    const seek = (x: number): void => this.goTo(((x - box.left) / Math.max(1, box.width)) * this.length);
    seek(event.clientX);
    this.track.setPointerCapture(event.pointerId);
    const drag = (moved: PointerEvent): void => seek(moved.clientX);
    this.track.addEventListener("pointermove", drag);
    this.track.addEventListener("lostpointercapture", () => this.track.removeEventListener("pointermove", drag), { once: true });
  }

  private pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " ") {
      this.toggle();
    } else {
      const to = moved(event.key, this.sound.currentTime, this.length);
      if (to === null) return;
      this.goTo(to);
    }
    event.preventDefault();
  }

  private wroteKey(event: KeyboardEvent): void {
    const typing = (event.target as Element).closest("input, textarea, select, [contenteditable]");
    if (typing || event.altKey || event.ctrlKey || event.metaKey || event.key.toLowerCase() !== "n") return;
    const field = document.querySelector<HTMLElement>("[data-note] textarea");
    if (!field || !this.root.contains(document.activeElement)) return;
    event.preventDefault();
    this.sound.pause();
    field.focus();
  }

  private jumped(event: Event): void {
    const at = (event.target as Element).closest<HTMLElement>("[data-jump]")?.dataset["jump"];
    if (at === undefined) return;
    this.goTo(Number(at) / 1000);
    this.track.focus({ preventScroll: false });
  }

  private setUpSpeed(): void {
    const select = this.part<HTMLSelectElement>("speed");
    const apply = (): void => {
      this.sound.preservesPitch = true;
      this.sound.playbackRate = this.sound.defaultPlaybackRate = Number(select.value);
    };
    try {
      const kept = localStorage.getItem(SPEED_KEPT);
      if (kept && [...select.options].some((option) => option.value === kept)) select.value = kept;
    } catch {
      // The usual speed then.
    }
    select.addEventListener("change", () => {
      apply();
      try {
        localStorage.setItem(SPEED_KEPT, select.value);
      } catch {
        // It lasts as long as the page.
      }
    });
    apply();
  }

  private setUpPins(): void {
    const pins = this.part("pins");
    for (const note of this.data.notes) {
      const pin = document.createElement("span");
      pin.className = "rec-pin";
      pin.title = `${clock(note.at / 1000, this.language)} ${note.text}`;
      pin.style.left = `${(note.at / Math.max(1, this.data.length_ms)) * 100}%`;
      pins.append(pin);
    }
  }

  private failed(now: boolean): void {
    this.part("failed").hidden = !now;
  }

  private showState(): void {
    const button = this.part("play");
    button.textContent = (this.sound.paused ? button.dataset["sayPlay"] : button.dataset["sayPause"]) ?? "";
    this.show();
  }

  private show(): void {
    const now = this.sound.currentTime;
    const told = clock(now, this.language);
    this.part("now").textContent = told;
    this.part("cursor").style.left = `${this.length ? (now / this.length) * 100 : 0}%`;
    this.track.setAttribute("aria-valuenow", String(Math.round(now)));
    this.track.setAttribute("aria-valuetext", told);
    const note = document.querySelector<HTMLInputElement>("[data-note-at]");
    if (note && document.activeElement?.closest("[data-note]") === null) note.value = String(Math.round(now * 1000));
    const shown = document.querySelector<HTMLElement>("[data-note-shown]");
    if (shown && note) shown.textContent = clock(Number(note.value) / 1000, this.language);
  }

  private draw(): void {
    const box = this.track.getBoundingClientRect();
    const scale = Math.min(3, devicePixelRatio || 1);
    this.canvas.width = Math.max(1, Math.round(box.width * scale));
    this.canvas.height = Math.max(1, Math.round(box.height * scale));
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    const colours = [...this.root.querySelectorAll("[data-lane]")].map((lane) => getComputedStyle(lane).color);
    const height = this.canvas.height / 2;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.lanes.forEach((lane, place) => {
      pen.fillStyle = colours[place] ?? "gray";
      const wide = this.canvas.width / Math.max(1, lane.length);
      const middle = height * (place + 0.5);
      for (const [at, peak] of lane.entries()) {
        const tall = Math.max(scale, (peak / 255) * (height - 4 * scale));
        pen.fillRect(at * wide, middle - tall / 2, Math.max(1, wide - scale * 0.4), tall);
      }
    });
  }
}

/** Every player of the page begins to work; without this script the browser's own controls play. */
export function setUpPlayers(): void {
  const data = document.getElementById("recording-data");
  const root = document.querySelector<HTMLElement>("[data-player]");
  if (root && data?.textContent) new Player(root, JSON.parse(data.textContent) as Data).start();
}
