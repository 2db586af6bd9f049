/** What may stand above the writing line: one card at a time, built anew only when its key changes. */
export interface Card {
  key: string;
  build(): HTMLElement;
  /** The card takes the writing line's place. */
  instead?: boolean;
  /** Its first field gets the focus when it appears. */
  focus?: boolean;
}
