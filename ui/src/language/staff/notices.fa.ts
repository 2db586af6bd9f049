import type { Catalogue } from "../catalogue";
import type { NoticesText } from "./notices.en";

export const fa: Catalogue<NoticesText> = {
  "notices.title": "خبرها",
  "notices.bell": { one: "خبرها، {n} نخوانده", other: "خبرها، {n} نخوانده" },
  "notices.none": "خبری نیست. هرچه به شما مربوط شود همین‌جا می‌آید.",
  "notices.read_all": "همه خوانده شد",
  "notices.all": "دیدن همه",
  "notices.settings": "تنظیم",
  "notices.allow_desktop": "نمایش روی صفحه",
  "notices.denied": "مرورگر نمایش خبر روی صفحه را بسته است.",
  "notices.loading": "در حال آوردن…",
  "notices.failed": "خبرها نیامدند.",
  "notices.retry": "دوباره",
  "notices.unread": "نخوانده",
};
