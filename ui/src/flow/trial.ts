/** A try-out of a flow as it stands: who calls, what was heard. */
export interface Piece {
  language: string;
  text: string;
  prompt: string;
}

export interface Heard {
  what: string;
  at: number;
  pieces: Piece[];
  flow: string;
  node: string;
  value: string;
  good: boolean;
}

export interface Scene {
  caller: string;
  known: boolean;
  blocked: boolean;
  language: string;
  open: boolean;
  holiday: boolean;
  staff: string;
  place: number;
  wait_minutes: number;
  attributes: Record<string, string>;
}

export interface Talk {
  scene: Scene;
  /** As the server left it; null = nobody has called yet. */
  position: unknown;
  began: number;
  now: number;
  expects: string;
  heard: Heard[];
  node: string;
  been: string[];
  sound: boolean;
  busy: boolean;
}
