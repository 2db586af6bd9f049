/** Fields for files in our own words: what to do, then the name and the size of what was chosen. */
export function setUpFileChoices(): void {
  for (const choice of document.querySelectorAll<HTMLElement>("[data-file-choice]")) {
    const input = choice.querySelector<HTMLInputElement>("input[type=file]");
    const words = choice.querySelector<HTMLElement>(".file-words");
    if (!input || !words) continue;
    const asked = words.textContent;
    choice.classList.add("ours");
    const draw = (): void => {
      const file = input.files?.[0];
      choice.classList.toggle("chosen", Boolean(file));
      if (!file) {
        words.textContent = asked;
        return;
      }
      const name = document.createElement("bdi");
      name.textContent = file.name;
      words.replaceChildren(name, ` · ${size(file.size)}`);
    };
    input.addEventListener("change", draw);
    for (const kind of ["dragenter", "dragover"]) choice.addEventListener(kind, () => choice.classList.add("over"));
    for (const kind of ["dragleave", "drop"]) choice.addEventListener(kind, () => choice.classList.remove("over"));
    draw(); // a browser that went back keeps the choice
  }
}

function size(bytes: number): string {
  const [unit, value] = bytes < 1_000_000 ? ["kilobyte", bytes / 1000] : ["megabyte", bytes / 1_000_000];
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: unit as string,
    maximumFractionDigits: 1,
  }).format(value as number);
}
