import type { Catalogue } from "../catalogue";
import type { NoticesText } from "./notices.en";

export const uk: Catalogue<NoticesText> = {
  "notices.title": "Сповіщення",
  "notices.bell": {
    one: "Сповіщення, {n} непрочитане",
    few: "Сповіщення, {n} непрочитані",
    many: "Сповіщення, {n} непрочитаних",
    other: "Сповіщення, {n} непрочитаного",
  },
  "notices.none": "Сповіщень немає. Тут з’явиться все, що стосується вас.",
  "notices.read_all": "Прочитати всі",
  "notices.all": "Переглянути всі",
  "notices.settings": "Налаштування",
  "notices.allow_desktop": "Показувати на екрані",
  "notices.denied": "Браузер заборонив сповіщення на екрані.",
  "notices.loading": "Завантаження…",
  "notices.failed": "Не вдалося завантажити сповіщення.",
  "notices.retry": "Спробувати ще раз",
  "notices.unread": "непрочитане",
};
