/** Tokens for the files of earlier conversations: asked for when first needed, and again when one has run out. */
import type { Post } from "./calls";

const SPARE = 30_000;

interface Kept {
  token: Promise<string>;
  until: number;
}

export class Passes {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly post: Post,
    private readonly key: string,
    private readonly visitor: () => string,
    private readonly now: () => number,
  ) {}

  /** The token of one earlier conversation; rejects when the centre gives none. */
  of(contact: string): Promise<string> {
    const known = this.kept.get(contact);
    if (known && known.until > this.now()) return known.token;
    const made: Kept = { token: this.ask(contact), until: Number.POSITIVE_INFINITY };
    this.kept.set(contact, made);
    return made.token;
  }

  private async ask(contact: string): Promise<string> {
    try {
      const { status, body } = await this.post("/chat/v1/earlier", { key: this.key, visitor: this.visitor(), contact });
      if (status !== 200) throw new Error(String(status));
      const { token, expires_at } = body as { token: string; expires_at: number };
      const kept = this.kept.get(contact);
      if (kept) kept.until = expires_at - SPARE;
      return token;
    } catch (error) {
      this.kept.delete(contact);
      throw error;
    }
  }
}
