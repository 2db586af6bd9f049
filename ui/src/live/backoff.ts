/** How long to wait before try number `attempt` (from 0): doubles up to `cap`, spread so that a crowd does not return at once. */
export function backoff(attempt: number, random: () => number = Math.random, base = 400, cap = 15_000): number {
  const whole = Math.min(cap, base * 2 ** Math.min(attempt, 16));
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/** Lets `burst` through at once and `rate` a second after that; `delay` says how long the next one has to wait. */
export class Pace {
  private tokens: number;
  private at: number;

  constructor(
    private readonly burst: number,
    private readonly rate: number,
    now: number,
  ) {
    this.tokens = burst;
    this.at = now;
  }

  /** 0 and one taken, or the milliseconds until one is free. */
  take(now: number): number {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) * this.rate) / 1000);
    this.at = now;
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.tokens) * 1000) / this.rate);
  }
}
