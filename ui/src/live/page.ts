import { LiveClient, Refused, type Token } from "./client";

/** The address of the socket on the page's own host. */
export function socketUrl(origin: string = location.origin): string {
  return `${origin.replace(/^http/, "ws")}/live/socket`;
}

/** The cookie's comes first: it changes when somebody signs in, the page's own stays as it was. */
export function csrf(): string {
  const kept = /(?:^|; )pasokh_csrf=([^;]+)/.exec(document.cookie)?.[1];
  return kept ?? document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

const FRESH = 60_000;

/** The token that came with the page, once: it saves the first way to the centre. Null when it is old, or for elsewhere. */
export function tokenOnPage(now: number = Date.now()): Token | null {
  const place = document.getElementById("live-pass");
  if (!place) return null;
  place.remove();
  const { token, expires_at, origin } = JSON.parse(place.textContent || "{}") as Partial<Token & { origin: string }>;
  const good = token && expires_at && expires_at - now > FRESH && origin === location.origin;
  return good ? { token, expires_at } : null;
}

/** Fetches a staff token with the session cookie; a signed-out session is refused for good. */
export async function staffToken(): Promise<Token> {
  const response = await fetch("/live/token", {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
  });
  if (response.redirected || [401, 403, 404].includes(response.status)) throw new Refused("live.signed_out");
  if (!response.ok) throw new Error(`token: ${response.status}`);
  return (await response.json()) as Token;
}

/** A client for a staff page: its outbox lives as long as the tab, and it wakes with the network. */
export function staffClient(topics: readonly string[], shelfKey: string): LiveClient {
  const token = async (): Promise<Token> => tokenOnPage() ?? (await staffToken());
  const client = new LiveClient({ url: socketUrl(), topics, token, language: document.documentElement.lang, shelf: sessionStorage, shelfKey });
  client.onSignal((signal) => {
    if (signal.type === "hint") dispatchEvent(new CustomEvent("pasokh:hint", { detail: signal.what }));
  });
  addEventListener("online", () => client.nudge());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") client.nudge();
  });
  return client;
}
