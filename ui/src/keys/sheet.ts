import { html, nothing, render, type TemplateResult } from "lit-html";
import { type Shortcut, all, setSingleKeys, shown, singleKeys } from "./shortcuts";
import type { Words } from "./words";

let dialog: HTMLDialogElement | null = null;

/** The keys of a shortcut as caps. */
export function keyCaps(words: Words, keys: string): TemplateResult {
  const caps = shown(keys);
  const steps = keys.includes(" ");
  return html`<span class="key-caps" dir="ltr">
    ${caps.map(
      (cap, index) => html`${index > 0 && steps ? html`<span class="quiet small">${words.t("keys.then")}</span>` : nothing}<kbd>${cap}</kbd>`,
    )}
  </span>`;
}

/** Opens the list of what works on this page, or closes it. */
export function toggleSheet(words: Words): void {
  if (dialog) {
    dialog.close();
    return;
  }
  const host = document.createElement("dialog");
  dialog = host;
  host.className = "key-sheet";
  host.setAttribute("aria-labelledby", "key-sheet-title");
  document.body.append(host);
  host.addEventListener("close", () => {
    host.remove();
    dialog = null;
  });
  host.addEventListener("pointerdown", (event) => {
    if (event.target === host) host.close();
  });
  render(view(words, host), host);
  host.showModal();
}

function view(words: Words, host: HTMLDialogElement): TemplateResult {
  const groups = new Map<string, Shortcut[]>();
  for (const each of all()) if (each.keys.length > 0 && !each.unlisted) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return html`<div class="key-sheet-box">
    <header class="key-sheet-head">
      <h2 id="key-sheet-title">${words.t("keys.sheet")}</h2>
      <button class="button compact" type="button" @click=${() => host.close()}>${words.t("keys.close")}</button>
    </header>
    <div class="key-groups" tabindex="0">
      ${[...groups].map(
        ([name, shortcuts]) => html`<section class="key-group">
          <h3>${name}</h3>
          <dl>
            ${shortcuts.map((each) => html`<div><dt>${each.label}</dt><dd>${keyCaps(words, each.keys[0] ?? "")}</dd></div>`)}
          </dl>
        </section>`,
      )}
    </div>
    <label class="check key-single">
      <input
        type="checkbox"
        .checked=${singleKeys()}
        @change=${(event: Event) => setSingleKeys((event.target as HTMLInputElement).checked)}
      />
      <span>${words.t("keys.single")}</span>
    </label>
  </div>`;
}
