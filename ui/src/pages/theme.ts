/** Loaded before anything is painted, so that a chosen theme never flashes; by itself the page follows the system. */
const kept = ((): string | null => {
  try {
    return localStorage.getItem("pasokh.theme");
  } catch {
    return null;
  }
})();
if (kept === "light" || kept === "dark") document.documentElement.dataset["theme"] = kept;
export {};
