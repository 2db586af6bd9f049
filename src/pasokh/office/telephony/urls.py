"""Addresses of telephony."""

from django.urls import path

from pasokh.office.setup.named import addresses
from pasokh.office.telephony import dial_views, flow_api, flow_views, prompt_views, station_views
from pasokh.office.telephony.kinds import NUMBERS, TRUNKS

_FLOW = "setup/flows/<str:flow>/"
_STATION = "setup/telephones/<str:station>/"
_PROMPT = "setup/prompts/<str:prompt>/"

urlpatterns = [
    *addresses(NUMBERS, "setup/numbers/"),
    *addresses(TRUNKS, "setup/trunks/"),
    path("setup/flows/", flow_views.flows_page, name="flows"),
    path("setup/flows/new/", flow_views.new_flow_page, name="flow_new"),
    path(_FLOW, flow_views.flow_page, name="flow"),
    path(f"{_FLOW}archive/", flow_views.archive_page, name="flow_archive"),
    path(f"{_FLOW}restore/", flow_views.restore_page, name="flow_restore"),
    path(f"{_FLOW}versions/", flow_views.versions_page, name="flow_versions"),
    path(f"{_FLOW}versions/<str:version>/return/", flow_views.return_page, name="flow_return"),
    path(f"{_FLOW}check/", flow_api.check_page, name="flow_check"),
    path(f"{_FLOW}changes/", flow_api.changes_page, name="flow_changes"),
    path(f"{_FLOW}save/", flow_api.save_page, name="flow_save"),
    path(f"{_FLOW}publish/", flow_api.publish_page, name="flow_publish"),
    path(f"{_FLOW}try/", flow_api.try_page, name="flow_try"),
    path(f"{_FLOW}write/", flow_api.write_page, name="flow_write"),
    path(f"{_FLOW}read/", flow_api.read_page, name="flow_read"),
    path(f"{_FLOW}export/", flow_api.export_page, name="flow_export"),
    path("setup/voice/listen/", flow_api.listen_page, name="voice_listen"),
    path("setup/voice/<str:spoken>/<str:name>.wav", prompt_views.voice_page, name="voice_sound"),
    path("setup/prompts/", prompt_views.prompts_page, name="prompts"),
    path("setup/prompts/new/", prompt_views.prompt_page, name="prompt_new"),
    path(_PROMPT, prompt_views.prompt_page, name="prompt"),
    path(f"{_PROMPT}remove/", prompt_views.remove_page, name="prompt_remove"),
    path(f"{_PROMPT}<str:spoken>/", prompt_views.upload_page, name="prompt_upload"),
    path(f"{_PROMPT}<str:spoken>/forget/", prompt_views.forget_page, name="prompt_forget"),
    path(f"{_PROMPT}<str:spoken>/sound/", prompt_views.sound_page, name="prompt_sound"),
    path("setup/telephones/", station_views.stations_page, name="stations"),
    path("setup/telephones/new/", station_views.station_page, name="station_new"),
    path(_STATION, station_views.station_page, name="station"),
    path(f"{_STATION}choose/", station_views.choose_page, name="station_choose"),
    path(f"{_STATION}password/", station_views.password_page, name="station_password"),
    path(f"{_STATION}remove/", station_views.remove_page, name="station_remove"),
    path("setup/dial/", dial_views.dial_page, name="dial_policy"),
    path("setup/blocked/", dial_views.blocked_page, name="blocked_callers"),
    path("setup/blocked/lift/", dial_views.lift_page, name="blocked_lift"),
]
