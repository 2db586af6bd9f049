/** What a screen on the wall needs besides the picture: it stays awake, comes back by itself, and does not burn in. */

const DRIFT_EVERY = 60_000;
/** Places the picture moves through, in steps of a few pixels: no edge stays on the same lamps for a day. */
const DRIFT: readonly [number, number][] = [
  [0, 0],
  [3, 1],
  [5, 4],
  [2, 6],
  [-2, 5],
  [-5, 2],
  [-4, -2],
  [-1, -5],
  [3, -4],
];
/** After so long without a word from the centre the page is loaded anew: whatever broke, a fresh page mends. */
const STALE = 10 * 60_000;

export function driftAt(now: number): [number, number] {
  return DRIFT[Math.floor(now / DRIFT_EVERY) % DRIFT.length] ?? [0, 0];
}

export class WallScreen {
  private lock: { release(): Promise<void>; released: boolean } | null = null;
  private online = Date.now();

  constructor(
    private readonly root: HTMLElement,
    private readonly reload: () => void = () => location.reload(),
  ) {
    document.documentElement.classList.add("wall-screen");
    document.addEventListener("visibilitychange", () => void this.stayAwake());
    void this.stayAwake();
  }

  /** Once a second: moves the picture now and then, hides the pointer's trace, mends what stands still. */
  tick(connected: boolean, refused: boolean): void {
    const now = Date.now();
    const [x, y] = driftAt(now);
    this.root.style.transform = `translate(${x}px, ${y}px)`;
    // A machine that slept wakes hours later with its clock far ahead: that is no reason to reload at once.
    if (connected || now - this.online > STALE + 60_000) this.online = connected ? now : Math.max(this.online, now - STALE + 60_000);
    else if (!refused && now - this.online > STALE) {
      this.online = now;
      this.reload();
    }
  }

  private async stayAwake(): Promise<void> {
    if (document.visibilityState !== "visible" || (this.lock && !this.lock.released)) return;
    try {
      this.lock = (await (navigator as Navigator & { wakeLock?: { request(kind: "screen"): Promise<never> } }).wakeLock?.request("screen")) ?? null;
    } catch {
      // A browser that refuses (no power, no permission) shows the wall all the same.
    }
  }
}
