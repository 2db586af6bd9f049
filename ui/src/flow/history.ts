/** Undo and redo. Changes of one place that follow each other closely are one step, so that nobody undoes letters. */
export const CLOSE_MS = 1_200;
const MOST = 200;

export class History<T> {
  private past: T[] = [];
  private future: T[] = [];
  private place = "";
  private at = 0;

  constructor(public now: T) {}

  /** The next state; `place` says what is changed, "" = something by itself. */
  change(next: T, place: string, moment: number): void {
    if (next === this.now) return;
    const follows = place !== "" && place === this.place && moment - this.at < CLOSE_MS;
    if (!follows) {
      this.past.push(this.now);
      if (this.past.length > MOST) this.past.shift();
    }
    this.future = [];
    this.now = next;
    this.place = place;
    this.at = moment;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  undo(): boolean {
    const before = this.past.pop();
    if (before === undefined) return false;
    this.future.push(this.now);
    this.now = before;
    this.place = "";
    return true;
  }

  redo(): boolean {
    const after = this.future.pop();
    if (after === undefined) return false;
    this.past.push(this.now);
    this.now = after;
    this.place = "";
    return true;
  }
}
