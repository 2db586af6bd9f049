import type { Station } from "./phone";

/** Where the office passes SIP through. */
export function phoneUrl(origin: string = location.origin): string {
  return `${origin.replace(/^http/, "ws")}/phone/socket`;
}

export async function ownStation(): Promise<Station | null> {
  const response = await fetch("/api/v1/phone", { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) return null;
  return (await response.json()) as Station;
}
