/** A chat widget drawn while its form is filled in: title, greeting, colour, side, questions. */

export function preview(form: HTMLFormElement): void {
  const box = document.querySelector<HTMLElement>("[data-preview]");
  const page = box?.querySelector<HTMLElement>(".preview-page");
  if (!box || !page) return;
  box.hidden = false;
  const value = (name: string): string =>
    (form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement | null)?.value.trim() ?? "";
  const draw = (): void => {
    const language = value("first_language");
    page.lang = language;
    page.dir = language === "fa" ? "rtl" : "ltr";
    page.classList.toggle("start", value("position") === "start");
    const colour = value("colour").toLowerCase();
    const known = /^#[0-9a-f]{6}$/.test(colour);
    page.style.setProperty("--brand", known ? colour : "");
    page.style.setProperty("--on-brand", known ? inkOn(colour) : "");
    text(page, ".preview-title", value(`name_${language}`) || value("name_en") || value("name_fa") || value("name_uk"));
    const greeting = page.querySelector<HTMLElement>(".preview-greeting");
    if (greeting) greeting.textContent = value(`greeting_${language}`) || (greeting.dataset["default"] ?? "");
    const fields = page.querySelector(".preview-fields");
    fields?.replaceChildren(
      ...[...form.querySelectorAll<HTMLSelectElement>("select[name^=ask_]")]
        .filter((ask) => ask.value !== "no")
        .map((ask) => {
          const line = document.createElement("li");
          line.textContent = `${ask.labels[0]?.textContent ?? ""}${ask.value === "must" ? " *" : ""}`;
          return line;
        }),
    );
  };
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  draw();
}

function text(root: HTMLElement, selector: string, words: string): void {
  const place = root.querySelector<HTMLElement>(selector);
  if (place) place.textContent = words;
}

/** Black or white, whichever stands out more (WCAG relative luminance). */
function inkOn(colour: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}
