/** A flow as its JSON has it, being written: right or wrong, with what is usual left out. */
import type { Names } from "../live/types";

export type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value };
export type Fields = { readonly [key: string]: Value };

export interface FlowNode extends Fields {
  readonly kind: string;
}

export interface Flow {
  readonly id: string;
  readonly start: string;
  readonly languages: readonly string[];
  readonly name?: Names;
  readonly nodes: { readonly [name: string]: FlowNode };
  readonly version?: number;
}

export interface Saying {
  readonly text?: { readonly [language: string]: string };
  readonly prompt?: string;
  readonly tags?: readonly string[];
}

export interface Finding {
  code: string;
  node: string;
  /** As the checker writes it: `offer.ways[1].then`. */
  field: string;
  problem: string;
  remedy: string;
}

/** What the organisation has that a flow may name, each with what people call it. */
export interface Around {
  queues: Record<string, string>;
  skills: Record<string, string>;
  hours: Record<string, string>;
  flows: Record<string, string>;
  music: Record<string, string>;
  numbers: Record<string, string>;
  prompts: Record<string, string>;
  attributes: string[];
  languages: Record<string, string>;
}

export interface Difference {
  what: string;
  before: string;
  after: string;
}

export interface Conflict {
  version: number;
  by: string;
  theirs: Difference[];
  mine: Difference[];
  clashes: string[];
  flow: Flow;
  merged: Flow;
}

/** Words of kinds and fields, which the server's pages use too. */
export interface Words {
  kinds: Record<string, string>;
  helps: Record<string, string>;
  labels: Record<string, string>;
  ways: Record<string, string>;
}

export interface PageData {
  flow: Flow;
  version: number;
  published: number;
  saved_by: string;
  archived: boolean;
  around: Around;
  words: Words;
  urls: Record<string, string>;
  may_edit: boolean;
  listen: boolean;
  unreadable: string;
}
