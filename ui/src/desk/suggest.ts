import { html, nothing, type TemplateResult } from "lit-html";
import { pick } from "../language/catalogue";
import { ranked } from "../keys/fuzzy";
import { csrf } from "../live/page";
import { asked, fill, search } from "./canned";
import type { Desk } from "./context";
import type { Interaction } from "./types";
import { avatar, nameOf, queueOf } from "./words";

/** As many as the centre takes with one note. */
const MOST_MENTIONS = 20;

export interface Option {
  id: string;
  title: string;
  detail: string;
  /** What is written instead of what was asked. */
  text: string;
  from: number;
  to: number;
}

/** Looks at what stands before the cursor and opens, narrows or closes the list of suggestions. */
export function lookAround(desk: Desk, place: string, area: HTMLTextAreaElement, note: boolean): void {
  const { memory } = desk;
  const found = asked(area.value, area.selectionStart, note);
  if (!found) {
    memory.suggest = null;
    return;
  }
  const open = memory.suggest?.place === place && memory.suggest.kind === found.kind ? memory.suggest : null;
  const chosen = open?.query === found.query ? open.chosen : 0;
  memory.suggest = { ...found, place, chosen, colleagues: open?.colleagues ?? colleaguesOf(desk) };
}

/** What fits what has been typed after the sign. */
export function optionsOf(desk: Desk, each: Interaction): Option[] {
  const { suggest } = desk.memory;
  if (!suggest) return [];
  if (suggest.kind === "@") {
    return ranked(suggest.query, suggest.colleagues, (colleague) => [colleague.name, colleague.id])
      .slice(0, 8)
      .map((colleague) => ({ id: colleague.id, title: colleague.name, detail: colleague.id, text: `@${colleague.name} `, from: colleague.name.length + 2, to: colleague.name.length + 2 }));
  }
  const values = valuesOf(desk, each);
  return search(desk.office.canned(each.language || desk.language, each.queue, suggest.query), suggest.query).map((answer) => {
    const filled = fill(answer.text, values);
    return { id: String(answer.id), title: `/${answer.shortcut}`, detail: answer.title, ...filled };
  });
}

/** Puts the suggestion in place of what was asked and sets the cursor, at the first hole if there is one. */
export function take(desk: Desk, area: HTMLTextAreaElement, option: Option): void {
  const { memory } = desk;
  const { suggest } = memory;
  if (!suggest) return;
  const before = area.value.slice(0, suggest.from);
  const after = area.value.slice(area.selectionStart);
  area.value = before + option.text + after;
  memory.texts[suggest.place] = area.value;
  if (suggest.kind === "/") desk.office.used(option.id, csrf());
  memory.suggest = null;
  area.focus();
  area.setSelectionRange(before.length + option.from, before.length + option.to);
  desk.redraw();
}

/** The list itself; the field keeps the focus and names the chosen row (`aria-activedescendant`). */
export function suggestions(desk: Desk, each: Interaction, options: readonly Option[], areaOf: () => HTMLTextAreaElement | null): TemplateResult | typeof nothing {
  const { suggest } = desk.memory;
  if (!suggest) return nothing;
  const title = desk.t(suggest.kind === "/" ? "canned.title" : "mention.title");
  return html`<div class="suggest">
    <p class="menu-title">${title}</p>
    <ul class="suggest-list" role="listbox" tabindex="0" id=${`suggest-${each.id}`} aria-label=${title}>
      ${options.map(
        (option, index) => html`<li
          class="suggest-row"
          role="option"
          id=${`suggest-${each.id}-${index}`}
          aria-selected=${index === suggest.chosen}
          @pointerdown=${(event: PointerEvent) => {
            event.preventDefault();
            const area = areaOf();
            if (area) take(desk, area, option);
          }}
        >
          ${suggest.kind === "@" ? avatar(option.id, option.title, "small") : nothing}
          <span class="suggest-title"><bdi>${option.title}</bdi></span>
          <span class="suggest-detail" dir="auto">${option.detail}</span>
          ${suggest.kind === "/" ? html`<span class="suggest-text" dir="auto">${option.text}</span>` : nothing}
        </li>`,
      )}
    </ul>
    ${options.length === 0 ? html`<p class="quiet-line">${desk.t(suggest.kind === "/" ? "canned.none" : "mention.none")}</p>` : nothing}
  </div>`;
}

/** Everyone but me, whoever is here first. */
export function colleaguesOf(desk: Desk): readonly { id: string; name: string }[] {
  const here = desk.model.colleagues;
  const known = new Set(here.map((each) => each.id));
  const me = desk.model.me?.id;
  return [...here.filter((each) => each.id !== me), ...desk.people.filter((each) => !known.has(each.id) && each.id !== me)];
}

/** Colleagues named in a note. */
export function mentionsIn(desk: Desk, text: string): string[] {
  // "@Ann Lee" names Ann Lee, not Ann as well: the longest name that fits at a place counts.
  const byLength = colleaguesOf(desk).toSorted((a, b) => b.name.length - a.name.length);
  const found = new Set<string>();
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const named = byLength.find((colleague) => text.startsWith(colleague.name, at + 1));
    if (named) found.add(named.id);
  }
  return [...found].slice(0, MOST_MENTIONS);
}

function valuesOf(desk: Desk, each: Interaction): Record<string, string> {
  return {
    customer: each.customer_name,
    agent: desk.model.me?.name ?? "",
    queue: queueOf(desk, each),
    subject: each.subject,
    organisation: typeof desk.organisation === "string" ? desk.organisation : pick(desk.organisation, desk.language),
    today: desk.f.day(desk.now),
    time: desk.f.time(desk.now),
    name: nameOf(desk, each),
  };
}
