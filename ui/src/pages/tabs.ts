/** Rows of tabs that are longer than the screen begin where the open one is seen. */
export function setUpTabs(): void {
  for (const tabs of document.querySelectorAll<HTMLElement>(".tabs.long")) {
    const open = tabs.querySelector<HTMLElement>("[aria-current]");
    if (!open || tabs.scrollWidth <= tabs.clientWidth) continue;
    const [row, tab] = [tabs.getBoundingClientRect(), open.getBoundingClientRect()];
    tabs.scrollLeft += tab.left + tab.width / 2 - (row.left + row.width / 2);
  }
}
