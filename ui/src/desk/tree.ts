import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ranked } from "../keys/fuzzy";
import { pick } from "../language/catalogue";
import type { Desk, Term } from "./context";
import { coded } from "./words";

const FEW = 8;
const USUAL = ["resolved", "follow_up", "escalated", "complaint", "other"];

export interface Leaf {
  key: string;
  /** Own name. */
  name: string;
  /** Names of the branches above, outermost first. */
  path: string[];
}

/** What can be chosen: those allowed, else every leaf, else the usual ones; in the tree's order. Pure. */
export function leavesOf(terms: readonly Term[], allowed: readonly string[], language: string, plain: (key: string) => string): Leaf[] {
  const known = new Map(terms.map((term) => [term.key, term]));
  const branches = new Set(terms.map((term) => term.parent).filter(Boolean));
  const keys = allowed.length
    ? [...terms.filter((term) => allowed.includes(term.key)).map((term) => term.key), ...allowed.filter((key) => !known.has(key))]
    : terms.length
      ? terms.filter((term) => !branches.has(term.key)).map((term) => term.key)
      : USUAL;
  const nameOf = (key: string): string => pick(known.get(key)?.name, language) || plain(key);
  return keys.map((key) => {
    const path: string[] = [];
    for (let above = known.get(key)?.parent; above && path.length < 20; above = known.get(above)?.parent) path.unshift(nameOf(above));
    return { key, name: nameOf(key), path };
  });
}

/** A required choice out of a tree, as pills under their branches, with a search once there are many. */
export function chooser(
  desk: Desk,
  options: {
    id: string;
    kind: "outcome" | "reason";
    terms: readonly Term[];
    allowed: readonly string[];
    chosen: string;
    search: string;
    onSearch: (text: string) => void;
    onChoose: (key: string) => void;
  },
): TemplateResult {
  const { id, kind, chosen, search, onChoose } = options;
  const leaves = leavesOf(options.terms, options.allowed, desk.language, (key) => coded(desk, "outcome", key));
  const found = search.trim() ? ranked(search, leaves, (leaf) => [leaf.name, [...leaf.path, leaf.name].join(" ")]) : leaves;
  const groups = new Map<string, Leaf[]>();
  for (const leaf of found) {
    const group = leaf.path.join(" › ");
    groups.set(group, [...(groups.get(group) ?? []), leaf]);
  }
  const title = desk.t(kind === "outcome" ? "wrap_up.outcome" : "wrap.reason");
  return html`<fieldset class="chooser">
    <legend>${title}</legend>
    ${leaves.length > FEW
      ? html`<input
          class="input chooser-search"
          type="search"
          dir="auto"
          aria-label=${desk.t(kind === "outcome" ? "wrap.find_outcome" : "wrap.find_reason")}
          placeholder=${desk.t(kind === "outcome" ? "wrap.find_outcome" : "wrap.find_reason")}
          .value=${live(search)}
          @input=${(event: InputEvent) => options.onSearch((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key !== "Enter" || !found[0]) return;
            event.preventDefault();
            onChoose(found[0].key);
          }}
        />`
      : nothing}
    <div class="chooser-groups" role="group" aria-label=${title}>
      ${[...groups].map(
        ([name, members]) => html`<div class="chooser-group">
          ${name ? html`<p class="chooser-branch">${name}</p>` : nothing}
          <div class="outcomes">
            ${members.map(
              (leaf) => html`<label class="pill ${kind}">
                <input
                  type="radio"
                  name=${`${kind}-${id}`}
                  value=${leaf.key}
                  .checked=${live(chosen === leaf.key)}
                  @change=${() => onChoose(leaf.key)}
                />
                <span>${leaf.name}</span>
              </label>`,
            )}
          </div>
        </div>`,
      )}
      ${found.length === 0 ? html`<p class="quiet-line">${desk.t("wrap.nothing_found")}</p>` : nothing}
    </div>
  </fieldset>`;
}
