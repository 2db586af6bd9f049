import type { Failure } from "../live/types";

export interface Answered {
  status: number;
  body: unknown;
  retryAfter: number;
}
export type Post = (path: string, body: unknown) => Promise<Answered>;

const SLOW = 20_000;

export function codeOf(body: unknown): string {
  return failureOf(body).code;
}

export function failureOf(body: unknown): Failure {
  return (body as { error?: Failure } | null)?.error ?? { code: "chat.unknown" };
}

/** The web chat's calls: JSON both ways, no cookies, an end to waiting. */
export function postJson(host: string): Post {
  return (path, body) =>
    call(new URL(path, host), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
}

export function getJson(host: string, path: string): Promise<Answered> {
  return call(new URL(path, host), { method: "GET" });
}

async function call(url: URL, how: RequestInit): Promise<Answered> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SLOW);
  try {
    const response = await fetch(url, { ...how, mode: "cors", credentials: "omit", signal: stop.signal });
    const text = await response.text();
    let parsed: unknown = null;
    try {
      parsed = JSON.parse(text);
    } catch {
      // An answer that is no JSON (a proxy's error page) is judged by its status alone.
    }
    return { status: response.status, body: parsed, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  } finally {
    clearTimeout(timer);
  }
}
