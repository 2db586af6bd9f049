import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "../design/icons";
import { csrf } from "../live/page";
import type { Desk } from "./context";
import type { Card, Known, Person } from "./office";
import type { Interaction } from "./types";
import { numbered } from "./words";

const LONGEST = { needs: 200, notes: 10_000 };
const FIELDS = ["needs", "notes"] as const;
const LABELS = { needs: "card.needs", notes: "card.notes" } as const;

/** What somebody writes of a customer; kept over a reload and until it is saved or given up. */
export interface CustomerEdit {
  needs: string;
  notes: string;
  version: number | undefined;
  error: string;
  /** A colleague's texts that were saved in between. */
  theirs: { needs: string; notes: string; version: number | undefined } | null;
  saving: boolean;
}

/** The search for who a visitor is, and the form of somebody new. */
export interface WhoForm {
  query: string;
  adding: boolean;
  name: string;
  address: string;
  error: string;
  field: string;
  busy: boolean;
}

/** Special needs and notes, to read and to write. */
export function customerSection(desk: Desk, each: Interaction, card: Card): TemplateResult | typeof nothing {
  const { customer } = card;
  if (!customer) return nothing;
  const edit = desk.memory.edits[customer.id];
  const addresses = customer.addresses.filter((address) => address.kind !== "other").map((address) => address.value);
  const begin = (): void => {
    desk.memory.edits[customer.id] = { needs: customer.needs, notes: customer.notes, version: customer.version, error: "", theirs: null, saving: false };
    desk.memory.focus = `${each.id}#card`;
    desk.redraw();
  };
  return html`<section class="customer-card" data-card=${each.id}>
    <div class="section-head">
      <h3>${desk.t("card.customer")}</h3>
      ${edit ? nothing : html`<button class="button plain compact" type="button" data-change @click=${begin}>${desk.t("card.change")}</button>`}
    </div>
    ${customer.vip ? html`<p><span class="badge warn">${customer.vip}</span></p>` : nothing}
    ${edit
      ? editForm(desk, customer, edit)
      : html`${customer.needs ? html`<p class="needs-line">${icon("info")}<bdi>${customer.needs}</bdi></p>` : nothing}
          ${customer.notes ? html`<p class="small card-notes" dir="auto">${customer.notes}</p>` : nothing}
          ${customer.needs || customer.notes ? nothing : html`<p class="quiet small">${desk.t("card.none")}</p>`}`}
    ${customer.more_notes
      ? html`<details class="small"><summary>${desk.t("card.more_notes")}</summary><p class="card-notes" dir="auto">${customer.more_notes}</p></details>`
      : nothing}
    ${addresses.length ? html`<ul class="card-addresses small">${addresses.slice(0, 4).map((address) => html`<li><bdi>${numbered(address)}</bdi></li>`)}</ul>` : nothing}
    ${card.linked
      ? html`<p><button class="button plain compact" type="button" data-unlink @click=${() => void unlink(desk, each)}>${desk.t("who.unlink")}</button></p>`
      : nothing}
  </section>`;
}

function editForm(desk: Desk, customer: Known, edit: CustomerEdit): TemplateResult {
  const { theirs } = edit;
  const tooLong = FIELDS.some((name) => [...edit[name]].length > LONGEST[name]);
  const save = (): void => void saveEdit(desk, customer.id, edit, theirs ? theirs.version : edit.version);
  const field = (name: (typeof FIELDS)[number]): TemplateResult => html`<div class="field ${[...edit[name]].length > LONGEST[name] ? "wrong" : ""}">
    <label for=${`customer-${name}`}>${desk.t(LABELS[name])}</label>
    <textarea
      id=${`customer-${name}`}
      rows=${name === "needs" ? 2 : 4}
      dir="auto"
      data-field=${name}
      .value=${live(edit[name])}
      @input=${(event: InputEvent) => {
        edit[name] = (event.target as HTMLTextAreaElement).value;
        desk.redraw();
      }}
    ></textarea>
    ${[...edit[name]].length > LONGEST[name] - 20 ? html`<p class="small number">${desk.f.digits([...edit[name]].length)} / ${desk.f.digits(LONGEST[name])}</p>` : nothing}
    ${theirs && theirs[name] !== edit[name]
      ? html`<div class="theirs small" role="note">
          <p>${desk.t("card.changed")}</p>
          <p class="card-notes" dir="auto">${theirs[name] || desk.t("card.nothing")}</p>
          <button
            class="button compact"
            type="button"
            @click=${() => {
              edit[name] = theirs[name];
              desk.redraw();
            }}
          >
            ${desk.t("card.take_theirs")}
          </button>
        </div>`
      : nothing}
  </div>`;
  return html`<form
    class="customer-edit"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      if (!tooLong && !edit.saving) save();
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        if (!tooLong && !edit.saving) save();
      }
    }}
  >
    ${field("needs")} ${field("notes")}
    ${edit.error ? html`<p class="bad small" role="alert">${edit.error}</p>` : nothing}
    <p class="customer-edit-end">
      <button
        class="button compact"
        type="button"
        @click=${() => {
          delete desk.memory.edits[customer.id];
          desk.redraw();
        }}
      >
        ${desk.t("card.cancel")}
      </button>
      <button class="button primary compact" type="submit" ?disabled=${edit.saving || tooLong}>${desk.t(theirs ? "card.keep_mine" : "card.save")}</button>
    </p>
  </form>`;
}

async function saveEdit(desk: Desk, customer: number, edit: CustomerEdit, version: number | undefined): Promise<void> {
  edit.saving = true;
  edit.error = "";
  desk.redraw();
  const answer = await desk.office.write(`/api/v1/customers/${customer}`, "PATCH", { needs: edit.needs, notes: edit.notes, ...(version === undefined ? {} : { version }) }, csrf());
  edit.saving = false;
  if (answer.ok) {
    delete desk.memory.edits[customer];
    desk.tell(desk.t("card.saved"));
  } else if (answer.status === 409) {
    const now = await desk.office.customer(customer);
    if (now) edit.theirs = { needs: now.needs, notes: now.notes, version: now.version };
    else edit.error = answer.message;
  } else edit.error = answer.status === 0 ? desk.t("card.not_saved") : answer.message;
  desk.redraw();
}

/** Where the visitor has no name: find the customer, or make a new one. */
export function whoSection(desk: Desk, each: Interaction, card: Card): TemplateResult | typeof nothing {
  if (!card.customer || card.customer.name || card.linked) return nothing;
  const form = (desk.memory.who[each.id] ??= { query: "", adding: false, name: each.customer_name, address: "", error: "", field: "", busy: false });
  const found = form.query.trim().length > 1 ? desk.office.people(form.query.trim()) : null;
  const input = (name: "query" | "name" | "address", label: string, type = "text"): TemplateResult => html`<div class="field ${form.field === name ? "wrong" : ""}">
    <label for=${`who-${name}`}>${label}</label>
    <input
      id=${`who-${name}`}
      type=${type}
      dir="auto"
      autocomplete="off"
      maxlength=${name === "query" ? 100 : 1_000}
      aria-invalid=${form.field === name}
      .value=${live(form[name])}
      @input=${(event: InputEvent) => {
        form[name] = (event.target as HTMLInputElement).value;
        form.error = form.field = "";
        desk.redraw();
      }}
    />
  </div>`;
  return html`<section class="who">
    <h3>${desk.t("who.title")}</h3>
    ${input("query", desk.t("who.search"), "search")}
    ${found
      ? html`<ul class="who-found">
          ${found.map((person) => html`<li>${personRow(desk, each, form, person)}</li>`)}
          ${found.length === 0 ? html`<li class="quiet small">${desk.t("who.none")}</li>` : nothing}
        </ul>`
      : nothing}
    ${form.adding
      ? html`<form
          class="customer-edit"
          @submit=${(event: SubmitEvent) => {
            event.preventDefault();
            if (!form.busy) void link(desk, each, form, { name: form.name, address: form.address });
          }}
        >
          ${input("name", desk.t("who.name"))} ${input("address", desk.t("who.address"))}
          ${form.error ? html`<p class="bad small" role="alert">${form.error}</p>` : nothing}
          <p class="customer-edit-end"><button class="button primary compact" type="submit" ?disabled=${form.busy || !form.name.trim()}>${desk.t("who.create")}</button></p>
        </form>`
      : html`${form.error ? html`<p class="bad small" role="alert">${form.error}</p>` : nothing}<button
            class="button compact"
            type="button"
            data-who-new
            @click=${() => {
              form.adding = true;
              // What was searched for is most often the new name.
              if (!form.name && !/[\d@۰-۹٠-٩]/.test(form.query)) form.name = form.query.trim();
              else if (!form.address && /[\d@۰-۹٠-٩]/.test(form.query)) form.address = form.query.trim();
              desk.redraw();
            }}
          >
            ${desk.t("who.new")}
          </button>`}
  </section>`;
}

function personRow(desk: Desk, each: Interaction, form: WhoForm, person: Person): TemplateResult {
  return html`<button class="menu-item who-person" type="button" ?disabled=${form.busy} @click=${() => void link(desk, each, form, { customer: person.id })}>
    <bdi>${person.name}</bdi>
    <span class="small quiet">${person.addresses.map((address, index) => html`${index ? " · " : nothing}<bdi>${numbered(address)}</bdi>`)}</span>
  </button>`;
}

async function link(desk: Desk, each: Interaction, form: WhoForm, who: { customer: number } | { name: string; address: string }): Promise<void> {
  form.busy = true;
  desk.redraw();
  const address = `/api/v1/contacts/${encodeURIComponent(each.contact)}/customer`;
  const answer = await desk.office.write(address, "POST", who, csrf());
  form.busy = false;
  if (answer.ok) {
    const known = answer.value as Known;
    delete desk.memory.who[each.id];
    const back = "name" in who ? `${address}?version=${known.version ?? 0}` : address;
    desk.tell(desk.t("who.linked", { name: known.name }), () => void unlink(desk, each, back));
  } else {
    form.error = answer.status === 0 ? desk.t("card.not_saved") : answer.message;
    form.field = answer.field;
  }
  desk.redraw();
}

async function unlink(desk: Desk, each: Interaction, address = `/api/v1/contacts/${encodeURIComponent(each.contact)}/customer`): Promise<void> {
  const answer = await desk.office.write(address, "DELETE", undefined, csrf());
  if (answer.ok || answer.status === 0) desk.tell(desk.t(answer.ok ? "who.unlinked" : "card.not_saved"));
  else desk.tell(answer.message);
  desk.redraw();
}
