"""The reasons every organisation begins with. Pure."""

from typing import NamedTuple


class FirstPause(NamedTuple):
    """A reason as a new organisation finds it."""

    key: str
    names: dict[str, str]
    is_paid: bool


FIRST = (
    FirstPause("break", {"fa": "استراحت", "uk": "Перерва", "en": "Break"}, True),
    FirstPause("lunch", {"fa": "ناهار", "uk": "Обід", "en": "Lunch"}, False),
    FirstPause("prayer", {"fa": "نماز", "uk": "Молитва", "en": "Prayer"}, True),
    FirstPause("meeting", {"fa": "جلسه", "uk": "Нарада", "en": "Meeting"}, True),
    FirstPause("training", {"fa": "آموزش", "uk": "Навчання", "en": "Training"}, True),
    FirstPause("paperwork", {"fa": "کار دفتری", "uk": "Папери", "en": "Paperwork"}, True),
)
