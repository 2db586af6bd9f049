import { html, nothing, render, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { ranked } from "./fuzzy";
import { type Found, localCommands, seek } from "./sources";
import { keyCaps } from "./sheet";
import type { Words } from "./words";

const SEEK_AFTER = 180;
const MOST = 60;

interface Shelf {
  query: string;
  chosen: number;
  local: Found[];
  remote: Found[];
  state: "calm" | "searching" | "unreachable";
}

let dialog: HTMLDialogElement | null = null;

/** Opens the palette, or closes it when it is open: an ARIA combobox over commands, pages and what the centre knows. */
export function togglePalette(words: Words): void {
  if (dialog) {
    dialog.close();
    return;
  }
  const { t } = words;
  const host = document.createElement("dialog");
  dialog = host;
  host.className = "palette";
  host.setAttribute("aria-label", t("keys.palette"));
  document.body.append(host);
  const before = document.activeElement;
  const shelf: Shelf = { query: "", chosen: 0, local: localCommands(words), remote: [], state: "calm" };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  const listed = (): Found[] => {
    const local = shelf.query ? ranked(shelf.query, shelf.local, (each) => [each.label, each.detail ?? ""]) : shelf.local;
    return [...local, ...shelf.remote].slice(0, MOST);
  };
  const run = (found: Found | undefined): void => {
    if (!found) return;
    host.close();
    found.run();
  };
  const draw = (): void => {
    const rows = listed();
    shelf.chosen = Math.min(shelf.chosen, Math.max(0, rows.length - 1));
    render(view(rows), host);
    host.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  };
  const look = (): void => {
    clearTimeout(timer);
    const query = shelf.query.trim();
    asked += 1;
    const mine = asked;
    shelf.remote = query.length < 2 ? [] : shelf.remote;
    if (query.length < 2) {
      shelf.state = "calm";
      return;
    }
    shelf.state = "searching";
    timer = setTimeout(() => {
      void seek(words, query).then(
        (found) => {
          if (mine !== asked) return;
          shelf.remote = found;
          shelf.state = "calm";
          draw();
        },
        () => {
          if (mine !== asked) return;
          shelf.remote = [];
          shelf.state = "unreachable";
          draw();
        },
      );
    }, SEEK_AFTER);
  };
  const onKey = (event: KeyboardEvent): void => {
    const rows = listed();
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined && rows.length > 0) {
      event.preventDefault();
      const next = shelf.chosen + step;
      shelf.chosen = Math.abs(step) === 1 ? (next + rows.length) % rows.length : Math.max(0, Math.min(rows.length - 1, next));
      draw();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      run(rows[shelf.chosen]);
    }
  };
  const status = (rows: Found[]): string => {
    if (shelf.state === "unreachable") return t("keys.unreachable");
    if (rows.length > 0) return shelf.state === "searching" ? t("keys.searching") : t("keys.results", { n: rows.length });
    return shelf.state === "searching" ? t("keys.searching") : t("keys.none", { text: shelf.query });
  };
  const view = (rows: Found[]): TemplateResult => html`<div class="palette-box">
    <input
      class="palette-input"
      type="text"
      role="combobox"
      aria-expanded="true"
      aria-controls="palette-list"
      aria-autocomplete="list"
      aria-activedescendant=${rows[shelf.chosen] ? `palette-${shelf.chosen}` : nothing}
      aria-label=${t("keys.search")}
      placeholder=${t("keys.search")}
      autocomplete="off"
      spellcheck="false"
      dir="auto"
      .value=${live(shelf.query)}
      @input=${(event: InputEvent) => {
        shelf.query = (event.target as HTMLInputElement).value;
        shelf.chosen = 0;
        look();
        draw();
      }}
      @keydown=${onKey}
    />
    <div class="palette-list" id="palette-list" role="listbox" aria-label=${t("keys.palette")}>
      ${repeat(
        rows,
        (each) => each.id,
        (each, index) => html`${each.group !== rows[index - 1]?.group
            ? html`<p class="menu-title" role="presentation">${each.group}</p>`
            : nothing}
          <div
            class="palette-row"
            role="option"
            id=${`palette-${index}`}
            aria-selected=${index === shelf.chosen}
            @click=${() => run(each)}
            @pointermove=${() => {
              if (shelf.chosen === index) return;
              shelf.chosen = index;
              draw();
            }}
          >
            <span class="palette-label"><bdi>${each.label}</bdi>${each.detail ? html` <bdi class="quiet small">${each.detail}</bdi>` : nothing}</span>
            ${each.keys ? keyCaps(words, each.keys) : nothing}
          </div>`,
      )}
    </div>
    <p class="palette-foot quiet small"><span role="status">${status(rows)}</span><span class="spring"></span><span class="palette-hint">${t("keys.hint")}</span></p>
  </div>`;

  host.addEventListener("close", () => {
    clearTimeout(timer);
    host.remove();
    dialog = null;
    if (document.activeElement === document.body && before instanceof HTMLElement && before.isConnected) before.focus();
  });
  host.addEventListener("pointerdown", (event) => {
    if (event.target === host) host.close();
  });
  draw();
  host.showModal();
  host.querySelector("input")?.focus();
}
