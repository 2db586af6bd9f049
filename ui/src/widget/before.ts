/** Before a conversation: a few fields about the visitor, or outside business hours a message to be answered by e-mail. */
import { newId } from "../live/identity";
import { failureOf } from "./calls";
import type { Card } from "./card";
import type { Conversation } from "./conversation";
import { h } from "./element";
import { type Field, formOf } from "./form";
import { type Look, isolated, whenOf } from "./look";
import type { Details, FieldKey } from "./types";

const KEYS: readonly FieldKey[] = ["name", "email", "phone", "order", "subject"];

function fieldOf(look: Look, key: FieldKey, required: boolean): Field {
  return { key, kind: key, label: look.t(key), required };
}

function detailsOf(values: Record<string, string>): Details {
  const details: Details = {};
  for (const key of KEYS) if (values[key]) details[key] = values[key];
  return details;
}

/** Whether the writing line has to wait until the form is sent. */
export function asksFirst(look: Look): boolean {
  return look.options.prechat.some(({ required }) => required);
}

/** The form before the chat: with required fields it comes first, otherwise it stands above the writing line. */
export function prechat(talk: Conversation, look: Look, repaint: () => void): { card(): Card | null; done(): boolean } {
  const { t, options } = look;
  const typed: Record<string, string> = { ...talk.details };
  let done = false;
  const fields = options.prechat.map(({ key, required }) => fieldOf(look, key, required));

  const form = (): HTMLElement => {
    const element = formOf(look, {
      title: t("prechat"),
      fields,
      submit: t("begin"),
      values: typed,
      send: (values) => {
        talk.details = detailsOf(values);
        talk.refused = null;
        done = true;
        repaint();
        return Promise.resolve(null);
      },
    });
    const { refused } = talk;
    if (refused) {
      const field = String(refused.failure.params?.["field"] ?? "");
      element.querySelector(`[name="${CSS.escape(field)}"]`)?.setAttribute("aria-invalid", "true");
      const general = element.querySelector<HTMLElement>("form > .bad, .card > .bad");
      if (general) {
        general.hidden = false;
        general.textContent = refused.failure.message ?? t("busy_try");
      }
    }
    return element;
  };

  const optional = (): HTMLElement =>
    h(
      "div",
      { class: "asked" },
      ...fields.map((field) => {
        const input = h("input", {
          class: field.key === "name" ? "name" : field.key,
          type: field.kind === "email" ? "email" : field.kind === "phone" ? "tel" : "text",
          autocomplete: field.kind === "name" ? "name" : field.kind === "email" ? "email" : field.kind === "phone" ? "tel" : "off",
          maxlength: "200",
          dir: field.kind === "name" || field.kind === "subject" ? "auto" : typed[field.key] ? "ltr" : "",
          "aria-label": t("optional", { label: field.label }),
          placeholder: t("optional", { label: field.label }),
          oninput: () => {
            typed[field.key] = input.value;
            talk.details = detailsOf(typed);
          },
        });
        input.value = typed[field.key] ?? "";
        return input;
      }),
    );

  return {
    done: () => done,
    card: () => {
      if (fields.length === 0 || (done && !talk.refused)) return null;
      if (talk.refused) done = false;
      if (!asksFirst(look) && !talk.refused) return { key: "asked", build: optional };
      return { key: `prechat:${talk.refused ? "again" : ""}`, build: form, instead: true, focus: true };
    },
  };
}

/** The form outside business hours; `text` is what was typed in the writing line already. */
export function outOfHours(talk: Conversation, look: Look, key: string, text: () => string, repaint: () => void): () => Card {
  const { t, options } = look;
  const typed: Record<string, string> = { ...talk.details };
  let start = newId("visit");
  let kept: { address: string } | null = null;
  const asked = new Map(options.prechat.map((field) => [field.key, field.required]));

  const send = async (values: Record<string, string>): Promise<{ text: string; field?: string } | null> => {
    const { text: words = "", ...details } = values;
    try {
      const { status, body } = await talk.post("/chat/v1/message", { key, start, language: look.language, ...detailsOf(details), text: words });
      if (status !== 200) {
        const failure = failureOf(body);
        const field = failure.params?.["field"];
        return { text: failure.message || t("busy_try"), ...(typeof field === "string" ? { field } : {}) };
      }
    } catch {
      return { text: t("busy_try") };
    }
    talk.details = detailsOf(details);
    kept = { address: details["email"] ?? "" };
    typed["text"] = "";
    start = newId("visit");
    repaint();
    return null;
  };

  const form = (): HTMLElement => {
    typed["text"] ||= text();
    const until = options.opens_at === null ? "" : `${t("closed_until", { when: whenOf(look, options.opens_at, talk.now()) })} `;
    return formOf(look, {
      title: t("closed_now"),
      lead: `${until}${t("leave_message")}`,
      fields: [
        fieldOf(look, "name", asked.get("name") ?? false),
        fieldOf(look, "email", true),
        ...(["phone", "order", "subject"] as const).filter((each) => asked.has(each)).map((each) => fieldOf(look, each, asked.get(each) ?? false)),
        { key: "text", kind: "text", label: t("message_label"), required: true },
      ],
      submit: t("send_message"),
      values: typed,
      send,
    });
  };

  const thanks = (address: string): HTMLElement =>
    h(
      "div",
      { class: "card done", role: "status" },
      h("strong", {}, t("message_kept")),
      h(
        "p",
        { class: "lead" },
        options.opens_at === null
          ? t("answer_soon", { address: isolated(address) })
          : t("answer_by", { address: isolated(address), when: whenOf(look, options.opens_at, talk.now()) }),
      ),
      h(
        "button",
        {
          class: "btn",
          type: "button",
          onclick: () => {
            kept = null;
            repaint();
          },
        },
        t("another_message"),
      ),
    );

  return () => {
    const done = kept;
    return done
      ? { key: "message:kept", build: () => thanks(done.address), instead: true }
      : { key: "message:form", build: form, instead: true, focus: true };
  };
}

/** Outside business hours, where no messages are taken: when to come again. */
export function shutCard(look: Look, now: number): HTMLElement {
  const { t, options } = look;
  const until = options.opens_at === null ? null : t("closed_until", { when: whenOf(look, options.opens_at, now) });
  return h("div", { class: "card" }, h("strong", {}, t("closed_now")), until ? h("p", { class: "lead" }, until) : null);
}
