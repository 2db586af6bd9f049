import { all, available } from "./shortcuts";
import type { Words } from "./words";

/** Something the palette can do. */
export interface Found {
  id: string;
  group: string;
  label: string;
  detail?: string;
  keys?: string;
  run: () => void;
}

export interface Place {
  url: string;
  name: string;
}

/** The pages this person may open: what the server put into the navigation and the section's own menu. */
export function placesOnPage(): Place[] {
  const found = new Map<string, Place>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a[href], [data-places] a[href]")) {
    const name = (link.getAttribute("aria-label") ?? link.textContent ?? "").trim();
    const url = link.getAttribute("href") ?? "";
    if (name && url.startsWith("/") && !link.classList.contains("brand") && !found.has(url)) found.set(url, { url, name });
  }
  return [...found.values()];
}

/** Everything that needs no question to the centre: commands of this page, pages, look and language. */
export function localCommands(words: Words): Found[] {
  const { t } = words;
  const here = available()
    .filter((each) => !each.hidden)
    .map(({ id, keys, label, run }): Found => ({ id, group: t("keys.group.here"), label, ...(keys[0] ? { keys: keys[0] } : {}), run }));
  const pages = placesOnPage().map(({ url, name }): Found => {
    const keys = all().find((each) => each.id === `page.${url}`)?.keys[0];
    return { id: url, group: t("keys.group.pages"), label: name, ...(keys ? { keys } : {}), run: () => location.assign(url) };
  });
  const look = [...document.querySelectorAll<HTMLButtonElement>("[data-set-theme], nav form button[name=language]")].map(
    (button, index): Found => ({
      id: `look-${index}`,
      group: t("keys.group.look"),
      label: button.textContent?.trim() ?? "",
      run: () => button.click(),
    }),
  );
  // What is about the keyboard itself comes last.
  const own = (each: Found): boolean => each.id.startsWith("keys.");
  return [...here.filter((each) => !own(each)), ...pages, ...look, ...here.filter(own).map((each) => ({ ...each, group: t("keys.group.everywhere") }))];
}

/** Contacts, customers and people that answer a query; those this person may not read are left out. Raises when offline. */
export async function seek(words: Words, query: string): Promise<Found[]> {
  const { t } = words;
  const [contacts, people] = await Promise.all([
    ask<{ contacts: ContactRow[] }>(`/api/v1/contacts?limit=8&q=${encodeURIComponent(query.slice(0, 100))}`),
    // Who may not see the people's pages may not ask for them either.
    placesOnPage().some(({ url }) => url === "/agents/") ? everybody() : Promise.resolve([]),
  ]);
  const { match } = await import("./fuzzy");
  const found: Found[] = (contacts?.contacts ?? []).map((row) => ({
    id: `contact:${row.id}`,
    group: t("keys.group.contacts"),
    label: row.customer_name || row.address || t("keys.unnamed"),
    detail: [row.subject, words.f.day(row.opened_at), words.f.time(row.opened_at)].filter(Boolean).join(" · "),
    run: () => location.assign(`/contacts/${encodeURIComponent(row.id)}/`),
  }));
  const fitting = people
    .map((person) => ({ person, score: Math.max(match(query, person.name), match(query, person.username)) }))
    .filter(({ score }) => score > 0.3)
    .sort((a, b) => b.score - a.score)
    .slice(0, 8);
  for (const { person } of fitting) {
    found.push({
      id: `person:${person.username}`,
      group: t("keys.group.people"),
      label: person.name,
      detail: person.username,
      run: () => location.assign(`/agents/${encodeURIComponent(person.username)}/`),
    });
  }
  return found;
}

interface ContactRow {
  id: string;
  customer_name: string;
  address: string;
  subject: string;
  opened_at: number;
}

interface Person {
  username: string;
  name: string;
}

let known: Promise<Person[]> | null = null;

function everybody(): Promise<Person[]> {
  known ??= ask<Person[]>("/api/v1/agents").then((rows) => rows ?? []);
  known.catch(() => {
    known = null;
  });
  return known;
}

/** JSON of an answer; null where this person may not ask. */
async function ask<T>(url: string): Promise<T | null> {
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if ([400, 401, 403, 404].includes(response.status)) return null;
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as T;
}
