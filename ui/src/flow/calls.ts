/** Asking the office. Whatever is wrong comes back as a sentence; a lost connection is told apart from a refusal. */
export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; message: string; value: unknown };

const PATIENCE_MS = 15_000;

export async function ask<T>(url: string, body: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify(body),
    });
    const said: unknown = await response.json();
    if (response.ok) return { ok: true, value: said as T };
    const error = (said as { error?: { message?: string } }).error;
    return { ok: false, status: response.status, message: error?.message ?? "", value: said };
  } catch {
    return { ok: false, status: 0, message: "", value: null };
  }
}

function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}
