import { backoff } from "../live/backoff";
import { LiveClient, Refused, type Surroundings, type Token, browser } from "../live/client";
import { listOf } from "../live/fold";
import { newId } from "../live/identity";
import type { Shelf } from "../live/outbox";
import type { ChatContact, Failure, Message } from "../live/types";
import { type Session, SessionShelf, newSession } from "./session";

export interface ConversationOptions {
  /** Origin of the centre. */
  host: string;
  /** The widget's key. */
  key: string;
  language: string;
  shelf: Shelf | null;
  post?(path: string, body: unknown): Promise<{ status: number; body: unknown; retryAfter: number }>;
  surroundings?: Surroundings;
}

export interface Line {
  id: string;
  author: "customer" | "agent" | "system";
  name: string;
  text: string;
  at: number | null;
  state: "there" | "sending" | "failed";
}

interface Started {
  token: string;
  expires_at: number | null;
  contact: string;
  interaction: string;
  socket?: string;
  closed?: boolean;
  reason?: string | null;
}

const FINAL = new Set(["chat.origin", "chat.widget_unknown"]);

/**
 * One visitor's conversation, whatever happens to page and network: a message has its id before it leaves, is kept until
 * the centre has it, and is recognised there when it comes twice.
 */
export class Conversation {
  session: Session | null;
  client: LiveClient | null = null;
  /** Why the chat cannot be used at all. */
  unavailable: string | null = null;
  /** What the visitor is called from the next start on. */
  name = "";
  failed: { message: string; text: string }[] = [];
  starting = false;

  private readonly sessions: SessionShelf;
  private readonly listeners = new Set<() => void>();
  private readonly env: Surroundings;
  private readonly post: NonNullable<ConversationOptions["post"]>;
  private fresh: Token | null = null;
  private attempt = 0;
  private retry: unknown = null;
  private openingPosted = false;

  constructor(private readonly options: ConversationOptions) {
    this.env = options.surroundings ?? browser;
    this.post = options.post ?? postJson(options.host);
    this.sessions = new SessionShelf(options.shelf, `pasokh.chat.${options.key}`);
    this.session = this.sessions.load();
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Takes up what an earlier page left: a start without an answer is asked again, a running talk is followed. */
  resume(): void {
    if (!this.session) return;
    if (this.session.token) this.follow();
    else void this.begin();
  }

  /** Another tab began, changed or ended the conversation. */
  adopt(): void {
    const kept = this.sessions.load();
    if (kept?.start === this.session?.start) return;
    this.leaveClient();
    this.session = kept;
    this.resume();
    this.changed();
  }

  get contact(): ChatContact | null {
    return (this.client?.topic("chat").keys["contact"] as unknown as ChatContact | undefined) ?? null;
  }

  get closed(): boolean {
    return this.contact?.closed ?? false;
  }

  get offline(): boolean {
    return this.client?.connection === "offline" || (this.starting && this.attempt > 0);
  }

  now(): number {
    return this.client?.now() ?? this.env.now();
  }

  /** What is to be read, in order; nothing twice: what is on its way leaves as soon as the centre shows it. */
  lines(): Line[] {
    const arrived = this.client ? listOf<Message>(this.client.topic("chat"), "m:") : [];
    const lines = arrived
      .sort((a, b) => a.at - b.at || a.number - b.number)
      .map((message): Line => ({
        id: message.message,
        author: message.author === "note" ? "system" : message.author,
        name: message.author_name,
        text: message.text,
        at: message.at,
        state: "there",
      }));
    const seen = new Set(lines.map((line) => line.id));
    const own = (id: string, text: string, state: Line["state"]): void => {
      if (!seen.has(id)) lines.push({ id, author: "customer", name: "", text, at: null, state });
      seen.add(id);
    };
    const opening = this.session?.opening;
    if (opening) own(opening.message, opening.text, "sending");
    for (const { command } of this.client?.outbox.pending() ?? []) {
      if (command.type === "message.post") own(String(command["message"]), String(command["text"]), "sending");
    }
    for (const each of this.session?.later ?? []) own(each.message, each.text, "sending");
    for (const each of this.failed) own(each.message, each.text, "failed");
    return lines;
  }

  /** Says something; the first message begins the conversation. */
  say(text: string, message: string = newId("m")): void {
    if (!this.session || this.closed) {
      this.restart(text);
      return;
    }
    if (!this.client || !this.session.interaction) {
      this.update({ later: [...this.session.later, { message, text }] });
      return;
    }
    this.postMessage(message, text);
  }

  private postMessage(message: string, text: string): void {
    const interaction = this.contact?.interaction ?? this.session?.interaction;
    if (!this.client || !interaction) return;
    void this.client.do({ type: "message.post", interaction, message, text }, message).then((answer) => {
      if (answer.ok) return;
      if (answer.error.code === "interaction.closed") this.restart(text);
      else this.failed.push({ message, text });
      this.changed();
    });
    this.changed();
  }

  again(message: string): void {
    const found = this.failed.find((each) => each.message === message);
    this.failed = this.failed.filter((each) => each !== found);
    if (found) this.say(found.text, found.message);
  }

  /** Begins a new conversation, with a first message or (null) with an empty page. */
  restart(text: string | null): void {
    this.leaveClient();
    this.failed = [];
    this.session = text === null ? null : newSession(text, this.name.trim().slice(0, 200));
    this.sessions.save(this.session);
    if (text !== null) void this.begin();
    this.changed();
  }

  async end(): Promise<void> {
    const interaction = this.contact?.interaction ?? this.session?.interaction;
    if (interaction) await this.client?.do({ type: "contact.leave", interaction });
  }

  /** A callback or a message instead of waiting; null when it is done, else what went wrong. */
  async choose(choice: "callback" | "message", address: string, text: string): Promise<Failure | null> {
    const interaction = this.contact?.interaction ?? this.session?.interaction;
    if (!this.client || !this.session || !interaction) return { code: "chat.not_connected" };
    const answer = await this.client.do({ type: "contact.accept_alternative", interaction, choice, address, text });
    if (!answer.ok) return answer.error;
    this.update({ chosen: { choice, address } });
    return null;
  }

  markRead(at: number): void {
    if (this.session && at > this.session.read) {
      this.session = { ...this.session, read: at };
      this.sessions.save(this.session);
    }
  }

  private async begin(): Promise<void> {
    const { session } = this;
    if (!session || this.starting) return;
    this.starting = true;
    this.changed();
    const { key, language } = this.options;
    const { start, opening, name } = session;
    try {
      const { status, body, retryAfter } = await this.post("/chat/v1/start", {
        key,
        start,
        language,
        ...(name ? { name } : {}),
        ...(opening ? { text: opening.text, message: opening.message } : {}),
      });
      if (this.session?.start !== start) return;
      if (status === 200 || status === 201) {
        this.attempt = 0;
        this.starting = false;
        this.accept(body as Started);
        return;
      }
      const code = codeOf(body);
      if (FINAL.has(code) || (status >= 400 && status < 500 && status !== 429 && status !== 408)) {
        this.unavailable = code;
        this.starting = false;
        this.changed();
        return;
      }
      this.beginLater(retryAfter);
    } catch {
      this.beginLater(0);
    }
  }

  private beginLater(retryAfter: number): void {
    const delay = Math.max(retryAfter * 1_000, backoff(this.attempt, this.env.random));
    this.attempt += 1;
    this.env.cancel(this.retry);
    this.retry = this.env.later(() => {
      this.starting = false;
      void this.begin();
    }, delay);
    this.changed();
  }

  private accept(started: Started): void {
    const { token, expires_at, contact, interaction, socket } = started;
    this.fresh = { token, expires_at };
    this.update({ token, contact, interaction, ...(socket ? { socket } : {}) });
    this.follow();
  }

  private follow(): void {
    const { session } = this;
    if (!session || this.client) return;
    const client = new LiveClient({
      url: new URL(session.socket, this.options.host).href.replace(/^http/, "ws"),
      topics: ["chat"],
      token: () => this.token(),
      language: this.options.language,
      shelf: this.options.shelf,
      shelfKey: `pasokh.chat.${this.options.key}.out.${session.start}`,
      surroundings: this.env,
    });
    this.client = client;
    client.onChange(() => {
      if (this.client !== client) return;
      this.settleOpening(client);
      this.changed();
    });
    client.start();
    const waiting = session.later;
    if (waiting.length) this.update({ later: [] });
    for (const { message, text } of waiting) this.postMessage(message, text);
  }

  /** The first message counts as sent once it is seen; should the start have lost it, the socket carries it. */
  private settleOpening(client: LiveClient): void {
    const opening = this.session?.opening;
    if (!opening || client.topic("chat").cursor === null) return;
    if (listOf<Message>(client.topic("chat"), "m:").some((each) => each.message === opening.message)) {
      this.update({ opening: null });
    } else if (client.connection === "online" && !this.openingPosted && !this.closed) {
      this.openingPosted = true;
      this.postMessage(opening.message, opening.text);
    }
  }

  private async token(): Promise<Token> {
    if (this.fresh) {
      const { fresh } = this;
      this.fresh = null;
      return fresh;
    }
    const { session } = this;
    if (!session?.token) throw new Refused("token.missing");
    const { status, body } = await this.post("/chat/v1/resume", { token: session.token });
    if (status === 200) {
      const resumed = body as Started;
      if (this.session?.start === session.start) this.update({ token: resumed.token });
      return { token: resumed.token, expires_at: resumed.expires_at };
    }
    if (status === 401 || status === 403 || status === 404) {
      if (this.session?.start === session.start) this.restart(null);
      throw new Refused(codeOf(body));
    }
    throw new Error(`resume: ${status}`);
  }

  private update(change: Partial<Session>): void {
    if (!this.session) return;
    this.session = { ...this.session, ...change };
    this.sessions.save(this.session);
    this.changed();
  }

  private leaveClient(): void {
    const { client } = this;
    this.client = null;
    this.fresh = null;
    this.starting = false;
    this.attempt = 0;
    this.openingPosted = false;
    this.env.cancel(this.retry);
    client?.stop();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

function codeOf(body: unknown): string {
  return (body as { error?: Failure } | null)?.error?.code ?? "chat.unknown";
}

function postJson(host: string): NonNullable<ConversationOptions["post"]> {
  return async (path, body) => {
    const response = await fetch(new URL(path, host), {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    let parsed: unknown = null;
    try {
      parsed = JSON.parse(text);
    } catch {
      // An answer that is no JSON (a proxy's error page) is judged by its status alone.
    }
    return { status: response.status, body: parsed, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  };
}
