"""What a centre under load is furnished with. Import it once Django is set up: the office's models are loaded here."""

from benchmarks.busy_names import AGENT, ORG, PASSWORD, QUEUE, WIDGET

from pasokh.acd.model import Capacity, QueueConfig, Requirement
from pasokh.office import demo, demo_people
from pasokh.office.people.actions import PersonDraft, do_create_user
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.vocabulary.actions import do_save_skill
from pasokh.office.widgets.actions import do_save_widget


def furnish(url: str, agents: int) -> list[str]:
    """The demonstration organisation with so many more agents, a queue of the browser's own, a widget of the load."""
    names = {"fa": "سنجش", "uk": "Вимір", "en": "Measuring"}
    demo.do_create_demo()
    with organisation_scope(ORG):
        do_save_skill("system", QUEUE, names)
        do_publish_queue(
            "system",
            QueueConfig(QUEUE, names, requires=(Requirement(QUEUE, 1),), ring_ms=3_600_000, wrap_up_ms=0),
        )
        do_save_widget("system", demo_people.WIDGET, QUEUE, origins=[url], title=names)
        do_save_widget("system", WIDGET, "support", origins=[url], title=names)
        do_create_user(
            "system", AGENT, PASSWORD, PersonDraft("Mina Bench", "agent", "en", True, True, {QUEUE: 90}, (QUEUE,))
        )
        made = []
        for n in range(agents):
            language = ("fa", "uk", "en")[n % 3]
            skills = {"support": 80, "sales": 60, "billing": 60, f"lang-{language}": 100}
            draft = PersonDraft(
                f"Agent {n}", "agent", language, True, True, skills, ("support", "sales", "billing"),
                Capacity(1, 2, 5), language,
            )  # fmt: skip
            made.append(do_create_user("system", f"load{n:03}", None, draft).username)
    return made
