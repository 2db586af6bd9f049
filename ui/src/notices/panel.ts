import { html, nothing, type TemplateResult } from "lit-html";

import type { Values } from "../language/catalogue";
import type { Format } from "../language/format";
import type { NoticesText } from "../language/staff/notices.en";
import type { Feed, Notice } from "./feed";

export interface Panel {
  feed: Feed;
  f: Format;
  t(key: keyof NoticesText, values?: Values): string;
  permission: NotificationPermission | "unsupported";
  close(): void;
  allowDesktop(): void;
}

export function panelView(p: Panel): TemplateResult {
  const { feed, t } = p;
  return html`<section class="popover notices-panel" role="dialog" aria-label=${t("notices.title")} tabindex="-1">
    <header>
      <h2>${t("notices.title")}</h2>
      <button class="button plain compact" type="button" ?disabled=${feed.unread === 0} @click=${() => void feed.read(null)}>
        ${t("notices.read_all")}
      </button>
    </header>
    <div class="notices-body" aria-live="polite">${body(p)}</div>
    <footer>
      <a class="button plain compact" href="/notices/">${t("notices.all")}</a>
      <a class="button plain compact" href="/notices/settings/">${t("notices.settings")}</a>
      ${p.permission === "default"
        ? html`<button class="button compact" type="button" @click=${p.allowDesktop}>${t("notices.allow_desktop")}</button>`
        : p.permission === "denied"
          ? html`<span class="quiet small">${t("notices.denied")}</span>`
          : nothing}
    </footer>
  </section>`;
}

function body(p: Panel): TemplateResult {
  const { feed, t } = p;
  if (feed.state === "loading") return html`<p class="quiet notices-empty">${t("notices.loading")}</p>`;
  if (feed.state !== "there") {
    return html`<div class="notices-empty" role="alert">
      <p>${t("notices.failed")}</p>
      <button class="button" type="button" @click=${() => void feed.refresh()}>${t("notices.retry")}</button>
    </div>`;
  }
  if (!feed.notices.length) return html`<p class="quiet notices-empty">${t("notices.none")}</p>`;
  return html`<ul class="plain-list notice-list">
    ${feed.notices.map((notice) => row(p, notice))}
  </ul>`;
}

function row(p: Panel, notice: Notice): TemplateResult {
  const text = html`<span>${notice.text}</span>
    <span class="quiet small"
      >${notice.read ? nothing : html`<span class="visually-hidden">${p.t("notices.unread")}, </span>`}<time
        >${when(p.f, notice.at)}</time
      ></span
    >`;
  const read = (): void => void p.feed.read([notice.id]);
  return html`<li class="notice ${notice.read ? "" : "unread"}">
    ${notice.link
      ? html`<a href=${notice.link} @click=${read}>${text}</a>`
      : html`<button type="button" @click=${read}>${text}</button>`}
  </li>`;
}

function when(f: Format, at: number): string {
  return f.day(at) === f.day(Date.now()) ? f.time(at) : `${f.day(at)}, ${f.time(at)}`;
}
