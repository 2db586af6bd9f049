/** The signed-in person's notices: fetched when something says so, and now and then anyway. */

export interface Notice {
  id: number;
  kind: string;
  text: string;
  link: string;
  at: number;
  read: boolean;
  /** Whether it may show on the desktop and ring now. */
  desktop: boolean;
  sound: boolean;
}

export interface Notices {
  unread: number;
  notices: Notice[];
}

export type State = "loading" | "there" | "failed" | "signed_out";

const SEEN = "pasokh.notices.seen";
/** With a live connection the poll only catches what a lost hint missed. */
const POLL_LIVE = 60_000;
const POLL = 20_000;

export class Feed {
  state: State = "loading";
  unread: number;
  notices: Notice[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: Promise<void> | null = null;
  private again = false;

  constructor(
    unread: number,
    private readonly changed: () => void,
    private readonly arrived: (fresh: Notice[]) => void,
    private readonly isLive: () => boolean,
    private readonly shelf: Pick<Storage, "getItem" | "setItem">,
    private readonly ask: (url: string, body?: unknown) => Promise<Response> = request,
  ) {
    this.unread = unread;
  }

  /** Fetch the newest; a call while one is under way makes one more afterwards. */
  async refresh(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return this.asking;
    }
    this.asking = this.fetch().finally(() => {
      this.asking = null;
    });
    await this.asking;
    if (this.again) {
      this.again = false;
      await this.refresh();
    }
  }

  /** Mark some read, or all that are known. Shown at once, put back when the centre does not take it. */
  async read(ids: number[] | null): Promise<void> {
    const before = { unread: this.unread, notices: this.notices };
    const newest = this.notices[0]?.id ?? 0;
    const marked = (notice: Notice): boolean => ids === null || ids.includes(notice.id);
    const hit = this.notices.filter((notice) => marked(notice) && !notice.read).length;
    if (ids !== null && hit === 0) return;
    this.notices = this.notices.map((notice) => (marked(notice) ? { ...notice, read: true } : notice));
    this.unread = ids === null ? 0 : Math.max(0, this.unread - hit);
    this.changed();
    try {
      const response = await this.ask("/api/v1/notices/read", ids === null ? { up_to: newest } : { ids });
      if (!response.ok) throw new Error(String(response.status));
      this.unread = ((await response.json()) as Notices).unread;
    } catch {
      Object.assign(this, before);
    }
    this.changed();
  }

  private async fetch(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const response = await this.ask("/api/v1/notices");
      if (response.status === 401) {
        this.state = "signed_out";
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const found = (await response.json()) as Notices;
      this.unread = found.unread;
      this.notices = found.notices;
      this.state = "there";
      this.announce();
    } catch {
      if (this.state === "loading") this.state = "failed";
    } finally {
      this.changed();
      if (this.state !== "signed_out") {
        this.timer = setTimeout(() => void this.refresh(), this.isLive() ? POLL_LIVE : POLL);
      }
    }
  }

  /** What no tab of this browser has told of yet. */
  private announce(): void {
    const newest = this.notices[0]?.id ?? 0;
    let seen: number | null = null;
    try {
      const kept = this.shelf.getItem(SEEN);
      seen = kept === null ? null : Number(kept);
      if (seen === null || newest > seen) this.shelf.setItem(SEEN, String(newest));
    } catch {
      return; // Without a memory every page would ring again.
    }
    if (seen === null) return;
    const since = seen;
    const fresh = this.notices.filter((notice) => notice.id > since && !notice.read);
    if (fresh.length) this.arrived(fresh);
  }
}

function request(url: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body === undefined) return fetch(url, { headers, credentials: "same-origin" });
  headers["Content-Type"] = "application/json";
  headers["X-CSRFToken"] = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  // A click on a notice leaves the page: the word that it was read must get through all the same.
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", keepalive: true });
}
