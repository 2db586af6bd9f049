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
STAFF: tuple[Person, ...] = (
    Person("admin", "Olena Admin", "administrator", "en", {}, ()),
    Person("supervisor", "مینا رضایی", "supervisor", "fa", {}, ()),
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
