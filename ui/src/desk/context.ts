import type { Format } from "../language/format";
import type { Language, Values } from "../language/catalogue";
import type { StaffText } from "../language/staff/en";
import type { LiveClient } from "../live/client";
import type { Command, Names } from "../live/types";
import type { DeskModel } from "./model";
import type { DeskMemory } from "./memory";

export interface Desk {
  client: LiveClient;
  memory: DeskMemory;
  model: DeskModel;
  language: Language;
  t(key: keyof StaffText, values?: Values): string;
  f: Format;
  now: number;
  /** Asks the centre; a refusal is shown. True when it was done. */
  act(command: Command): Promise<boolean>;
  /** Posts a message; a refused one stays in the thread with the reason. */
  say(interaction: string, text: string, note: boolean, message?: string): void;
  redraw(): void;
  /** The organisation's own names of its outcomes. */
  outcomes: Record<string, Names>;
  /** Whether a text of that key exists: codes from data (reasons, outcomes) may be an organisation's own. */
  known(key: string): key is keyof StaffText;
}
