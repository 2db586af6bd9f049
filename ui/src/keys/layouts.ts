/** Keys of the three usual layouts, place by place: what was typed with the wrong one is understood anyway. */

const LATIN = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./";
const UKRAINIAN = "'1234567890-=йцукенгшщзхїґфівапролджєячсмитьбю.";
/** The Persian standard (ISIRI 9147) and the one Windows calls Persian differ in two places; both are tried. */
const PERSIAN = "÷۱۲۳۴۵۶۷۸۹۰-=ضصثقفغعهخحجچ\\شسیبلاتنمکگظطزرذدپو./";
const PERSIAN_OLD = "پ1234567890-=ضصثقفغعهخحجچژشسیبلاتنمکگظطزرذدئو./";

function between(from: string, to: string): (text: string) => string {
  const target = [...to];
  const places = new Map([...from].map((character, index) => [character, target[index] ?? character]));
  return (text) => [...text].map((character) => places.get(character) ?? character).join("");
}

const READINGS = [
  between(LATIN, PERSIAN),
  between(LATIN, PERSIAN_OLD),
  between(LATIN, UKRAINIAN),
  between(PERSIAN, LATIN),
  between(PERSIAN_OLD, LATIN),
  between(UKRAINIAN, LATIN),
  between(PERSIAN, UKRAINIAN),
  between(UKRAINIAN, PERSIAN),
];

/** The same key presses under the other layouts, without repeats and without the text itself. */
export function otherLayouts(text: string): string[] {
  const typed = text.toLocaleLowerCase();
  return [...new Set(READINGS.map((read) => read(typed)))].filter((each) => each !== typed);
}
