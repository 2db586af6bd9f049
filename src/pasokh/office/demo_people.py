"""Who works in the demonstration. Plain data, so that the command line can print it without Django."""

from typing import NamedTuple

ORGANISATION = "demo"
PASSWORD = "pasokh-demo"  # noqa: S105 - printed on every start of the demonstration
WIDGET = "demo-shop"


class Person(NamedTuple):
    """A person of the demonstration. `skills` are key → level."""

    username: str
    name: str
    role: str
    language: str
    skills: dict[str, int]
    queues: tuple[str, ...]


ALL = ("sales", "support", "billing")
HELPS_FLORIST = ("agent1", "agent3", "agent5")
"""Who of the staff serves the second client too."""
STAFF: tuple[Person, ...] = (
    Person("admin", "Olena Admin", "administrator", "en", {}, ()),
    Person(
        "supervisor", "مینا رضایی", "supervisor", "fa", {"support": 75, "lang-fa": 100, "lang-en": 60}, ("support",)
    ),
    Person("agent1", "سارا محمدی", "agent", "fa", {"support": 90, "sales": 60, "lang-fa": 100, "lang-en": 60}, ALL),
    Person(
        "agent2", "علی کاظمی", "agent", "fa", {"support": 70, "billing": 80, "lang-fa": 100}, ("support", "billing")
    ),
    Person(
        "agent3", "Оксана Бондаренко", "agent", "uk", {"support": 85, "sales": 70, "lang-uk": 100, "lang-en": 50}, ALL
    ),
    Person(
        "agent4", "Тарас Шевченко", "agent", "uk", {"sales": 90, "billing": 60, "lang-uk": 100}, ("sales", "billing")
    ),
    Person("agent5", "Emma Clarke", "agent", "en", {"support": 80, "billing": 75, "lang-en": 100}, ALL),
    Person("agent6", "James Wood", "agent", "en", {"sales": 80, "support": 65, "lang-en": 100}, ("sales", "support")),
)
"""People who sign in, all with the same password."""

_NAMES = (
    "رضا احمدی", "مریم حسینی", "نیلوفر کریمی", "امیر تهرانی", "زهرا موسوی",
    "Ірина Мельник", "Андрій Коваль", "Наталя Ткаченко", "Юлія Кравець", "Богдан Лисенко",
    "Grace Hill", "Oliver Stone", "Chloe Reed", "Daniel Fox",
)  # fmt: skip
_LANGUAGES = ("fa",) * 5 + ("uk",) * 5 + ("en",) * 4
_LEVELS = ({"support": 80, "sales": 50}, {"sales": 85, "billing": 55}, {"billing": 90, "support": 60})

TRAFFIC: tuple[Person, ...] = tuple(
    Person(
        f"traffic{n:02}",
        name,
        "agent",
        language,
        {**_LEVELS[n % 3], f"lang-{language}": 100},
        tuple(sorted(_LEVELS[n % 3])),
    )
    for n, (name, language) in enumerate(zip(_NAMES, _LANGUAGES, strict=True), 1)
)
"""Agents whom the drawn traffic plays; nobody can sign in as one."""

LEAD = Person("traffic-lead", "پریسا امینی", "supervisor", "fa", {}, ())
"""A supervisor whom the drawn traffic plays: answers drawn agents' questions, reads along."""


class Customer(NamedTuple):
    """Somebody who comes again and again. Addresses are of the ranges kept for examples (RFC 2606, Ofcom)."""

    key: str
    name: str
    language: str
    address: str
    needs: str = ""
    vip: str = ""
    notes: str = ""


CUSTOMERS: tuple[Customer, ...] = (
    Customer("c-1001", "آرش کریمی", "fa", "arash@example.com", vip="gold"),
    Customer("c-1002", "شیرین دانشور", "fa", "shirin@example.com", "کم‌شنوا؛ فقط نوشتاری"),
    Customer("c-1003", "نیما رستمی", "fa", "nima@example.net"),
    Customer("c-1004", "لیلا حسینی", "fa", "leila@example.org", vip="silver"),
    Customer("c-1005", "پویا صادقی", "fa", "pouya@example.com", notes="همیشه عصرها در خانه است."),
    Customer("c-1006", "ژاله نوری", "fa", "jaleh@example.net", "نابینا؛ صفحه‌خوان دارد", "vip"),
    Customer("c-1007", "کاوه رضایی", "fa", "kaveh@example.org"),
    Customer("c-1008", "Олена Коваль", "uk", "olena@example.com", vip="gold"),
    Customer("c-1009", "Тарас Мельник", "uk", "taras@example.net"),
    Customer("c-1010", "Ґанна Шевчук", "uk", "hanna@example.org", "Погано чує: лише текст"),
    Customer("c-1011", "Юрій Їжак", "uk", "yurii@example.com", notes="Просить дзвонити після шостої."),
    Customer("c-1012", "Alice Brown", "en", "+447700900101", vip="vip"),
    Customer("c-1013", "Tom Fisher", "en", "+447700900102"),
    Customer("c-1014", "Nina Scott", "en", "nina@example.com", "Wheelchair: deliver to the door"),
    Customer("c-1015", "Peter Hall", "en", "+447700900104"),
    Customer("c-1016", "Liam Young", "en", "liam@example.net", vip="silver", notes="Prefers short answers."),
)
