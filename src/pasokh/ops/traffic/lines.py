"""What drawn customers and agents say, in the three languages."""

NAMES: dict[str, tuple[str, ...]] = {
    "fa": (
        "بهار صبوری",
        "مهدی فرهمند",
        "الهام یوسفی",
        "سینا کاویانی",
        "نرگس شریفی",
        "حامد ابراهیمی",
        "یاسمن نجفی",
        "فرهاد وحیدی",
    ),
    "uk": ("Марія Савчук", "Павло Гнатюк", "Софія Романюк", "Остап Дзюба", "Лариса Олійник", "Євген Кравчук"),
    "en": ("Hannah Cole", "George Price", "Amelia Ward", "Ben Carter", "Ruby Shaw", "Oscar Lane"),
}
"""Of strangers; nobody known is called so."""
OPENINGS: dict[str, tuple[str, ...]] = {
    "fa": (
        "سلام، سفارشم هنوز نرسیده است. کی می‌رسد؟",
        "سلام، می‌خواهم نشانی تحویل را عوض کنم.",
        "مبلغ دو بار از حسابم کم شده است.",
        "کالایی که فرستادید سالم نیست.",
        "چطور می‌توانم خریدم را پس بدهم؟",
    ),
    "uk": (
        "Добрий день! Замовлення ще не прийшло. Коли чекати?",
        "Хочу змінити адресу доставки.",
        "З картки двічі зняли гроші.",
        "Товар прийшов пошкоджений, що робити?",
    ),
    "en": (
        "Hello, my order has not arrived yet. When will it?",
        "I would like to change the delivery address.",
        "I was charged twice for one order.",
        "The parcel arrived damaged.",
    ),
}
ANSWERS: dict[str, tuple[str, ...]] = {
    "fa": (
        "سلام، وقت‌تان به‌خیر. همین حالا بررسی می‌کنم.",
        "شمارهٔ سفارش را لطف می‌کنید؟",
        "ثبت شد؛ تا فردا ظهر به دست‌تان می‌رسد.",
        "درخواست شما انجام شد. کار دیگری هست؟",
    ),
    "uk": (
        "Вітаю! Зараз перевірю.",
        "Підкажіть, будь ласка, номер замовлення.",
        "Готово: завтра до обіду буде у вас.",
        "Зробила. Чи можу ще чимось допомогти?",
    ),
    "en": (
        "Hello! Let me look into it.",
        "Could you give me the order number, please?",
        "Done: it will be with you by noon tomorrow.",
        "All set. Is there anything else?",
    ),
}
REPLIES: dict[str, tuple[str, ...]] = {
    "fa": ("بله، ۴۸۲۱۹۰۳.", "خیلی ممنون.", "باشد، منتظرم.", "نه، همین بود. سپاس!"),
    "uk": ("Так, 4821903.", "Дуже дякую!", "Добре, чекаю.", "Ні, це все. Дякую!"),
    "en": ("Yes, 4821903.", "Thank you very much.", "Fine, I'll wait.", "No, that was all. Thanks!"),
}
PICTURES: dict[str, str] = {
    "fa": "این عکس همان بسته است.",
    "uk": "Ось фото посилки.",
    "en": "Here is a picture of the parcel.",
}
QUESTIONS: dict[str, str] = {
    "fa": "بیش از ۷ روز گذشته؛ می‌توانم بازگردانم؟",
    "uk": "Минуло понад 14 днів. Можна прийняти повернення?",
    "en": "It is past 14 days. May I take it back?",
}
ADVICE: dict[str, str] = {
    "fa": "بله، این بار بپذیرید و در یادداشت بنویسید.",
    "uk": "Так, цього разу приймай і запиши в нотатку.",
    "en": "Yes, take it back this time and say so in the note.",
}
NOTES: dict[str, str] = {
    "fa": "انبار را هم ببین لطفاً.",
    "uk": "Глянь, будь ласка, що на складі.",
    "en": "Please look at the stock too.",
}
PROMISES: dict[str, str] = {
    "fa": "نتیجهٔ انبار را خبر می‌دهم",
    "uk": "Повідомити, що відповів склад",
    "en": "Tell them what the warehouse says",
}
KEPT: dict[str, str] = {"fa": "خبر دادم", "uk": "Повідомлено", "en": "Told them"}
COMMENTS: dict[str, tuple[str, ...]] = {
    "fa": ("سریع و مهربان، سپاس.", "خوب بود.", "کمی طول کشید."),
    "uk": ("Швидко і привітно, дякую!", "Усе добре.", "Довгувато."),
    "en": ("Quick and friendly, thank you!", "Good.", "It took a while."),
}
