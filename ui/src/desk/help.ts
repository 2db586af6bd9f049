import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ref } from "lit-html/directives/ref.js";
import type { Desk } from "./context";

const LONGEST = 200;

/** Opens a dialog that has just been drawn; it stays modal until it is taken out of the page. */
export const modal = ref((element) => {
  if (element instanceof HTMLDialogElement && !element.open) queueMicrotask(() => element.isConnected && !element.open && element.showModal());
});

/** Asks a supervisor for help with a conversation. */
export function helpDialog(desk: Desk): TemplateResult | typeof nothing {
  const asking = desk.memory.help;
  if (!asking) return nothing;
  const close = (): void => {
    desk.memory.help = null;
    desk.redraw();
  };
  return small(desk, "help", desk.t("help.title"), desk.t("help.explain"), desk.t("help.question"), asking.question, desk.t("help.ask"), close, (text) => {
    asking.question = text;
  }, () => {
    close();
    void desk.act({ type: "help.ask", interaction: asking.interaction, question: asking.question.trim() });
  });
}

/** Says what came of a follow-up before it leaves the list. */
export function doneDialog(desk: Desk): TemplateResult | typeof nothing {
  const finishing = desk.memory.finishing;
  if (!finishing) return nothing;
  const close = (): void => {
    desk.memory.finishing = null;
    desk.redraw();
  };
  return small(desk, "done", desk.t("follow.done_title", { name: finishing.name }), "", desk.t("follow.result"), finishing.result, desk.t("follow.done"), close, (text) => {
    finishing.result = text;
  }, () => {
    close();
    const known = desk.office.followUps().find((each) => each.id === finishing.follow_up);
    void desk.act({ type: "follow_up.close", follow_up: finishing.follow_up, result: finishing.result.trim() }).then((done) => {
      if (!done || !known) return;
      desk.office.closed(known.id);
      desk.tell(desk.t("follow.closed"), () => {
        const { id, owner, due_at, note, contact } = known;
        void desk.act({ type: "follow_up.set", follow_up: { id, owner, due_at, note }, contact }).then(() => desk.office.afresh());
      });
      desk.redraw();
    });
  });
}

function small(
  desk: Desk,
  name: string,
  title: string,
  explain: string,
  label: string,
  value: string,
  action: string,
  close: () => void,
  change: (text: string) => void,
  submit: () => void,
): TemplateResult {
  return html`<dialog class="handover small-dialog" aria-labelledby=${`${name}-title`} ${modal} @close=${close} @cancel=${close}>
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2 id=${`${name}-title`}>${title}</h2>
      ${explain ? html`<p class="quiet">${explain}</p>` : nothing}
      <div class="field">
        <label for=${`${name}-text`}>${label}</label>
        <textarea
          id=${`${name}-text`}
          rows="3"
          maxlength=${LONGEST}
          dir="auto"
          .value=${live(value)}
          @input=${(event: InputEvent) => change((event.target as HTMLTextAreaElement).value)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              submit();
            }
          }}
        ></textarea>
      </div>
      <div class="actions">
        <button class="button plain" type="button" @click=${close}>${desk.t("action.cancel")}</button>
        <button class="button primary" type="submit">${action}</button>
      </div>
    </form>
  </dialog>`;
}
