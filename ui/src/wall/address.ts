/** What the wallboard shows, as its address says it: kept there, so that a reload and a bookmark show the same. */

export const SHOWS = ["queues", "teams", "agents", "clients"] as const;
export type Show = (typeof SHOWS)[number];

export interface Address {
  /** What is shown; more than one only on a wall screen, one after another. */
  show: Show[];
  /** Milliseconds each is shown on a wall screen. */
  every: number;
  /** A wall screen: no controls, big type, goes round by itself. */
  screen: boolean;
  search: string;
  client: string;
  team: string;
  queue: string;
  state: string;
}

const SLOWEST = 3_600_000;
const QUICKEST = 5_000;
const USUAL = 20_000;

export function readAddress(search: string): Address {
  const asked = new URLSearchParams(search);
  const show = (asked.get("show") ?? "").split(",").filter((each): each is Show => (SHOWS as readonly string[]).includes(each));
  const screen = ["1", "yes", "true"].includes(asked.get("screen") ?? "");
  const every = /^(\d{1,4})\s*(s|m)?$/.exec(asked.get("every") ?? "");
  const millis = every ? Number(every[1]) * (every[2] === "m" ? 60_000 : 1_000) : USUAL;
  return {
    show: show.length ? (screen ? [...new Set(show)] : show.slice(0, 1)) : ["queues"],
    every: Math.min(SLOWEST, Math.max(QUICKEST, millis)),
    screen,
    search: asked.get("q") ?? "",
    client: asked.get("client") ?? "",
    team: asked.get("team") ?? "",
    queue: asked.get("queue") ?? "",
    state: asked.get("state") ?? "",
  };
}

export function writeAddress(address: Address): string {
  const said = new URLSearchParams();
  if (address.screen || address.show[0] !== "queues") said.set("show", address.show.join(","));
  if (address.screen) {
    said.set("every", `${Math.round(address.every / 1_000)}s`);
    said.set("screen", "1");
  }
  for (const [name, value] of [
    ["q", address.search],
    ["client", address.client],
    ["team", address.team],
    ["queue", address.queue],
    ["state", address.state],
  ] as const) {
    if (value) said.set(name, value);
  }
  const text = said.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

/** Which part a wall screen shows at an instant: every screen with the same address shows the same. */
export function shownAt(address: Address, now: number): Show {
  return address.show[Math.floor(now / address.every) % address.show.length] ?? "queues";
}

export interface ContactsAsked {
  queue?: string;
  client?: string;
  agent?: string;
  team?: string;
  state?: "waiting" | "active" | "entered" | "answered" | "abandoned" | "left";
  wait_over?: string;
  wait_under?: string;
}

/** The list of contacts behind a figure; what has ended is counted for the running day, what goes on is not. */
export function contactsLink(asked: ContactsAsked): string {
  const said = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  if (asked.state !== "waiting" && asked.state !== "active") said.set("day", "today");
  return `/contacts/?${said.toString()}`;
}
