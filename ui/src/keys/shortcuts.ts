/**
 * The one register of keyboard shortcuts. A key is written `mod+k`, `alt+1`, `g d` (one after the other), `?` or `a`.
 *
 * Keys without mod or alt work outside fields only and can be switched off altogether (WCAG 2.1.4); letters are
 * recognised by their place on the keyboard where the layout writes no Latin.
 */
export interface Shortcut {
  id: string;
  /** The first is shown; each of them works. */
  keys: readonly string[];
  label: string;
  /** Heading in the list of shortcuts. */
  group: string;
  /** Left out = always. */
  when?: () => boolean;
  run: () => void;
  /** Left out of the list of shortcuts, because another line stands for it. */
  unlisted?: boolean;
  /** Not offered in the command palette (such as opening it). */
  hidden?: boolean;
}

const SEQUENCE_MS = 1_200;
const SINGLE_KEY = "pasokh.keys.single";
const registered: Shortcut[][] = [];
let prefix = "";
let prefixAt = 0;
let listening = false;

/** Adds a page's shortcuts; returns what takes them away again. Later ones win over earlier ones. */
export function register(shortcuts: readonly Shortcut[]): () => void {
  const own = [...shortcuts];
  registered.push(own);
  if (!listening && typeof document !== "undefined") {
    listening = true;
    document.addEventListener("keydown", hear);
  }
  return () => {
    const at = registered.indexOf(own);
    if (at >= 0) registered.splice(at, 1);
  };
}

/** What works here and now, in the order of registration. */
export function available(): Shortcut[] {
  return registered.flat().filter((each) => each.when?.() ?? true);
}

/** Everything this page knows, whether it works now or not. */
export function all(): Shortcut[] {
  return registered.flat();
}

export function singleKeys(): boolean {
  try {
    return localStorage.getItem(SINGLE_KEY) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(SINGLE_KEY);
    else localStorage.setItem(SINGLE_KEY, "off");
  } catch {
    // The choice then lasts as long as the page.
  }
}

/** How a pressed key is written in the register; empty for a modifier alone. */
export function written(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const key = keyOf(event);
  if (!key) return "";
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && (key.length > 1 || event.altKey || event.ctrlKey || event.metaKey)) parts.push("shift");
  return [...parts, key].join("+");
}

/** Whether typing goes into it. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "range", "reset", "file"].includes(target.type);
}

function keyOf({ key, code, altKey, ctrlKey, metaKey }: Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey">): string {
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "Dead", "Process"].includes(key) && !altKey) return "";
  if (altKey || ctrlKey || metaKey || !/^[ -~]$/.test(key)) {
    const place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code)?.[1];
    if (place) return place.toLowerCase();
    if (code === "Slash") return key === "؟" ? "?" : "/";
  }
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "Dead", "Process"].includes(key)) return "";
  if (key === "؟") return "?";
  return key.length === 1 ? key.toLowerCase() : key.toLowerCase().replace(/^arrow/, "");
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  // AltGr writes characters on many layouts: it is no shortcut.
  if (event.getModifierState("AltGraph")) return;
  const pressed = written(event);
  if (!pressed) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && (takesText(event.target) || !singleKeys())) return;
  // In an open dialog only its own keys and the palette count.
  const modal = document.querySelector("dialog[open]:modal") !== null;
  const now = Date.now();
  const sequence = prefix && now - prefixAt < SEQUENCE_MS ? `${prefix} ${pressed}` : "";
  const known = available()
    .filter((each) => !modal || each.id.startsWith("keys."))
    .reverse();
  const chosen =
    (sequence && known.find((each) => each.keys.includes(sequence))) || known.find((each) => each.keys.includes(pressed));
  if (chosen) {
    prefix = "";
    event.preventDefault();
    chosen.run();
    return;
  }
  prefix = plain && known.some((each) => each.keys.some((key) => key.startsWith(`${pressed} `))) ? pressed : "";
  prefixAt = now;
}

/** The keys as they are written on this computer's keyboard. */
export function shown(keys: string, apple: boolean = isApple()): string[] {
  const names: Record<string, string> = {
    mod: apple ? "⌘" : "Ctrl",
    alt: apple ? "⌥" : "Alt",
    shift: apple ? "⇧" : "Shift",
    up: "↑",
    down: "↓",
    left: "←",
    right: "→",
    enter: "Enter",
    escape: "Esc",
  };
  return keys.split(/[ +]/).map((key) => names[key] ?? key.toUpperCase());
}

function isApple(): boolean {
  return typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.userAgent);
}
