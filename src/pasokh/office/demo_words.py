"""What the demonstration's people can choose from: skills, teams, outcomes, reasons, canned answers. Plain data."""

from typing import NamedTuple

type Names = dict[str, str]
"""Language → name."""

SHOP: Names = {"fa": "فروشگاه نمونه", "uk": "Демо-крамниця", "en": "Demo shop"}
FLORIST = "golbarg"
"""The second client, with a brand, a queue and a widget of its own."""
FLORIST_NAME: Names = {"fa": "گل‌فروشی گلبرگ", "uk": "Квіти «Гольбарг»", "en": "Golbarg Flowers"}
FLORIST_GREETING: Names = {
    "fa": "سلام! برای چه کسی گل می‌فرستیم؟",
    "uk": "Вітаємо! Кому надіслати квіти?",
    "en": "Hello! Who shall we send flowers to?",
}
FLORIST_ANSWERED: Names = {
    "fa": "گل‌فروشی گلبرگ، بفرمایید.",
    "uk": "Квіти «Гольбарг», слухаю вас.",
    "en": "Golbarg Flowers, how can I help?",
}
"""What agents answer its calls with."""
SHOP_GREETING: Names = {
    "fa": "سلام! چه کمکی از ما برمی‌آید؟",
    "uk": "Вітаємо! Чим допомогти?",
    "en": "Hello! How can we help?",
}
ALWAYS: Names = {"fa": "شبانه‌روزی", "uk": "Цілодобово", "en": "Around the clock"}
OFFICE_HOURS: Names = {"fa": "ساعت کاری اداری", "uk": "Робочі години офісу", "en": "Office hours"}
CARRIER: Names = {"fa": "خط همین دستگاه", "uk": "Лінія цієї машини", "en": "This very machine"}
FLOWS: dict[str, Names] = {
    "shop": {"fa": "تلفن فروشگاه", "uk": "Телефон крамниці", "en": "The shop's telephone"},
    "line-uk": {"fa": "خط اوکراینی", "uk": "Українська лінія", "en": "The Ukrainian line"},
    "florist": {"fa": "تلفن گل‌فروشی", "uk": "Телефон квіткарні", "en": "The florist's telephone"},
    "how-was-it": {"fa": "نظرسنجی پس از تماس", "uk": "Опитування після дзвінка", "en": "The survey after a call"},
}
"""Flow → name."""

SKILLS: dict[str, Names] = {
    "sales": {"fa": "فروش", "uk": "Продажі", "en": "Sales"},
    "support": {"fa": "پشتیبانی", "uk": "Підтримка", "en": "Support"},
    "billing": {"fa": "امور مالی", "uk": "Оплата", "en": "Billing"},
    "lang-fa": {"fa": "فارسی", "uk": "Перська", "en": "Persian"},
    "lang-uk": {"fa": "اوکراینی", "uk": "Українська", "en": "Ukrainian"},
    "lang-en": {"fa": "انگلیسی", "uk": "Англійська", "en": "English"},
}
TEAMS: dict[str, Names] = {
    "fa": {"fa": "گروه فارسی", "uk": "Перська команда", "en": "Persian team"},
    "uk": {"fa": "گروه اوکراینی", "uk": "Українська команда", "en": "Ukrainian team"},
    "en": {"fa": "گروه انگلیسی", "uk": "Англійська команда", "en": "English team"},
}
NEEDS_FOLLOW_UP = "follow_up"
OUTCOMES: dict[str, Names] = {
    "solved": {"fa": "حل شد", "uk": "Вирішено", "en": "Solved"},
    "follow_up": {"fa": "پیگیری لازم است", "uk": "Потрібне продовження", "en": "Follow-up needed"},
    "sold": {"fa": "فروش انجام شد", "uk": "Продано", "en": "Sold"},
    "not_sold": {"fa": "فروش نشد", "uk": "Не продано", "en": "Not sold"},
    "paid": {"fa": "پرداخت شد", "uk": "Сплачено", "en": "Paid"},
    "refund": {"fa": "بازپرداخت", "uk": "Повернення коштів", "en": "Refund"},
    "complaint": {"fa": "شکایت", "uk": "Скарга", "en": "Complaint"},
    "wrong": {"fa": "اشتباه تماس گرفته بود", "uk": "Помилкове звернення", "en": "Wrong address"},
}


class Why(NamedTuple):
    """A reason: where it hangs, and the seconds it usually takes (None = as the one above says)."""

    key: str
    names: Names
    under: str = ""
    low: int | None = None
    high: int | None = None


REASONS: tuple[Why, ...] = (
    Why("order", {"fa": "سفارش", "uk": "Замовлення", "en": "Order"}, "", 30, 300),
    Why("order.where", {"fa": "سفارش کجاست؟", "uk": "Де замовлення?", "en": "Where is it?"}, "order", 20, 180),
    Why("order.change", {"fa": "تغییر نشانی یا کالا", "uk": "Зміна адреси чи товару", "en": "Change it"}, "order"),
    Why("order.cancel", {"fa": "لغو سفارش", "uk": "Скасування", "en": "Cancel it"}, "order"),
    Why("goods", {"fa": "کالا", "uk": "Товар", "en": "Goods"}, "", 30, 420),
    Why(
        "goods.damaged", {"fa": "آسیب‌دیده رسید", "uk": "Прийшов пошкоджений", "en": "Arrived damaged"}, "goods", 60, 600
    ),
    Why("goods.advice", {"fa": "راهنمایی پیش از خرید", "uk": "Порада перед покупкою", "en": "Advice"}, "goods"),
    Why("money", {"fa": "پول", "uk": "Гроші", "en": "Money"}, "", 45, 480),
    Why("money.twice", {"fa": "دو بار کم شده", "uk": "Знято двічі", "en": "Charged twice"}, "money"),
    Why("money.invoice", {"fa": "فاکتور", "uk": "Рахунок", "en": "Invoice"}, "money", 20, 240),
    Why("other", {"fa": "چیز دیگر", "uk": "Інше", "en": "Something else"}, "", 15, 240),
)
"""Parents before their children."""
LEAVES: tuple[str, ...] = tuple(why.key for why in REASONS if not any(other.under == why.key for other in REASONS))
BRANCH_OF: dict[str, tuple[str, ...]] = {
    "sales": ("goods.advice", "order.change", "order.cancel", "other"),
    "support": ("order.where", "order.change", "order.cancel", "goods.damaged", "goods.advice", "other"),
    "billing": ("money.twice", "money.invoice", "order.cancel", "other"),
    FLORIST: ("order.where", "order.change", "goods.damaged", "goods.advice", "other"),
}
"""Queue → the reasons it asks for."""


class Canned(NamedTuple):
    """A canned answer; `queue` or nothing = for everyone."""

    shortcut: str
    title: str
    texts: Names
    tags: tuple[str, ...] = ()
    queue: str = ""


ANSWERS: tuple[Canned, ...] = (
    Canned("hello", "Greeting · سلام · Вітання", {
        "fa": "سلام {customer}، وقت‌تان به‌خیر. من {agent} هستم؛ همین حالا بررسی می‌کنم.",
        "uk": "Вітаю, {customer}! Мене звати {agent}, зараз перевірю.",
        "en": "Hello {customer}, this is {agent}. Let me look into it.",
    }, ("start",)),
    Canned("number", "Order number · شمارهٔ سفارش · Номер", {
        "fa": "شمارهٔ سفارش را لطف می‌کنید؟ در پیامک تأیید نوشته شده است.",
        "uk": "Підкажіть, будь ласка, номер замовлення: він є в SMS.",
        "en": "Could you give me the order number, please? It is in the confirmation.",
    }, ("order",)),
    Canned("wait", "One moment · چند لحظه · Хвилинку", {
        "fa": "لطفاً چند لحظه صبر کنید، از انبار می‌پرسم.",
        "uk": "Зачекайте хвилинку, будь ласка, запитаю склад.",
        "en": "One moment please, I am asking the warehouse.",
    }),
    Canned("tomorrow", "Arrives tomorrow · فردا می‌رسد · Буде завтра", {
        "fa": "ثبت شد؛ سفارش {order} تا فردا ظهر به دست‌تان می‌رسد.",
        "uk": "Готово: замовлення {order} завтра до обіду буде у вас.",
        "en": "Done: order {order} will be with you by noon tomorrow.",
    }, ("order", "delivery")),
    Canned("address", "Change of address · تغییر نشانی · Зміна адреси", {
        "fa": "نشانی تازه را با کدپستی بنویسید تا همین حالا عوض کنم.",
        "uk": "Напишіть нову адресу з індексом, і я одразу зміню.",
        "en": "Please write the new address with its postcode and I will change it at once.",
    }, ("order", "delivery")),
    Canned("photo", "Ask for a picture · عکس بفرستید · Фото", {
        "fa": "متأسفم! لطفاً عکسی از کالا بفرستید تا سریع رسیدگی کنیم.",
        "uk": "Мені дуже прикро! Надішліть, будь ласка, фото товару.",
        "en": "I am sorry! Please send a picture of it, so that we can act quickly.",
    }, ("goods",)),
    Canned("replace", "Replacement · تعویض · Заміна", {
        "fa": "یکی دیگر امروز فرستاده می‌شود؛ قبلی را به پیک بدهید.",
        "uk": "Сьогодні надішлемо інший; пошкоджений віддайте кур’єрові.",
        "en": "A new one leaves today; please give the damaged one to the courier.",
    }, ("goods",)),
    Canned("return", "How to return · بازگرداندن · Повернення", {
        "fa": "تا هفت روز می‌توانید بازگردانید: بستهٔ اصلی و فاکتور کافی است.",
        "uk": "Повернути можна впродовж 14 днів: потрібні пакування і чек.",
        "en": "You may return it within 14 days, in its box and with the receipt.",
    }, ("goods", "money")),
    Canned("refund", "Refund · بازپرداخت · Повернення коштів", {
        "fa": "مبلغ اضافه تا ۷۲ ساعت به همان کارت برمی‌گردد.",
        "uk": "Зайві гроші повернуться на ту саму картку за 72 години.",
        "en": "What was charged too much comes back to the same card within 72 hours.",
    }, ("money",), "billing"),
    Canned("invoice", "Invoice · فاکتور · Рахунок", {
        "fa": "فاکتور {order} را به ایمیل‌تان فرستادم.",
        "uk": "Рахунок {order} надіслано на вашу пошту.",
        "en": "The invoice of {order} is on its way to your mailbox.",
    }, ("money",), "billing"),
    Canned("flowers", "Flower card · کارت گل · Листівка", {
        "fa": "روی کارت چه بنویسیم؟ تا ۲۰۰ نویسه جا دارد.",
        "uk": "Що написати на листівці? Вміститься 200 знаків.",
        "en": "What shall the card say? There is room for 200 letters.",
    }, ("flowers",), FLORIST),
    Canned("call", "We call back · تماس می‌گیریم · Передзвонимо", {
        "fa": "تا ساعتی دیگر خودمان با شما تماس می‌گیریم.",
        "uk": "Ми самі зателефонуємо вам упродовж години.",
        "en": "We will call you ourselves within the hour.",
    }, ("promise",)),
    Canned("anything", "Anything else · کار دیگر · Ще щось", {
        "fa": "انجام شد. کار دیگری هست؟",
        "uk": "Зроблено. Чи можу ще чимось допомогти?",
        "en": "All set. Is there anything else?",
    }, ("end",)),
    Canned("bye", "Goodbye · خداحافظ · До побачення", {
        "fa": "سپاس که به {organisation} پیام دادید؛ روز خوبی داشته باشید!",
        "uk": "Дякуємо, що звернулися до «{organisation}». Гарного дня!",
        "en": "Thank you for writing to {organisation}. Have a good day!",
    }, ("end",)),
)  # fmt: skip


class Pause(NamedTuple):
    """A planned break of a team: minutes after midnight, on every day."""

    team: str
    begins: int
    ends: int
    name: str


BREAKS: tuple[Pause, ...] = (
    Pause("fa", 10 * 60 + 30, 10 * 60 + 45, "چای"),
    Pause("fa", 13 * 60, 13 * 60 + 45, "ناهار و نماز"),
    Pause("uk", 11 * 60, 11 * 60 + 15, "Кава"),
    Pause("uk", 14 * 60, 14 * 60 + 45, "Обід"),
    Pause("en", 12 * 60 + 30, 13 * 60 + 15, "Lunch"),
    Pause("en", 16 * 60, 16 * 60 + 15, "Tea"),
)
