"""Every address of the office."""

from django.urls import include, path

from pasokh.office import pages
from pasokh.office.api import api

urlpatterns = [
    path("", pages.home, name="home"),
    path("", include("pasokh.office.account.urls")),
    path("", include("pasokh.office.people.urls")),
    path("", include("pasokh.office.desk.urls")),
    path("", include("pasokh.office.voice_quality.urls")),
    path("", include("pasokh.office.crm.urls")),
    path("", include("pasokh.office.follow_ups.urls")),
    path("", include("pasokh.office.day.urls")),
    path("", include("pasokh.office.policy.urls")),
    path("", include("pasokh.office.hours.urls")),
    path("", include("pasokh.office.welcome.urls")),
    path("", include("pasokh.office.supervise.urls")),
    path("", include("pasokh.office.watch.urls")),
    path("", include("pasokh.office.figures.urls")),
    path("", include("pasokh.office.figures_analysis.urls")),
    path("", include("pasokh.office.figure_alerts.urls")),
    path("", include("pasokh.office.goals.urls")),
    path("", include("pasokh.office.figures_import.urls")),
    path("", include("pasokh.office.setup.urls")),
    path("", include("pasokh.office.vocabulary.urls")),
    path("", include("pasokh.office.pauses.urls")),
    path("", include("pasokh.office.widgets.urls")),
    path("", include("pasokh.office.telephony.urls")),
    path("", include("pasokh.office.canned.urls")),
    path("", include("pasokh.office.exchange.urls")),
    path("", include("pasokh.office.audit.urls")),
    path("", include("pasokh.office.post.urls")),
    path("", include("pasokh.office.files.urls")),
    path("", include("pasokh.office.notices.urls")),
    path("", include("pasokh.office.recordings.urls")),
    path("", include("pasokh.office.styleguide.urls")),
    path("api/v1/", api.urls),
]

handler400 = pages.malformed
handler403 = pages.forbidden
handler404 = pages.unknown
handler500 = pages.failed
