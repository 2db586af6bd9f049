const NEAR = 80;
const TOP = 120;
const pinned = new WeakMap<Element, boolean>();
const heights = new WeakMap<Element, number>();
const forced = new Set<string>();

/**
 * Keeps each conversation at its newest message while the reader is there, and leaves it alone once they scroll up.
 * With an `interaction` the next drawing goes to its end whatever the reader does: they have just written something.
 * Near the top earlier messages are asked for, and what was being read stays where it is.
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
        if (area.scrollTop < TOP) area.querySelector<HTMLButtonElement>("[data-earlier]")?.click();
      });
      new ResizeObserver(() => {
        if (pinned.get(area)) area.scrollTop = area.scrollHeight;
      }).observe(area);
    }
    const id = area.closest<HTMLElement>("[data-interaction]")?.dataset["interaction"] ?? "";
    const first = area.querySelector<HTMLElement>(".bubble");
    if (pinned.get(area) || forced.delete(id)) area.scrollTop = area.scrollHeight;
    else if (first && area.scrollTop < TOP) {
      const before = heights.get(area) ?? area.scrollHeight;
      if (area.scrollHeight > before) area.scrollTop += area.scrollHeight - before;
    }
    heights.set(area, area.scrollHeight);
  }
}
