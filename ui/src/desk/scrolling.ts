const NEAR = 80;
const pinned = new WeakMap<Element, boolean>();
const forced = new Set<string>();

/**
 * Keeps each conversation at its newest message while the reader is there, and leaves it alone once they scroll up.
 * With an `interaction` the next drawing goes to its end whatever the reader does: they have just written something.
 */
export function follow(interaction?: string): void {
  if (interaction) {
    forced.add(interaction);
    return;
  }
  for (const area of document.querySelectorAll("[data-follow]")) {
    if (!pinned.has(area)) {
      pinned.set(area, true);
      area.addEventListener("scroll", () => {
        pinned.set(area, area.scrollHeight - area.scrollTop - area.clientHeight < NEAR);
      });
    }
    const id = area.closest<HTMLElement>("[data-interaction]")?.dataset["interaction"] ?? "";
    if (pinned.get(area) || forced.delete(id)) area.scrollTop = area.scrollHeight;
  }
}
