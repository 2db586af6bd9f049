import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../design/icons";
import type { Desk } from "../desk/context";
import type { Interaction } from "../desk/types";
import { type StationKind, type Voice, byVoice } from "../desk/voice";
import { type Shortcut, register } from "../keys/shortcuts";
import { newId } from "../live/identity";
import { staffToken } from "../live/page";
import { type PanelMemory, callPanel, came, greeting } from "./panel";
import { Phone, type Station } from "./phone";
import { ownStation, phoneUrl } from "./station";
import { microphoneDialog, phoneSettings, phoneSign } from "./settings";
import { type Say, phoneWords } from "./words";

/** How long a call without its telephone is left alone before it is asked for: offers and ends overlap for a moment. */
const MISSED_MS = 1_500;
const ASK_AGAIN_MS = 8_000;

export async function openVoice(desk: Desk): Promise<Voice | null> {
  const station = await ownStation();
  if (!station) return null;
  const phone =
    station.kind === "webrtc"
      ? new Phone({ station, url: phoneUrl(), token: staffToken, changed: () => desk.redraw(), volume: () => desk.alerts.volume })
      : null;
  const voice = new DeskVoice(desk, station.kind, station, phone);
  await phone?.start();
  return voice;
}

class DeskVoice implements Voice {
  private readonly t: Say;
  private readonly memories = new Map<string, PanelMemory>();
  private readonly missed = new Map<string, number>();
  private readonly asked = new Map<string, number>();
  private open = false;
  private refused = false;
  private answering = "";

  constructor(
    private readonly desk: Desk,
    readonly kind: StationKind,
    private readonly station: Station,
    readonly phone: Phone | null,
  ) {
    this.t = phoneWords(desk.language, desk.f.digits);
    document.addEventListener("click", (event) => {
      const at = event.target as Element;
      if (this.open && !at.closest(".phone-menu")) this.toggle();
      for (const memory of this.memories.values()) {
        if (!memory.holding || at.closest(".hold-menu")) continue;
        memory.holding = false;
        desk.redraw();
      }
    });
    register(this.shortcuts());
  }

  get rings(): boolean {
    return this.phone?.view.state === "ringing";
  }

  // -- drawn -------------------------------------------------------------------------------------------------------------
  sign(): TemplateResult {
    const { phone, station, t } = this;
    if (phone) {
      return phoneSign(t, phone.view, this.open, () => this.toggle(), () => phoneSettings(t, phone, (value) => this.desk.f.digits(Math.round(value * 100))));
    }
    const kind = this.kind === "mobile" ? "mobile" : "desk";
    return html`<span class="phone-sign other" title=${station.name}>${icon(kind === "mobile" ? "mobile" : "phone")}<span class="label-text">${t(`phone.${kind}.short`)}</span></span>`;
  }

  banner(): TemplateResult | typeof nothing {
    const { phone, t } = this;
    if (!phone) return nothing;
    const { state, why } = phone.view;
    const present = this.desk.model.me?.presence !== "offline";
    if (state === "lost") return html`<div class="banner" role="status"><span>${t("phone.lost")}</span></div>`;
    if (state !== "off" || !why || !present) return nothing;
    const movable = why === "other_tab" || why === "elsewhere";
    return html`<div class="banner" role="status">
      <span>${t(`phone.off.${why}`)}</span>
      ${movable ? html`<button class="button compact" type="button" data-take-phone @click=${() => void phone.start(true)}>${t("phone.take")}</button>` : nothing}
    </div>`;
  }

  panel(each: Interaction): TemplateResult | typeof nothing {
    if (!byVoice(each)) return nothing;
    return callPanel(
      {
        desk: this.desk,
        t: this.t,
        phone: this.phone,
        memory: this.memory(each.id),
        away: this.away(each),
        mine: this.mine(each),
        rejoin: () => this.rejoin(each),
        openCard: () => void this.openCard(each),
        closeCard: () => void this.closeCard(each),
      },
      each,
    );
  }

  offer(each: Interaction): TemplateResult | typeof nothing {
    if (!byVoice(each)) return nothing;
    const { t, station } = this;
    const other = this.phone ? nothing : html`<p class="phone-why">${t(this.kind === "mobile" ? "phone.mobile" : "phone.desk", { name: station.name })}</p>`;
    const joining = this.phone?.view.call?.up && this.phone.view.call.interaction === each.id;
    return html`${greeting({ desk: this.desk, t }, each)} ${joining ? html`<p class="call-joining" role="status">${t("phone.joining")}</p>` : nothing}
    ${came({ desk: this.desk, t }, each)} ${other}`;
  }

  dialogs(): TemplateResult | typeof nothing {
    const { phone, t, desk } = this;
    if (!this.refused || !phone) return nothing;
    return microphoneDialog(
      t,
      phone,
      () =>
        void this.ready().then((good) => {
          if (good) void desk.act({ type: "agent.set_presence", ready: true });
        }),
      () => {
        this.refused = false;
        desk.redraw();
      },
    );
  }

  // -- done --------------------------------------------------------------------------------------------------------------
  answers(each: Interaction): boolean {
    return byVoice(each) && each.phase === "offered";
  }

  async answer(each: Interaction): Promise<void> {
    if (!this.phone) return;
    this.answering = each.id;
    await this.phone.accept(each.id);
  }

  async ready(): Promise<boolean> {
    const { phone, desk } = this;
    const voice = desk.model.me?.capacity?.voice ?? 0;
    if (!phone || voice === 0 || phone.view.call?.up) return true;
    const found = await phone.probe();
    this.refused = found !== "ok";
    desk.redraw();
    return !this.refused;
  }

  settle(): void {
    const { desk, phone } = this;
    const { work, offers } = desk.model;
    for (const id of this.memories.keys()) if (!work.some((each) => each.id === id)) this.memories.delete(id);
    if (!phone) return;
    if (this.answering && ![...offers].some((each) => each.id === this.answering)) {
      if (work.some((each) => each.id === this.answering)) desk.open(this.answering, { polite: true });
      this.answering = "";
    }
    const { call } = phone.view;
    // Called for a talk that is mine already (taken over, or lost by this page before): there is nothing to decide.
    if (call && !call.up && work.some((each) => each.id === call.interaction && each.phase === "active")) void phone.accept(call.interaction);
    const own = work.find((each) => this.mine(each));
    const main = own?.kind === "consult" ? undefined : own;
    phone.listening(Boolean(own) && main?.on_hold_since == null && !(main?.consult && main.consult.phase !== "active"));
    this.watchReady();
    for (const each of work) this.look(each);
  }

  /** Who became ready and then lost the microphone is not ready any more. */
  private watchReady(): void {
    const { desk, phone } = this;
    if (!phone || desk.model.me?.presence !== "ready" || desk.client.connection !== "online") return;
    if ((desk.model.me.capacity?.voice ?? 0) === 0) return;
    const { microphone } = phone.view;
    if (microphone !== "refused" && microphone !== "none") return;
    if (this.asked.has("presence") && desk.now - (this.asked.get("presence") ?? 0) < ASK_AGAIN_MS) return;
    this.asked.set("presence", desk.now);
    desk.tell(this.t("phone.not_ready", { why: this.t(`phone.mic.${microphone}`) }));
    void desk.act({ type: "agent.set_presence", ready: false, reason: "telephone" });
  }

  /** A call of mine that my telephone does not have: the exchange is asked to call again. */
  private look(each: Interaction): void {
    const { desk, phone } = this;
    const here = phone?.view.call?.interaction === each.id || this.mine(each);
    if (!phone || !byVoice(each) || each.phase !== "active" || here) {
      this.missed.delete(each.id);
      this.asked.delete(each.id);
      return;
    }
    const since = this.missed.get(each.id) ?? desk.now;
    this.missed.set(each.id, since);
    const asked = this.asked.get(each.id) ?? 0;
    if (phone.view.state !== "registered" || desk.now - since < MISSED_MS || desk.now - asked < ASK_AGAIN_MS) return;
    this.rejoin(each);
  }

  /** Whether my telephone is in this talk: also when it was called for a consult and the customer came after it. */
  private mine(each: Interaction): boolean {
    const call = this.phone?.view.call;
    if (!call?.up || call.role !== "agent" || !byVoice(each) || each.phase !== "active") return false;
    return call.interaction === each.id || !this.desk.model.work.some((other) => other.id === call.interaction && other.phase === "active");
  }

  private away(each: Interaction): boolean {
    const since = this.missed.get(each.id);
    return since !== undefined && this.desk.now - since >= MISSED_MS;
  }

  private rejoin(each: Interaction): void {
    this.asked.set(each.id, this.desk.now);
    void this.desk.client.do({ type: "call.rejoin", interaction: each.id }, newId("rj"));
  }

  private async openCard(each: Interaction): Promise<void> {
    this.memory(each.id).card = true;
    this.desk.redraw();
    if (!(await this.desk.act({ type: "recording.pause", interaction: each.id, reason: "card" }))) this.memory(each.id).card = false;
    this.desk.redraw();
  }

  private async closeCard(each: Interaction): Promise<void> {
    if (await this.desk.act({ type: "recording.resume", interaction: each.id })) this.memory(each.id).card = false;
    this.desk.redraw();
  }

  private memory(id: string): PanelMemory {
    let found = this.memories.get(id);
    if (!found) this.memories.set(id, (found = { keypad: false, pressed: "", holding: false, card: false }));
    return found;
  }

  private toggle(): void {
    this.open = !this.open;
    if (!this.open && this.phone?.view.test) void this.phone.test(false);
    this.desk.redraw();
  }

  private shortcuts(): Shortcut[] {
    const { desk, t, phone } = this;
    const group = t("phone.group");
    const call = (): Interaction | undefined => {
      const each = desk.model.work.find((work) => work.id === desk.memory.selected);
      return each && byVoice(each) && each.phase === "active" ? each : undefined;
    };
    const mine = (): boolean => phone?.view.call?.up === true;
    const consulting = (): boolean => Boolean(call()?.call?.talks_with);
    const turn = (party: "customer" | "helper" | "both"): void => {
      const each = call();
      if (each) void desk.act({ type: "consult.switch", interaction: each.id, party });
    };
    return [
      { id: "phone.mute", keys: ["alt+q", "m"], label: t("phone.key.mute"), group, when: mine, run: () => phone?.mute(!phone.view.muted) },
      { id: "phone.keypad", keys: ["alt+k"], label: t("phone.key.keypad"), group, when: () => mine() && call() !== undefined, run: () => { const each = call(); if (!each) return; const memory = this.memory(each.id); memory.keypad = !memory.keypad; desk.redraw(); if (memory.keypad) document.querySelector<HTMLElement>(".keypad")?.focus(); } },
      { id: "phone.card", keys: ["alt+p"], label: t("phone.key.card"), group, when: () => call() !== undefined && call()?.kind !== "consult" && !call()?.call?.unrecorded_since, run: () => { const each = call(); if (each) void this.openCard(each); } },
      { id: "phone.switch", keys: ["alt+w"], label: t("phone.key.switch"), group, when: consulting, run: () => turn(call()?.call?.talks_with === "customer" ? "helper" : "customer") },
      { id: "phone.conference", keys: ["alt+g"], label: t("phone.key.conference"), group, when: consulting, run: () => turn("both") },
    ];
  }
}
