/** The queue's form: rows without a round trip, the order of criteria by drag and keys, drafts kept while one types. */

const DRAFT_AFTER_MS = 4_000;
const PREVIEW_EVERY_MS = 700;

export function setUpPolicy(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-policy]");
  if (form) {
    for (const rows of form.querySelectorAll<HTMLElement>("[data-rows]")) growable(rows);
    const order = form.querySelector<HTMLElement>("[data-order]");
    if (order) sortable(order);
    if (form.dataset["draft"]) keepDrafts(form, form.dataset["draft"]);
  }
  const preview = document.querySelector<HTMLElement>("[data-preview]");
  if (preview?.dataset["preview"]) void follow(preview, preview.dataset["preview"]);
}

/** "Add" copies the pattern; the number of rows goes with the form. */
function growable(rows: HTMLElement): void {
  const name = rows.dataset["rows"] ?? "";
  const add = rows.querySelector<HTMLButtonElement>("button[name=add]");
  const count = rows.querySelector<HTMLInputElement>(`input[name=${name}_count]`);
  const pattern = rows.querySelector("template");
  if (!add || !count || !pattern) return;
  add.addEventListener("click", (event) => {
    event.preventDefault();
    const number = Number(count.value) + 1;
    const row = pattern.content.cloneNode(true) as DocumentFragment;
    for (const part of row.querySelectorAll<HTMLElement>("[name],[id],[for]")) {
      for (const attribute of ["name", "id", "for"]) {
        const value = part.getAttribute(attribute);
        if (value) part.setAttribute(attribute, value.replace(`${name}_0_`, `${name}_${number}_`));
      }
    }
    const legend = row.querySelector("legend");
    if (legend) {
      const digits = document.documentElement.lang === "fa" ? "۰" : "0";
      const shown = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: false }).format(number);
      legend.textContent = (legend.textContent ?? "").replace(digits, shown).replace("0", shown);
    }
    rows.insertBefore(row, pattern);
    count.value = String(number);
    rows.querySelector<HTMLElement>(`[name^=${name}_${number}_]`)?.focus();
  });
}

/** The selects become a list to drag, with arrows; unused criteria stand below the line. */
function sortable(box: HTMLElement): void {
  const selects = [...box.querySelectorAll("select")];
  const first = selects[0];
  if (!first || box.querySelector(".errorlist")) return;
  const labels = new Map([...first.options].filter((o) => o.value).map((o) => [o.value, o.text]));
  const used = selects.map((s) => s.value).filter(Boolean);
  const items = [...used, ...[...labels.keys()].filter((key) => !used.includes(key))];
  const active = new Set(used);
  const list = document.createElement("ol");
  list.className = "policy-order";
  const help = document.createElement("p");
  help.className = "quiet small";
  help.textContent = box.dataset["help"] ?? "";
  let dragged = "";

  const write = (): void => {
    const chosen = items.filter((key) => active.has(key));
    selects.forEach((select, place) => {
      select.value = chosen[place] ?? "";
    });
    first.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const move = (key: string, to: number): void => {
    const from = items.indexOf(key);
    if (to < 0 || to >= items.length || from === to) return;
    items.splice(from, 1);
    items.splice(to, 0, key);
    write();
    draw(key);
  };
  const draw = (focused = "", which = ""): void => {
    list.replaceChildren(
      ...items.map((key) => {
        const item = document.createElement("li");
        item.draggable = true;
        item.classList.toggle("unused", !active.has(key));
        const check = document.createElement("label");
        check.className = "check";
        const tick = document.createElement("input");
        tick.type = "checkbox";
        tick.checked = active.has(key);
        tick.dataset["key"] = key;
        tick.addEventListener("change", () => {
          if (tick.checked) active.add(key);
          else active.delete(key);
          items.splice(items.indexOf(key), 1);
          const border = items.filter((each) => active.has(each)).length - (tick.checked ? 1 : 0);
          items.splice(border, 0, key);
          write();
          draw(key, "tick");
        });
        const text = document.createElement("span");
        text.textContent = labels.get(key) ?? key;
        check.append(tick, text);
        item.append(check);
        for (const [step, sign, name] of [
          [-1, "↑", box.dataset["up"]],
          [1, "↓", box.dataset["down"]],
        ] as const) {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "button compact square plain";
          button.textContent = sign;
          button.setAttribute("aria-label", `${name ?? ""}: ${labels.get(key) ?? key}`);
          button.disabled = items.indexOf(key) + step < 0 || items.indexOf(key) + step >= items.length;
          button.dataset["step"] = String(step);
          button.addEventListener("click", () => move(key, items.indexOf(key) + step));
          item.append(button);
          if (key === focused && which !== "tick") queueMicrotask(() => button.disabled || button.focus());
        }
        if (key === focused && which === "tick") queueMicrotask(() => tick.focus());
        item.addEventListener("dragstart", () => {
          dragged = key;
        });
        item.addEventListener("dragover", (event) => event.preventDefault());
        item.addEventListener("drop", (event) => {
          event.preventDefault();
          if (dragged) move(dragged, items.indexOf(key));
        });
        return item;
      }),
    );
  };
  draw();
  box.classList.add("enhanced");
  box.before(help, list);
}

/** What is typed is kept on the server now and then, so that a closed browser loses nothing. */
function keepDrafts(form: HTMLFormElement, address: string): void {
  const said = form.querySelector<HTMLElement>("[data-draft-said]");
  let timer = 0;
  let sending = false;
  const keep = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    try {
      const answer = await fetch(address, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (answer.ok && said) said.textContent = ((await answer.json()) as { said: string }).said;
    } catch {
      // The next change tries again; publishing sends everything anyway.
    } finally {
      sending = false;
    }
  };
  const later = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void keep(), DRAFT_AFTER_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => window.clearTimeout(timer));
}

/** Shows how far a preview is and draws the page anew when it is over. */
async function follow(box: HTMLElement, address: string): Promise<void> {
  const said = box.querySelector<HTMLElement>("[data-said]");
  const bar = box.querySelector("progress");
  for (;;) {
    await new Promise((resolve) => window.setTimeout(resolve, PREVIEW_EVERY_MS));
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) continue;
      const found = (await answer.json()) as { state: string; done: number; total: number; said: string };
      if (found.state !== "waiting" && found.state !== "running") break;
      if (said && found.state === "running") said.textContent = found.said;
      if (bar && found.total) {
        bar.max = found.total;
        bar.value = found.done;
      }
    } catch {
      // The network comes back or the page is left.
    }
  }
  window.location.reload();
}
