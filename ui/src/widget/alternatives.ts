import type { Conversation } from "./conversation";
import { h } from "./element";
import type { Look } from "./panel";

interface Card {
  key: string;
  build(): HTMLElement;
}

/** What a waiting visitor may do instead of waiting: be called back with the place kept, or leave a message. */
export function alternatives(talk: Conversation, look: Look, repaint: () => void): { current(): Card | null } {
  const { t } = look;
  let form: "callback" | "message" | null = null;
  let refusedFor: string | null = null;

  const offered = (): string[] => {
    const { contact } = talk;
    if (!contact || contact.closed || (contact.phase !== "queued" && contact.phase !== "offered")) return [];
    return contact.alternatives.filter((each) => each === "callback" || each === "message");
  };

  const open = (which: typeof form) => () => {
    form = which;
    repaint();
  };

  const buildChoice = (choices: string[]): HTMLElement =>
    h(
      "div",
      { class: "card" },
      h("strong", {}, t("alternatives")),
      h(
        "div",
        { class: "row" },
        ...choices.map((choice) =>
          h("button", { class: "btn", type: "button", onclick: open(choice as typeof form) }, t(choice as "callback" | "message")),
        ),
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

  const buildForm = (choice: "callback" | "message"): HTMLElement => {
    const address = h("input", {
      type: choice === "callback" ? "tel" : "text",
      dir: "ltr",
      autocomplete: choice === "callback" ? "tel" : "email",
      maxlength: "200",
      required: true,
    });
    const text = h("textarea", { rows: "2", dir: "auto", maxlength: "2000" });
    const problem = h("p", { class: "bad", role: "alert", hidden: true });
    const fail = (words: string): void => {
      problem.textContent = words;
      problem.hidden = false;
    };
    return h(
      "form",
      {
        class: "card",
        novalidate: true,
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          if (address.value.trim().length < 3) {
            fail(t("address_bad"));
            address.focus();
            return;
          }
          void talk.choose(choice, address.value.trim(), text.value.trim()).then((error) => {
            if (error) fail(error.message || t("busy_try"));
            else form = null;
            repaint();
          });
        },
      },
      choice === "message" ? h("label", {}, t("message_label"), text) : null,
      h("label", {}, t(choice === "callback" ? "callback_label" : "address_label"), address),
      problem,
      h(
        "div",
        { class: "row" },
        h("button", { class: "btn", type: "button", onclick: open(null) }, t("keep_waiting")),
        h("button", { class: "btn main", type: "submit" }, t(choice === "callback" ? "confirm_callback" : "confirm_message")),
      ),
    );
  };

  return {
    current: () => {
      const choices = offered();
      if (choices.length === 0) {
        form = null;
        return null;
      }
      if (form !== null && choices.includes(form)) {
        const chosen = form;
        return { key: chosen, build: () => buildForm(chosen) };
      }
      if (refusedFor === talk.contact?.interaction) return null;
      return { key: choices.join(), build: () => buildChoice(choices) };
    },
  };
}
