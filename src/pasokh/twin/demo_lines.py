"""What demo customers and agents write: short natural talks in Persian, Ukrainian and English.

A talk is lines by turns, the customer first. Nothing here is a real person, order or company.
"""

LANGUAGES = ("fa", "uk", "en")

NAMES = {
    "fa": ("سارا محمدی", "علی رضایی", "مریم کریمی", "حسین احمدی", "نگار صادقی", "رضا موسوی", "الهام جعفری"),
    "uk": (
        "Олена Коваль", "Андрій Мельник", "Марія Шевченко", "Тарас Бондар", "Ірина Ткачук", "Богдан Лисенко",
        "Софія Гончар", "Юрій Савчук",
    ),
    "en": (
        "Emma Clarke", "Daniel Reed", "Grace Turner", "Oliver Hughes", "Hannah Price", "Liam Foster", "Chloe Ward",
        "Noah Bennett",
    ),
}  # fmt: skip

TALKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "fa": (
        (
            "سلام، سفارشم هنوز نرسیده. کی می‌رسه؟",
            "سلام، وقت‌تون بخیر. شماره‌ی سفارش رو لطف می‌کنید؟",
            "۴۸۲۱۷",
            "ممنون. بسته امروز صبح به پیک تحویل شده و تا ساعت ۶ عصر می‌رسه.",
            "عالیه، خیلی ممنون.",
            "خواهش می‌کنم. کار دیگه‌ای هست که انجام بدم؟",
            "نه، مرسی. روز خوش.",
        ),
        (
            "سلام. سایز کفش اشتباه اومده، چطور عوضش کنم؟",
            "سلام. بابت اشتباه عذر می‌خوام. سایز درست چنده؟",
            "۴۱ می‌خوام، ۳۹ فرستادید.",
            "درخواست تعویض رو ثبت کردم. فردا پیک سایز ۴۱ رو میاره و همون‌جا قبلی رو می‌گیره.",
            "هزینه‌ای هم داره؟",
            "نه، هزینه‌ی ارسال با ماست.",
            "دست‌تون درد نکنه.",
        ),
        (
            "پول از حسابم کم شد ولی سفارش ثبت نشد!",
            "سلام، نگران نباشید، همین الان بررسی می‌کنم. چهار رقم آخر کارت؟",
            "۶۶۰۲",
            "دیدم. تراکنش ناموفق بوده و مبلغ حداکثر تا ۷۲ ساعت به کارت‌تون برمی‌گرده.",
            "باشه، اگه برنگشت چی؟",
            "یه پرونده براتون باز کردم و خودم پیگیری می‌کنم. پس‌فردا بهتون خبر می‌دم.",
            "ممنونم.",
        ),
        (
            "سلام، ساعت کاری فروشگاه حضوری رو می‌خواستم.",
            "سلام. شنبه تا پنج‌شنبه از ۹ صبح تا ۹ شب، جمعه‌ها از ۴ عصر.",
            "ممنون، همین بود.",
        ),
    ),
    "uk": (
        (
            "Добрий день! Моє замовлення ще не прийшло. Коли чекати?",
            "Вітаю! Підкажіть, будь ласка, номер замовлення.",
            "48217",
            "Дякую. Посилка вже у відділенні, повідомлення прийде протягом години.",
            "Чудово, дякую!",
            "Радо допомогла. Є ще запитання?",
            "Ні, це все. Гарного дня!",
        ),
        (
            "Вітаю, надіслали не той розмір. Як обміняти?",
            "Добрий день! Перепрошую за помилку. Який розмір потрібен?",
            "Потрібен 41, а прийшов 39.",
            "Оформила обмін. Кур'єр завтра привезе 41 і забере 39.",
            "Скільки це коштує?",
            "Нічого, доставка за наш рахунок.",
            "Супер, дякую.",
        ),
        (
            "Гроші списали, а замовлення немає!",
            "Зараз перевірю. Назвіть, будь ласка, останні чотири цифри картки.",
            "6602",
            "Бачу: оплата не пройшла, банк поверне кошти до трьох днів.",
            "А якщо не поверне?",
            "Я створила звернення і сама за ним стежу. Напишу вам післязавтра.",
            "Добре, дякую за турботу.",
        ),
        (
            "Добрий день, до котрої ви працюєте в суботу?",
            "Вітаю! У суботу з 10:00 до 18:00.",
            "Дякую!",
        ),
    ),
    "en": (
        (
            "Hi, my order still hasn't arrived. When will it?",
            "Hello! Could you give me the order number, please?",
            "48217",
            "Thank you. It left with the courier this morning and arrives by 6 pm.",
            "Great, thanks a lot.",
            "You're welcome. Anything else I can do?",
            "No, that's all. Have a nice day!",
        ),
        (
            "Hello, you sent me the wrong size. How do I exchange it?",
            "I'm sorry about that. Which size do you need?",
            "I need 41, I got 39.",
            "I've booked the exchange: the courier brings 41 tomorrow and takes 39 back.",
            "Does it cost anything?",
            "No, shipping is on us.",
            "Perfect, thank you.",
        ),
        (
            "I was charged but there is no order!",
            "Let me check right away. What are the last four digits of the card?",
            "6602",
            "I see it: the payment failed, and your bank returns the money within three days.",
            "And if it doesn't?",
            "I've opened a case and follow it myself. You'll hear from me the day after tomorrow.",
            "All right, thank you.",
        ),
        (
            "Hi, what are your opening hours on Saturday?",
            "Hello! On Saturdays we're open from 10 to 6.",
            "Thanks!",
        ),
    ),
}

REPLIES = {
    "fa": (
        "سلام! من کارشناس نمایشی‌ام؛ پیام‌تون رسید.",
        "متوجه شدم. لطفاً کمی بیشتر توضیح بدید.",
        "یادداشت کردم. چیز دیگه‌ای هم هست؟",
        "ممنون که پیام دادید.",
    ),
    "uk": (
        "Вітаю! Я демонстраційний оператор, ваше повідомлення отримала.",
        "Зрозуміла. Розкажіть, будь ласка, трохи більше.",
        "Занотувала. Є ще запитання?",
        "Дякую, що написали.",
    ),
    "en": (
        "Hello! I'm a demo agent, and I got your message.",
        "I see. Could you tell me a little more?",
        "Noted. Is there anything else?",
        "Thank you for writing.",
    ),
}
"""What a demo agent answers to someone who is no demo customer."""

LATER = {
    "fa": "لطفاً جواب رو ایمیل کنید، نمی‌تونم بیشتر منتظر بمونم.",
    "uk": "Напишіть, будь ласка, на пошту, не можу більше чекати.",
    "en": "Please answer by e-mail, I can't wait any longer.",
}
"""What a waiting demo customer leaves as a message."""

ANSWERS = {
    "fa": "سلام، پیام‌تون رو دیدم و پیگیری کردم. نتیجه رو همین‌جا می‌فرستم.",
    "uk": "Добрий день! Ваше повідомлення опрацьовано, результат надішлю сюди.",
    "en": "Hello, I have read your message and looked into it. I'll send the result here.",
}
"""What a demo agent answers to a message left."""
