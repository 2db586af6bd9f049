import type { Card } from "./card";
import type { Conversation } from "./conversation";
import { h } from "./element";
import { formOf } from "./form";
import type { Look } from "./look";

type Choice = "callback" | "message";

/** What a waiting visitor may do instead of waiting: be called back with the place kept, or leave a message. */
export function alternatives(talk: Conversation, look: Look, repaint: () => void): () => Card | null {
  const { t } = look;
  const typed: Record<string, string> = {};
  let form: Choice | null = null;
  let refusedFor: string | null = null;

  const offered = (): Choice[] => {
    const { contact } = talk;
    if (!contact || contact.closed || (contact.phase !== "queued" && contact.phase !== "offered")) return [];
    return contact.alternatives.filter((each): each is Choice => each === "callback" || each === "message");
  };

  const open = (which: Choice | null) => () => {
    form = which;
    if (which) typed["address"] ||= (which === "callback" ? talk.details.phone : talk.details.email) ?? "";
    repaint();
  };

  const choice = (choices: Choice[]): HTMLElement =>
    h(
      "div",
      { class: "card", role: "group", "aria-label": t("alternatives") },
      h("strong", {}, t("alternatives")),
      h(
        "div",
        { class: "row" },
        ...choices.map((each) => h("button", { class: "btn", type: "button", onclick: open(each) }, t(each))),
        h(
          "button",
          {
            class: "btn",
            type: "button",
            onclick: () => {
              refusedFor = talk.contact?.interaction ?? null;
              repaint();
            },
          },
          t("keep_waiting"),
        ),
      ),
    );

  const fields = (chosen: Choice): HTMLElement =>
    formOf(look, {
      title: t(chosen),
      fields:
        chosen === "callback"
          ? [{ key: "address", kind: "phone", label: t("callback_label"), required: true }]
          : [
              { key: "text", kind: "text", label: t("message_label"), required: true },
              { key: "address", kind: "address", label: t("address_label"), required: true },
            ],
      submit: t(chosen === "callback" ? "confirm_callback" : "confirm_message"),
      back: { label: t("keep_waiting"), run: open(null) },
      values: typed,
      send: async ({ address = "", text = "" }) => {
        const error = await talk.choose(chosen, address, text);
        if (error) return { text: error.message || t("busy_try") };
        form = null;
        repaint();
        return null;
      },
    });

  return () => {
    const choices = offered();
    if (choices.length === 0) {
      form = null;
      return null;
    }
    if (form !== null && choices.includes(form)) {
      const chosen = form;
      return { key: `alternative:${chosen}`, build: () => fields(chosen), focus: true };
    }
    if (refusedFor === talk.contact?.interaction) return null;
    return { key: `alternatives:${choices.join()}`, build: () => choice(choices) };
  };
}
