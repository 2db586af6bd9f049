import type { Socket } from "jssip/lib/Socket";
import { Refused, type Token } from "../live/client";

const RENEW_BEFORE = 60_000;

/** Why the office closed the line for good; anything else is tried again. */
export type Closed = "sign_in" | "elsewhere" | "refused";

const FINAL: Record<number, Closed> = { 4401: "sign_in", 4403: "refused", 4409: "elsewhere" };

/** JsSIP's way to the office: a WebSocket that opens with the live token, renews it, and says why it was closed. */
export class PhoneSocket implements Socket {
  via_transport: string;
  readonly sip_uri: string;
  onconnect: () => void = () => undefined;
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => undefined;
  ondata: <T>(data: T) => void = () => undefined;
  private line: WebSocket | null = null;
  private wanted = 0;
  private fetching = false;
  private renewal: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly url: string,
    private readonly token: () => Promise<Token>,
    private readonly over: (why: Closed, code: string) => void,
  ) {
    const { protocol, host } = new URL(url);
    this.via_transport = protocol.replace(":", "").toUpperCase();
    this.sip_uri = `sip:${host};transport=ws`;
  }

  connect(): void {
    if (this.isConnected() || this.isConnecting()) return;
    void this.open();
  }

  disconnect(): void {
    this.wanted += 1;
    this.fetching = false;
    clearTimeout(this.renewal);
    this.line?.close();
    this.line = null;
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this.isConnected() || typeof message !== "string") return false;
    this.line?.send(message);
    return true;
  }

  isConnected(): boolean {
    return this.line?.readyState === WebSocket.OPEN;
  }

  isConnecting(): boolean {
    return this.fetching || this.line?.readyState === WebSocket.CONNECTING;
  }

  private async open(): Promise<void> {
    this.wanted += 1;
    const own = this.wanted;
    this.fetching = true;
    let token: Token;
    try {
      token = await this.token();
    } catch (error) {
      if (own !== this.wanted) return;
      this.fetching = false;
      if (error instanceof Refused) this.over("sign_in", "sign_in.required");
      else this.ondisconnect(true);
      return;
    }
    if (own !== this.wanted) return;
    this.fetching = false;
    const line = new WebSocket(this.url, ["sip", `pasokh.${token.token}`]);
    this.line = line;
    let code = "";
    line.onopen = () => {
      this.renewLater(line, token);
      this.onconnect();
    };
    line.onmessage = ({ data }: MessageEvent<string>) => {
      if (typeof data !== "string" || !data.startsWith("{")) this.ondata(data);
      else code = (JSON.parse(data) as { code?: string }).code ?? code;
    };
    line.onclose = ({ code: closed, wasClean }) => {
      clearTimeout(this.renewal);
      if (this.line !== line) return;
      this.line = null;
      const final = FINAL[closed];
      // A token that has run out, or ended with another sign-in of the same person: the next try asks for a fresh one.
      if (final && code !== "token.expired" && code !== "token.ended") this.over(final, code);
      else this.ondisconnect(!wasClean, closed, code);
    };
  }

  private renewLater(line: WebSocket, { expires_at }: Token): void {
    clearTimeout(this.renewal);
    this.renewal = setTimeout(() => void this.renew(line), Math.max(5_000, (expires_at ?? Date.now() + 4 * RENEW_BEFORE) - Date.now() - RENEW_BEFORE));
  }

  private async renew(line: WebSocket): Promise<void> {
    try {
      const token = await this.token();
      if (this.line !== line || line.readyState !== WebSocket.OPEN) return;
      line.send(JSON.stringify({ type: "renew", token: token.token }));
      this.renewLater(line, token);
    } catch (error) {
      if (error instanceof Refused) this.over("sign_in", "sign_in.required");
      else if (this.line === line) this.renewal = setTimeout(() => void this.renew(line), 5_000);
    }
  }
}
