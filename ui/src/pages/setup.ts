/** Administration: tick all, bulk fields that fit the chosen change, a colour picker beside its text, copy buttons. */

import { keepLive } from "./live_cells";
import { preview } from "./widget_preview";

function bulk(form: HTMLFormElement): void {
  const all = form.querySelector<HTMLInputElement>("[data-tick-all]");
  const ticks = [...form.querySelectorAll<HTMLInputElement>("input[name=people]")];
  const count = form.querySelector<HTMLElement>("[data-ticked]");
  const choice = form.querySelector<HTMLSelectElement>("[data-choose]");
  const language = document.documentElement.lang;
  const show = (): void => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    if (count) {
      count.hidden = ticked === 0;
      count.textContent = new Intl.NumberFormat(language).format(ticked);
    }
    if (all) {
      all.checked = ticked > 0 && ticked === ticks.length;
      all.indeterminate = ticked > 0 && ticked < ticks.length;
    }
    for (const part of form.querySelectorAll<HTMLElement>("[data-when]")) {
      part.hidden = !(part.dataset["when"] ?? "").split(" ").includes(choice?.value ?? "");
    }
  };
  all?.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    show();
  });
  form.addEventListener("change", show);
  show();
}

function colour(field: HTMLInputElement): void {
  const picker = document.createElement("input");
  picker.type = "color";
  picker.className = "colour-sample";
  picker.setAttribute("aria-label", field.labels?.[0]?.textContent ?? "");
  const box = document.createElement("span");
  box.className = "colour-field";
  field.replaceWith(box);
  box.append(picker, field);
  const follow = (): void => {
    picker.value = /^#[0-9a-f]{6}$/i.test(field.value) ? field.value : field.placeholder;
  };
  picker.addEventListener("input", () => {
    field.value = picker.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", follow);
  follow();
}

function copy(button: HTMLButtonElement): void {
  const source = document.getElementById(button.dataset["copy"] ?? "");
  const said = button.dataset["copied"] ?? "";
  const before = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(source?.textContent?.trim() ?? "").then(() => {
      button.textContent = said;
      window.setTimeout(() => (button.textContent = before), 2_000);
    });
  });
}

/** Variables of a canned answer go where the cursor last stood; only the fields of the chosen scope are shown. */
function answer(form: HTMLFormElement): void {
  const texts = [...form.querySelectorAll<HTMLTextAreaElement>("textarea[name^=text_]")];
  let last = texts[0];
  for (const field of texts) field.addEventListener("focus", () => (last = field));
  for (const button of form.querySelectorAll<HTMLElement>("[data-insert]")) {
    button.addEventListener("click", () => {
      last?.setRangeText(`{${button.dataset["insert"]}}`, last.selectionStart, last.selectionEnd, "end");
      last?.focus();
    });
  }
  const scope = form.querySelector<HTMLSelectElement>("select[name=scope]");
  const show = (): void => {
    for (const part of form.querySelectorAll<HTMLElement>("[data-scope]")) {
      part.hidden = part.dataset["scope"] !== scope?.value;
    }
  };
  scope?.addEventListener("change", show);
  show();
}

/** A long list of ticks narrowed by what is typed; ticked ones stay to be seen. */
function narrow(box: HTMLElement): void {
  const field = box.querySelector<HTMLInputElement>("[data-filter-by]");
  if (!field) return;
  field.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
  const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}|\u200c/gu, "").toLowerCase();
  const labels = [...box.querySelectorAll<HTMLElement>(".choices label")];
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    for (const label of labels) {
      label.hidden = wanted !== "" && !plain(label.textContent ?? "").includes(wanted) && !label.querySelector<HTMLInputElement>("input")?.checked;
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

/** Of a new telephone only the fields of its kind. */
function kinds(form: HTMLFormElement): void {
  const choice = form.querySelector<HTMLSelectElement>("select[name=kind]");
  if (!choice) return;
  const show = (): void => {
    for (const part of form.querySelectorAll<HTMLElement>("[data-kind]")) part.hidden = !part.dataset["kind"]?.split(" ").includes(choice.value);
  };
  choice.addEventListener("change", show);
  show();
}

export function setUpAdministration(): void {
  keepLive();
  for (const box of document.querySelectorAll<HTMLElement>("[data-filter]")) narrow(box);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-kinds]")) kinds(form);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-bulk]")) bulk(form);
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-colour]")) colour(field);
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) copy(button);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-widget]")) preview(form);
  for (const part of document.querySelectorAll<HTMLElement>("[data-scoped]")) {
    const form = part.closest("form");
    if (form) answer(form);
  }
}
