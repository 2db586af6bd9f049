import { h, write } from "./element";
import { type FieldError, judge } from "./fields";
import type { Look } from "./look";

export interface Field {
  key: string;
  /** How it is judged. */
  kind: "name" | "email" | "phone" | "order" | "subject" | "address" | "text" | "comment";
  label: string;
  required: boolean;
}

export interface FormPlan {
  title: string;
  lead?: string;
  fields: readonly Field[];
  submit: string;
  back?: { label: string; run(): void };
  /** Kept outside the form, so that whatever redraws it loses nothing that was typed. */
  values: Record<string, string>;
  /** Null when done, else what to say; `field` points at the field it is about. */
  send(values: Record<string, string>): Promise<{ text: string; field?: string } | null>;
  focus?: boolean;
}

const TYPE = { name: "text", email: "email", phone: "tel", order: "text", subject: "text", address: "text", text: "", comment: "" } as const;
const FILL: Partial<Record<Field["kind"], string>> = { name: "name", email: "email", phone: "tel", address: "email" };
const PLAIN = new Set(["email", "phone", "order", "address"]);
let serial = 0;

/** A form whose errors stand at their fields and which keeps what was typed, whatever happens. */
export function formOf(look: Look, plan: FormPlan): HTMLFormElement {
  const { t } = look;
  const id = `f${(serial += 1)}`;
  const inputs = new Map<string, { input: HTMLInputElement | HTMLTextAreaElement; error: HTMLElement }>();
  const general = h("p", { class: "bad", role: "alert", hidden: true });
  const button = h("button", { class: "btn main", type: "submit" }, plan.submit);
  let busy = false;

  const complain = (key: string, text: string): void => {
    const found = inputs.get(key);
    if (!found) {
      write(general, text);
      general.hidden = !text;
      return;
    }
    write(found.error, text);
    found.error.hidden = !text;
    if (text) found.input.setAttribute("aria-invalid", "true");
    else found.input.removeAttribute("aria-invalid");
  };

  const rows = plan.fields.map((field) => {
    const own = `${id}-${field.key}`;
    const shared = {
      id: own,
      name: field.key,
      dir: PLAIN.has(field.kind) ? "ltr" : "auto",
      "aria-describedby": `${own}-error`,
      ...(field.required ? { "aria-required": "true" } : {}),
      oninput: (event: Event) => {
        plan.values[field.key] = (event.target as HTMLInputElement).value;
        complain(field.key, "");
      },
    };
    const long = field.kind === "text" || field.kind === "comment";
    const input = long
      ? h("textarea", { ...shared, rows: field.kind === "text" ? "3" : "2" })
      : h("input", { ...shared, type: TYPE[field.kind], autocomplete: FILL[field.kind] ?? "off" });
    input.value = plan.values[field.key] ?? "";
    const error = h("span", { class: "bad", id: `${own}-error`, role: "alert", hidden: true });
    inputs.set(field.key, { input, error });
    const label = field.required ? field.label : t("optional", { label: field.label });
    return h("div", { class: "field" }, h("label", { for: own }, label), input, error);
  });

  const submit = async (): Promise<void> => {
    if (busy) return;
    complain("", "");
    const values: Record<string, string> = {};
    const wrong: { key: string; error: FieldError }[] = [];
    for (const field of plan.fields) {
      const judged = judge(field.kind, inputs.get(field.key)?.input.value ?? "", field.required);
      if ("error" in judged) wrong.push({ key: field.key, error: judged.error });
      else values[field.key] = judged.value;
    }
    for (const { key, error } of wrong) complain(key, t(error));
    const first = wrong[0];
    if (first) {
      inputs.get(first.key)?.input.focus();
      return;
    }
    busy = true;
    button.setAttribute("aria-disabled", "true");
    const failed = await plan.send(values).finally(() => {
      busy = false;
      button.removeAttribute("aria-disabled");
    });
    if (!failed) return;
    complain(failed.field ?? "", failed.text);
    if (failed.field) inputs.get(failed.field)?.input.focus();
  };

  return h(
    "form",
    {
      class: "card",
      novalidate: true,
      "aria-label": plan.title,
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void submit();
      },
    },
    h("strong", {}, plan.title),
    plan.lead ? h("p", { class: "lead" }, plan.lead) : null,
    ...rows,
    general,
    h(
      "div",
      { class: "row" },
      plan.back ? h("button", { class: "btn", type: "button", onclick: plan.back.run }, plan.back.label) : null,
      button,
    ),
  );
}
