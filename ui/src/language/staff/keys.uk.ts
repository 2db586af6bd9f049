import type { Catalogue } from "../catalogue";
import type { KeysText } from "./keys.en";

export const uk: Catalogue<KeysText> = {
  "keys.palette": "Палітра команд",
  "keys.search": "Перейти, знайти, зробити…",
  "keys.none": "За запитом «{text}» нічого не знайдено.",
  "keys.results": { one: "{n} результат", few: "{n} результати", many: "{n} результатів", other: "{n} результату" },
  "keys.searching": "Шукаємо…",
  "keys.unreachable": "Пошук недоступний; команди працюють далі.",
  "keys.hint": "Стрілки вибирають, Enter виконує, Esc закриває",
  "keys.sheet": "Клавіатурні скорочення",
  "keys.single": "Скорочення з однієї клавіші (поза полями)",
  "keys.then": "потім",
  "keys.close": "Закрити",
  "keys.group.everywhere": "Усюди",
  "keys.group.pages": "Сторінки",
  "keys.group.here": "Команди тут",
  "keys.group.contacts": "Звернення",
  "keys.group.people": "Люди",
  "keys.group.look": "Вигляд і мова",
  "keys.go": "Перейти: {place}",
  "keys.unnamed": "Відвідувач",
};
