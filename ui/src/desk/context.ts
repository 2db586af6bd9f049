import type { Format } from "../language/format";
import type { Language, Values } from "../language/catalogue";
import type { DeskText } from "../language/staff/desk.en";
import type { StaffText } from "../language/staff/en";
import type { LiveClient } from "../live/client";
import type { Command, Names } from "../live/types";
import type { AlertSettings } from "./alerts";
import type { DeskMemory } from "./memory";
import type { DeskModel } from "./model";
import type { Office } from "./office";
import type { Attachment } from "./types";
import type { Voice } from "./voice";

export type DeskKey = keyof StaffText | keyof DeskText;

/** A branch or leaf of the outcomes' or reasons' tree. */
export interface Term {
  key: string;
  name: Names;
  parent: string;
  /** Milliseconds of a normal handling time; null = no bound. */
  band?: [number | null, number | null];
}

/** Why somebody is not ready, as the organisation names it. */
export interface Pause {
  key: string;
  name: Names;
  paid: boolean;
  archived: boolean;
}

export interface Said {
  attachments?: readonly Attachment[];
  mentions?: readonly string[];
  /** Sent a second time under this id. */
  message?: string;
}

export interface Desk {
  client: LiveClient;
  memory: DeskMemory;
  model: DeskModel;
  office: Office;
  /** The telephone, where there is one and it has been loaded. */
  voice: Voice | null;
  alerts: AlertSettings;
  language: Language;
  zone: string | undefined;
  organisation: Names | string;
  t(key: DeskKey, values?: Values): string;
  f: Format;
  now: number;
  /** Conversations that fit side by side. */
  places: number;
  /** Asks the centre; a refusal is shown. True when it was done. */
  act(command: Command): Promise<boolean>;
  /** Posts a message; a refused one stays in the thread with the reason. */
  say(interaction: string, text: string, note: boolean, said?: Said): void;
  /** Says, as often as is useful, that the agent writes to the customer (or stopped). */
  typing(interaction: string, on: boolean): void;
  /** Shows a conversation, with the focus in its field if asked; a `polite` one stays away while somebody writes elsewhere. */
  open(interaction: string, options?: { focus?: boolean; polite?: boolean }): void;
  tell(text: string, undo?: () => void): void;
  redraw(): void;
  /** The organisation's own names. */
  outcomes: readonly Term[];
  reasons: readonly Term[];
  /** In the order of the menu, archived ones too. */
  pauses: readonly Pause[];
  /** Everyone who can be named in a note, signed in or not. */
  people: readonly { id: string; name: string }[];
  /** Names of the businesses answered for, and of the numbers called. */
  clients: Readonly<Record<string, Names>>;
  /** What calls of a client are answered with, by client. */
  greetings: Readonly<Record<string, Names>>;
  numbers: Readonly<Record<string, Names>>;
  /** Whether a text of that key exists: codes from data (reasons, outcomes) may be an organisation's own. */
  known(key: string): key is DeskKey;
  signIn(): void;
}
