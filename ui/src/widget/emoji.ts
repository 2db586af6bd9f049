import { h } from "./element";
import type { Look } from "./look";

const EMOJI = "😀 🙂 😊 😉 😂 😍 🤗 🤔 😐 😕 😟 😢 😠 😮 🙏 👍 👎 👌 👏 🤝 💪 ✌️ 👋 ❤️ 💔 🌹 🎉 🔥 ⭐ ✅ ❌ ❗ ❓ ⏰ 📦 🚚 📞 💳 📷 📍".split(" ");

/** A small grid to pick from; arrows move in it, Escape leaves it. */
export function emojiPicker(look: Look, pick: (emoji: string | null) => void): HTMLElement {
  const columns = 8;
  const buttons = EMOJI.map((emoji, at) =>
    h("button", { type: "button", tabindex: at === 0 ? "0" : "-1", onclick: () => pick(emoji) }, emoji),
  );
  const rtl = look.language === "fa";
  return h(
    "div",
    {
      class: "emoji",
      role: "group",
      "aria-label": look.t("emoji"),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          pick(null);
          return;
        }
        const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
        const from = buttons.findIndex((button) => button === event.target);
        const to = step === undefined ? undefined : buttons[from + step];
        if (!to) return;
        event.preventDefault();
        buttons[from]?.setAttribute("tabindex", "-1");
        to.setAttribute("tabindex", "0");
        to.focus();
      },
    },
    ...buttons,
  );
}
