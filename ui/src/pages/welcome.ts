/** The first set-up's list draws itself anew when a fact changed: a chat came, somebody answered. */
const EVERY_MS = 1_500;

export function setUpWelcome(): void {
  const list = document.querySelector<HTMLElement>("[data-welcome]");
  const address = list?.dataset["welcome"];
  if (!list || !address) return;
  window.setInterval(() => {
    if (list.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return;
    void look(address, list.dataset["mark"] ?? "");
  }, EVERY_MS);
}

async function look(address: string, mark: string): Promise<void> {
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.ok && ((await answer.json()) as { mark: string }).mark !== mark) window.location.reload();
  } catch {
    // The network comes back.
  }
}
