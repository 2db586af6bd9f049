"""People who look at figures, and what they keep."""

from tests.security.browser import signed_in as a_browser_of

from pasokh.office.figure_alerts.models import AlertRing, AlertRule
from pasokh.office.figures.actions import do_choose_view, do_save_view
from pasokh.office.figures.models import Report, ReportRun
from pasokh.office.people.models import User
from pasokh.office.post.models import Mail, MailFile


def signed_in(username, language="en"):
    """A browser of somebody who signed in and reads this language."""
    browser = a_browser_of(username, headers={"accept-language": language})
    browser.cookies["pasokh_language"] = language
    return browser


def furnish_figures(org):
    """A kept view of the agent's, a report of the supervisor's that went out once, a file that waits to go."""
    boss, agent = (User.objects.get(username=f"{org}-{role}") for role in ("supervisor", "agent"))
    view = do_save_view(agent, f"{org} view", "kpi=queue.entered&period=today&by=queue")
    do_choose_view(agent, view.pk, "board", wanted=True)
    report = Report.objects.create(
        organisation_id=org, owner=boss, name=f"{org} report", query=view.query, rhythm="daily", minute=480,
        people=[boss.username], is_paused=True,
    )  # fmt: skip
    ReportRun.objects.create(organisation_id=org, report=report, due_at=1, made_at=1, mails=1)
    rule = AlertRule.objects.get()
    AlertRing.objects.create(organisation_id=org, rule=rule, began_at=1, ended_at=2, side="above", value=400_000.0)
    mail = Mail.objects.get(key=f"{org}-test")
    MailFile.objects.create(organisation_id=org, mail=mail, name=f"{org}.txt", media_type="text/plain", content=b"x")
