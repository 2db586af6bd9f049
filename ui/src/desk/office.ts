import type { Canned } from "./canned";

/** What the desk asks the office for beside the live topics. Everything here may be missing: the desk works on. */
export interface FollowUp {
  id: string;
  contact: string;
  customer: string;
  customer_name: string;
  queue: string;
  owner: string;
  due_at: number;
  note: string;
}

export interface Past {
  contact: string;
  at: number;
  queue: string;
  channel?: string;
  agent: string;
  outcome: string;
  reason: string;
  summary: string;
  rating: number | null;
}

/** What is known of a customer. */
export interface Known {
  id: number;
  name: string;
  language: string;
  needs: string;
  notes: string;
  more_notes?: string;
  vip?: string;
  version?: number;
  addresses: { kind: string; value: string }[];
}

/** A customer in a search. */
export interface Person {
  id: number;
  name: string;
  addresses: string[];
}

/** What became of a change; status 0 = no line. */
export type Written = { ok: true; value: unknown } | { ok: false; status: number; message: string; field: string };

export interface Card {
  customer: Known | null;
  /** Staff said who the visitor is. */
  linked?: boolean;
  history: Past[];
  open_follow_ups: FollowUp[];
}

export interface MyDay {
  answered: number;
  handled_ms: number;
  by_reason: { reason: string; name: Record<string, string> | string; n: number; mean_ms: number; band: [number | null, number | null] | null }[];
  satisfaction: { mean: number | null; n: number };
  next_break: { at: number; until: number; name: string } | null;
  follow_ups_due: number;
}

/** A contact that rings is in the history a moment later. */
const CARD_AFTER = 700;
const CARD_FOR = 60_000;
const ONE_PAGE = 20;
const DAY_FOR = 60_000;
const RETRY_AFTER = 15_000;

interface Kept<T> {
  value: T | null;
  at: number;
  asking: boolean;
  failed: boolean;
}

/** Answers are kept and asked for again when they are old; who looks gets what is there and is told of news. */
export class Office {
  private readonly cards = new Map<string, Kept<Card>>();
  private readonly awaited = new Set<string>();
  /** When each contact's card was asked for first. */
  private readonly rang = new Map<string, number>();
  private readonly searches = new Map<string, Kept<Person[]>>();
  private readonly answers = new Map<string, Kept<Canned[]>>();
  private day: Kept<MyDay> = { value: null, at: 0, asking: false, failed: false };
  private owed: Kept<FollowUp[]> = { value: null, at: 0, asking: false, failed: false };

  constructor(private readonly changed: () => void) {}

  /** The customer's card of a contact; null while it is not known. */
  card(contact: string): Card | null {
    const kept = keptIn(this.cards, contact);
    if (kept.at === 0 && !kept.asking && !this.awaited.has(contact)) {
      this.awaited.add(contact);
      setTimeout(() => {
        this.awaited.delete(contact);
        kept.at = 1;
        this.rang.set(contact, Date.now());
        this.changed();
      }, CARD_AFTER);
    }
    if (kept.at === 0) return kept.value;
    // Nobody known yet: the history may be a moment behind what rings.
    const since = kept.at - (this.rang.get(contact) ?? kept.at);
    const lasts = kept.value && !kept.value.customer ? Math.min(CARD_FOR, Math.max(CARD_AFTER, since)) : CARD_FOR;
    return this.look(kept, lasts, `/api/v1/contacts/${encodeURIComponent(contact)}/card`);
  }

  /** The card as far as it is known, without asking for it. */
  peek(contact: string): Card | null {
    return this.cards.get(contact)?.value ?? null;
  }

  /** Customers that fit; null while the answer is awaited. */
  people(query: string): readonly Person[] | null {
    return this.look(keptIn(this.searches, query), CARD_FOR, `/api/v1/customers?q=${encodeURIComponent(query)}`, listOf<Person>);
  }

  /** A customer as they stand now; null when nobody answers. */
  async customer(id: number): Promise<Known | null> {
    return await this.ask(`/api/v1/customers/${id}`).then((answer) => answer as Known).catch(() => null);
  }

  /** Canned answers in a customer's language: the most used ones, and where there are more, those that the query finds. */
  canned(language: string, queue: string, query = ""): readonly Canned[] {
    const address = `/api/v1/canned?language=${encodeURIComponent(language)}&queue=${encodeURIComponent(queue)}`;
    const usual = this.look(keptIn(this.answers, address), 5 * CARD_FOR, address, listOf<Canned>) ?? [];
    if (usual.length < ONE_PAGE || query.trim().length < 2) return usual;
    const asking = `${address}&q=${encodeURIComponent(query.trim())}`;
    const found = this.look(keptIn(this.answers, asking), 5 * CARD_FOR, asking, listOf<Canned>) ?? [];
    return [...usual, ...found.filter((each) => !usual.some((known) => known.id === each.id))];
  }

  /** Counts that a canned answer was taken; nothing waits for it. */
  used(answer: string, csrf: string): void {
    void fetch(`/api/v1/canned/${encodeURIComponent(answer)}/used`, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": csrf } }).catch(() => undefined);
  }

  myDay(): MyDay | null {
    return this.look(this.day, DAY_FOR, "/api/v1/my-day");
  }

  followUps(): readonly FollowUp[] {
    return this.look(this.owed, DAY_FOR, "/api/v1/follow-ups", (answer) => listOf<FollowUp>(answer, "follow_ups")) ?? [];
  }

  /** One of the agent's own follow-ups is done; shown at once, confirmed by the next answer. */
  closed(id: string): void {
    this.owed.value = this.owed.value?.filter((each) => each.id !== id) ?? null;
    this.afresh();
  }

  /** Something has happened that changes these figures: they are asked for again in a moment. */
  afresh(): void {
    setTimeout(() => {
      this.day.at = this.owed.at = 0;
      for (const card of this.cards.values()) card.at = Math.min(card.at, 1);
      this.changed();
    }, 1_500);
  }

  /** Changes something of a customer; the cards are asked for anew. */
  async write(address: string, method: "PATCH" | "POST" | "DELETE", body: unknown, csrf: string): Promise<Written> {
    try {
      const response = await fetch(address, {
        method,
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, Accept: "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = (await response.json().catch(() => null)) as { error?: { message?: string; field?: string } } | null;
      for (const card of this.cards.values()) card.at = Math.min(card.at, 1);
      this.searches.clear();
      this.changed();
      if (response.ok) return { ok: true, value: answer };
      return { ok: false, status: response.status, message: answer?.error?.message ?? String(response.status), field: answer?.error?.field ?? "" };
    } catch {
      return { ok: false, status: 0, message: "", field: "" };
    }
  }

  private look<T>(kept: Kept<T>, lasts: number, address: string, read: (answer: unknown) => T = (answer) => answer as T): T | null {
    const now = Date.now();
    if (!kept.asking && now - kept.at > (kept.failed ? RETRY_AFTER : lasts)) {
      kept.asking = true;
      void this.ask(address)
        .then((answer) => {
          kept.value = read(answer);
          kept.failed = false;
        })
        .catch(() => {
          kept.failed = true;
        })
        .finally(() => {
          kept.asking = false;
          kept.at = Date.now();
          this.changed();
        });
    }
    return kept.value;
  }

  private async ask(address: string): Promise<unknown> {
    const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    return await response.json();
  }
}

function keptIn<T>(map: Map<string, Kept<T>>, key: string): Kept<T> {
  let kept = map.get(key);
  if (!kept) map.set(key, (kept = { value: null, at: 0, asking: false, failed: false }));
  return kept;
}

/** A list as such, or under a name. */
function listOf<T>(answer: unknown, name = "canned"): T[] {
  if (Array.isArray(answer)) return answer as T[];
  const inside = (answer as Record<string, unknown> | null)?.[name];
  return Array.isArray(inside) ? (inside as T[]) : [];
}
