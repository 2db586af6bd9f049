import { backoff } from "../live/backoff";
import { LiveClient, Refused, type Surroundings, type Token, browser } from "../live/client";
import { listOf } from "../live/fold";
import { newId } from "../live/identity";
import type { Shelf } from "../live/outbox";
import type { Command, Failure } from "../live/types";
import { type Post, codeOf, failureOf, postJson } from "./calls";
import { type Line, linesOf } from "./lines";
import { type Opening, type Session, SessionShelf, newSession } from "./session";
import type { Attachment, ChatMessage, ChatState, Details } from "./types";

export interface ConversationOptions {
  /** Origin of the centre. */
  host: string;
  /** The widget's key. */
  key: string;
  language: string;
  shelf: Shelf | null;
  tabs?: BroadcastChannel | null;
  post?: Post;
  surroundings?: Surroundings;
}

interface Started {
  token: string;
  expires_at: number | null;
  contact: string;
  interaction: string;
  visitor?: string;
  socket?: string;
}

const FINAL = new Set(["chat.origin", "chat.widget_unknown"]);
/** Typing is told again so often while it goes on. */
const TYPING_AGAIN = 3_000;

/**
 * One visitor's conversation, whatever happens to page and network: a message has its id before it leaves, is kept until
 * the centre has it, and is recognised there when it comes twice.
 */
export class Conversation {
  session: Session | null;
  client: LiveClient | null = null;
  /** Why the chat cannot be used at all. */
  unavailable: string | null = null;
  /** What the visitor said about themselves; goes with the next start. */
  details: Details = {};
  /** The centre wanted other details: what was wrong, and the text to say again. */
  refused: { failure: Failure; text: string } | null = null;
  failed: Opening[] = [];
  starting = false;

  readonly sessions: SessionShelf;
  readonly post: Post;
  private readonly listeners = new Set<() => void>();
  private readonly env: Surroundings;
  private fresh: Token | null = null;
  private attempt = 0;
  private retry: unknown = null;
  private openingPosted = false;
  private readUpTo = 0;
  private typedAt = 0;
  /** Who of the centre said last that they write. */
  private theirs: { interaction: string; name: string; until: number } | null = null;

  constructor(private readonly options: ConversationOptions) {
    this.env = options.surroundings ?? browser;
    this.post = options.post ?? postJson(options.host);
    this.sessions = new SessionShelf(options.shelf, `pasokh.chat.${options.key}`, options.tabs ?? null);
    this.session = this.sessions.load();
    this.sessions.listen((session) => this.adopt(session));
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
  adopt(kept: Session | null): void {
    if (kept?.start === this.session?.start) {
      if (kept) this.session = kept;
    } else {
      this.leaveClient();
      this.failed = [];
      this.session = kept;
    }
    if (!this.client && !this.starting) this.resume();
    this.changed();
  }

  get contact(): ChatState | null {
    return (this.client?.topic("chat").keys["contact"] as unknown as ChatState | undefined) ?? null;
  }

  get closed(): boolean {
    return this.contact?.closed ?? false;
  }

  get offline(): boolean {
    return this.client?.connection === "offline" || (this.starting && this.attempt > 0);
  }

  /** Whether somebody of the centre talks with the visitor now. */
  get active(): boolean {
    const { contact } = this;
    return contact !== null && !contact.closed && contact.phase === "active";
  }

  /** A pass for uploads and downloads of this conversation; null while it has none. */
  get pass(): string | null {
    return this.session?.token ?? null;
  }

  now(): number {
    return this.client?.now() ?? this.env.now();
  }

  lines(): Line[] {
    return linesOf(this.client, this.session, this.failed, this.closed);
  }

  /** Who of the centre is writing right now; null when nobody is. */
  writing(): string | null {
    const interaction = this.contact?.interaction;
    const { theirs } = this;
    return theirs && this.active && theirs.interaction === interaction && theirs.until > this.now() ? theirs.name : null;
  }

  /** Says something; the first message begins the conversation. */
  say(text: string, attachments: readonly Attachment[] = [], message: string = newId("m")): void {
    if (!this.session || this.closed) {
      this.restart(text);
      return;
    }
    const said: Opening = { message, text, ...(attachments.length ? { attachments: [...attachments] } : {}) };
    this.typedAt = 0;
    if (!this.client || !this.session.interaction) this.update({ later: [...this.session.later, said] });
    else this.postMessage(said);
  }

  private postMessage(said: Opening): void {
    const interaction = this.contact?.interaction ?? this.session?.interaction;
    if (!this.client || !interaction) return;
    const command = { type: "message.post", interaction, ...said } as unknown as Command;
    void this.client.do(command, said.message).then((answer) => {
      if (answer.ok) return;
      if (answer.error.code === "interaction.closed" && said.text) this.restart(said.text);
      else this.failed.push(said);
      this.changed();
    });
    this.changed();
  }

  again(message: string): void {
    const found = this.failed.find((each) => each.message === message);
    this.failed = this.failed.filter((each) => each !== found);
    if (found) this.say(found.text, found.attachments ?? [], found.message);
  }

  /** Begins a new conversation with a first message (empty: a file will follow), or (null) with an empty page. */
  restart(text: string | null): void {
    this.leaveClient();
    this.failed = [];
    this.session = text === null ? null : newSession(text, this.details);
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

  /** One to five, and why; null when it is recorded, else what went wrong. */
  async rate(score: number, comment: string): Promise<Failure | null> {
    const { contact, interaction } = this.contact ?? {};
    if (!this.client || !contact || !interaction) return { code: "chat.not_connected" };
    const answer = await this.client.do({ type: "contact.rate", contact, interaction, score, comment });
    if (!answer.ok) return answer.error;
    this.update({ rated: score });
    return null;
  }

  /** Asks for the conversation by e-mail; null when it is on its way. */
  async sendTranscript(address: string): Promise<Failure | null> {
    const { session } = this;
    if (!session?.token) return { code: "chat.not_connected" };
    try {
      const { language } = this.options;
      const { status, body } = await this.post("/chat/v1/transcript", { token: session.token, address, language });
      if (status !== 200) return failureOf(body);
    } catch {
      return { code: "chat.offline" };
    }
    this.update({ sent_to: address });
    return null;
  }

  /** The visitor has seen everything up to this time; the agent is told which message that was. */
  markRead(at: number, number: number): void {
    if (this.session && at > this.session.read) this.update({ read: at });
    const interaction = this.contact?.interaction;
    if (number <= this.readUpTo || !interaction || !this.active || this.client?.connection !== "online") return;
    this.readUpTo = number;
    void this.client.do({ type: "message.read", interaction, reader: "customer", up_to: number });
  }

  /** The visitor is writing, or has stopped; told sparingly, and only while somebody would see it. */
  typing(on: boolean): void {
    const interaction = this.contact?.interaction;
    if (!interaction || !this.active) return;
    const now = this.env.now();
    if (on ? now - this.typedAt < TYPING_AGAIN : this.typedAt === 0) return;
    this.typedAt = on ? now : 0;
    this.client?.typing(interaction, on);
  }

  update(change: Partial<Session>): void {
    if (!this.session) return;
    this.session = { ...this.session, ...change };
    this.sessions.save(this.session);
    this.changed();
  }

  private async begin(): Promise<void> {
    const { session } = this;
    if (!session || this.starting) return;
    this.starting = true;
    this.changed();
    const { key, language } = this.options;
    const { start, opening, details } = session;
    const visitor = this.sessions.note("visitor");
    try {
      const { status, body, retryAfter } = await this.post("/chat/v1/start", {
        key,
        start,
        language,
        ...details,
        ...(visitor ? { visitor } : {}),
        ...(opening ? { text: opening.text, message: opening.message } : {}),
      });
      if (this.session?.start !== start) return;
      if (status === 200) {
        this.attempt = 0;
        this.starting = false;
        this.accept(body as Started);
      } else if (status >= 400 && status < 500 && status !== 429 && status !== 408) {
        this.starting = false;
        this.turnedDown(failureOf(body), session);
      } else {
        this.beginLater(retryAfter);
      }
    } catch {
      this.beginLater(0);
    }
  }

  /** Refused for good: the page is wrong, or what was given about oneself; then it is asked again with the text kept. */
  private turnedDown(failure: Failure, session: Session): void {
    if (FINAL.has(failure.code)) {
      this.unavailable = failure.code;
    } else {
      this.session = null;
      this.sessions.save(null);
      this.refused = { failure, text: [session.opening, ...session.later].map((each) => each?.text ?? "").join("\n").trim() };
    }
    this.changed();
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
    const { token, expires_at, contact, interaction, socket, visitor } = started;
    this.fresh = { token, expires_at };
    if (visitor) this.sessions.note("visitor", visitor);
    this.sessions.note("talks", String(Number(this.sessions.note("talks")) + 1));
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
    client.onSignal((signal) => {
      if (signal.type !== "typing" || signal.who !== "agent" || this.client !== client) return;
      this.theirs = signal;
      this.changed();
    });
    client.start();
    const waiting = session.later;
    if (waiting.length) this.update({ later: [] });
    for (const each of waiting) this.postMessage(each);
  }

  /** The first message counts as sent once it is seen; should the start have lost it, the socket carries it. */
  private settleOpening(client: LiveClient): void {
    const opening = this.session?.opening;
    if (!opening || client.topic("chat").cursor === null) return;
    if (listOf<ChatMessage>(client.topic("chat"), "m:").some((each) => each.message === opening.message)) {
      this.update({ opening: null });
    } else if (client.connection === "online" && !this.openingPosted && !this.closed) {
      this.openingPosted = true;
      this.postMessage(opening);
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

  private leaveClient(): void {
    const { client } = this;
    this.client = null;
    this.fresh = null;
    this.starting = false;
    this.attempt = 0;
    this.openingPosted = false;
    this.readUpTo = 0;
    this.typedAt = 0;
    this.refused = null;
    this.env.cancel(this.retry);
    client?.stop();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
