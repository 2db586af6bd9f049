import type { Catalogue } from "../catalogue";
import type { KeysText } from "./keys.en";

export const fa: Catalogue<KeysText> = {
  "keys.palette": "جعبهٔ فرمان",
  "keys.search": "بروید، پیدا کنید، انجام دهید…",
  "keys.none": "برای «{text}» چیزی پیدا نشد.",
  "keys.results": { one: "{n} نتیجه", other: "{n} نتیجه" },
  "keys.searching": "در حال جستجو…",
  "keys.unreachable": "جستجو در دسترس نیست؛ فرمان‌ها همچنان کار می‌کنند.",
  "keys.hint": "با کلیدهای جهت برگزینید، Enter اجرا می‌کند، Esc می‌بندد",
  "keys.sheet": "میان‌برهای صفحه‌کلید",
  "keys.single": "میان‌برهای تک‌کلیدی (بیرون از جای نوشتن)",
  "keys.then": "سپس",
  "keys.close": "بستن",
  "keys.group.everywhere": "همه‌جا",
  "keys.group.pages": "صفحه‌ها",
  "keys.group.here": "فرمان‌های این‌جا",
  "keys.group.contacts": "تماس‌ها",
  "keys.group.people": "همکاران",
  "keys.group.look": "ظاهر و زبان",
  "keys.go": "رفتن به {place}",
  "keys.unnamed": "بازدیدکننده",
};
