/** When it is over: how it was, the conversation by e-mail, and a new one. */
import type { Card } from "./card";
import type { Conversation } from "./conversation";
import { glyph, h } from "./element";
import { formOf } from "./form";
import { type Look, isolated } from "./look";

const STAR = "M12 3.6l2.6 5.3 5.9.9-4.2 4.1 1 5.8L12 17l-5.300 2.700 1-5.800-4.200-4.100 5.900-.9z";
type RateKey = "rate_1" | "rate_2" | "rate_3" | "rate_4" | "rate_5";

export function afterwards(talk: Conversation, look: Look, repaint: () => void): () => Card | null {
  const { t, options } = look;
  const typed: Record<string, string> = { address: talk.details.email ?? "" };
  let score = 0;
  let mailing = false;

  const again = (): HTMLElement =>
    h("button", { class: "btn main", type: "button", onclick: () => talk.restart(null) }, t("again"));

  const stars = (): HTMLElement => {
    const said = h("p", { class: "said", "aria-hidden": "true" });
    const labels = [1, 2, 3, 4, 5].map((each) => {
      const input = h("input", { type: "radio", name: "pasokh-rating", value: String(each), "aria-label": t(`rate_${each}` as RateKey) });
      input.checked = each === score;
      input.addEventListener("change", () => {
        score = each;
        show();
      });
      return h("label", {}, input, glyph(STAR));
    });
    const skip = (): void => {
      talk.update({ rated: -1 });
      repaint();
    };
    // Whoever would rather not say need not choose a star first.
    const later = h("button", { class: "btn later", type: "button", onclick: skip }, t("rate_skip"));
    const comment = formOf(look, {
      title: t("comment"),
      fields: [{ key: "comment", kind: "comment", label: t("comment"), required: false }],
      submit: t("rate_send"),
      back: { label: t("rate_skip"), run: skip },
      values: typed,
      send: async ({ comment: words = "" }) => {
        const failure = await talk.rate(score, words);
        repaint();
        return failure ? { text: failure.message || t("busy_try") } : null;
      },
    });
    const show = (): void => {
      labels.forEach((label, at) => label.classList.toggle("on", at < score));
      said.textContent = score ? t(`rate_${score}` as RateKey) : "";
      comment.hidden = score === 0;
      later.hidden = score !== 0;
    };
    show();
    return h(
      "div",
      { class: "card rate" },
      h("fieldset", {}, h("legend", {}, t("rate")), h("div", { class: "stars" }, ...labels)),
      said,
      later,
      comment,
    );
  };

  const transcript = (): HTMLElement =>
    formOf(look, {
      title: t("transcript"),
      fields: [{ key: "address", kind: "email", label: t("transcript_to"), required: true }],
      submit: t("transcript_send"),
      back: {
        label: t("back"),
        run: () => {
          mailing = false;
          repaint();
        },
      },
      values: typed,
      send: async ({ address = "" }) => {
        const failure = await talk.sendTranscript(address);
        if (failure) return { text: failure.message || t("busy_try"), ...(failure.code === "chat.address" ? { field: "address" } : {}) };
        mailing = false;
        repaint();
        return null;
      },
    });

  const over = (mayMail: boolean, thanked: boolean, sentTo: string): HTMLElement =>
    h(
      "div",
      { class: "over" },
      thanked ? h("p", { class: "lead", role: "status" }, t("rate_thanks")) : null,
      sentTo ? h("p", { class: "lead", role: "status" }, t("transcript_sent", { address: isolated(sentTo) })) : null,
      mayMail
        ? h(
            "button",
            {
              class: "btn",
              type: "button",
              onclick: () => {
                mailing = true;
                repaint();
              },
            },
            t("transcript"),
          )
        : null,
      again(),
    );

  return () => {
    const { session, contact } = talk;
    if (!session || (!talk.closed && !session.chosen)) {
      mailing = false;
      score = 0;
      return null;
    }
    const served = contact?.reason === "answered";
    const rated = contact?.rated || session.rated;
    if (mailing) return { key: "over:mail", build: transcript, instead: true, focus: true };
    if (options.rating && served && !rated) return { key: "over:rate", build: stars, instead: true };
    const mayMail = options.transcript && served && !session.sent_to;
    return {
      key: `over:${mayMail}:${rated > 0}:${session.sent_to}`,
      build: () => over(mayMail, rated > 0, session.sent_to),
      instead: true,
    };
  };
}
