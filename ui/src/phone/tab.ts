/** Of several tabs of one person in one browser, one has the telephone. */
export class OneTab {
  private leave: (() => void) | null = null;

  constructor(
    private readonly name: string,
    private readonly lost: () => void,
  ) {}

  get mine(): boolean {
    return this.leave !== null;
  }

  /** Becomes the one, if no other tab is; `take` takes it from whoever has it. */
  claim(take = false): Promise<boolean> {
    if (this.leave) return Promise.resolve(true);
    if (!("locks" in navigator)) return Promise.resolve(true);
    return new Promise((answered) => {
      const held = navigator.locks.request(this.name, take ? { steal: true } : { ifAvailable: true }, async (lock) => {
        if (!lock) {
          answered(false);
          return;
        }
        await new Promise<void>((leave) => {
          this.leave = leave;
          answered(true);
        });
      });
      held.catch(() => {
        this.leave = null;
        this.lost();
      });
    });
  }

  release(): void {
    this.leave?.();
    this.leave = null;
  }
}
