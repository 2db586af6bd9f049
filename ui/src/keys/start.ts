import { placesOnPage } from "./sources";
import { register, singleKeys, setSingleKeys } from "./shortcuts";
import { wordsOfPage } from "./words";

/** Second letters of `g …` by the page's address, so that they are the same in every language. */
const LETTERS: readonly [RegExp, string][] = [
  [/^\/desk\/$/, "d"],
  [/^\/wall\/$/, "w"],
  [/^\/contacts\/$/, "c"],
  [/^\/customers\/$/, "k"],
  [/^\/follow-ups\/$/, "f"],
  [/^\/queues\/$/, "q"],
  [/^\/agents\/$/, "a"],
  [/^\/audit\/$/, "u"],
  [/^\/setup\/$/, "s"],
];

/** The keys of every staff page: palette, list of shortcuts, pages. The palette itself is loaded when first wanted. */
export function startKeys(): void {
  if (!document.body.classList.contains("app") || !document.querySelector("nav.rail form button[name=language]")) return;
  const words = wordsOfPage();
  const { t } = words;
  // Fetched when nothing else is to be done, so that what is typed after the key is never lost.
  const early = (): void => void import("./palette").catch(() => undefined);
  if ("requestIdleCallback" in window) requestIdleCallback(early, { timeout: 4_000 });
  else setTimeout(early, 2_000);
  const everywhere = t("keys.group.everywhere");
  register([
    {
      id: "keys.palette",
      keys: ["mod+k"],
      label: t("keys.palette"),
      group: everywhere,
      hidden: true,
      run: () => void import("./palette").then(({ togglePalette }) => togglePalette(words)),
    },
    {
      id: "keys.sheet",
      keys: ["?"],
      label: t("keys.sheet"),
      group: everywhere,
      run: () => void import("./sheet").then(({ toggleSheet }) => toggleSheet(words)),
    },
    {
      id: "keys.single",
      keys: [],
      label: t("keys.single"),
      group: everywhere,
      run: () => setSingleKeys(!singleKeys()),
    },
  ]);
  register(
    placesOnPage().flatMap(({ url, name }) => {
      const letter = LETTERS.find(([pattern]) => pattern.test(url))?.[1];
      return letter
        ? [{ id: `page.${url}`, keys: [`g ${letter}`], label: t("keys.go", { place: name }), group: t("keys.group.pages"), hidden: true, run: () => location.assign(url) }]
        : [];
    }),
  );
}
