"""Which modules of Asterisk are loaded: exactly what calls need, so that nothing else listens. Pure.

Asterisk loads no dependency by itself when `autoload` is off: every module's own needs stand here too.
"""

from typing import Final

from pasokh.telephony.config.ini import section, text
from pasokh.telephony.config.machine import Machine

STORAGE: Final = ("res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_timing_timerfd")
WEB: Final = ("res_http_websocket", "res_websocket_client")
MEDIA: Final = ("res_crypto", "res_srtp", "res_rtp_asterisk", "res_rtp_multicast", "res_musiconhold")
SIP: Final = (
    "res_pjproject",
    "res_pjsip",
    "res_pjsip_pubsub",
    "res_pjsip_session",
    "res_pjsip_sdp_rtp",
    "res_pjsip_transport_websocket",
    "res_pjsip_acl",
    "res_pjsip_authenticator_digest",
    "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_outbound_registration",
    "res_pjsip_registrar",
    # Not res_pjsip_endpoint_identifier_anonymous: nobody calls without a name.
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_nat",
    "res_pjsip_rfc3326",
    "res_pjsip_caller_id",
    "res_pjsip_diversion",
    "res_pjsip_dtmf_info",
    "res_pjsip_header_funcs",
    "res_pjsip_logger",
    "res_pjsip_path",
    "res_security_log",
    "chan_pjsip",
    "func_pjsip_endpoint",
    "func_pjsip_contact",
    "func_pjsip_aor",
)
DIALPLAN: Final = (
    "pbx_config",
    "app_chanspy",
    "func_cut",
    "func_groupcount",
    "func_uri",
    "func_periodic_hook",
    "app_dial",
    "app_exec",
    "app_playback",
    "app_playtones",
    "app_record",
    "app_stack",
    "app_verbose",
    "app_echo",
    "app_milliwatt",
    "func_callerid",
    "func_cdr",
    "func_channel",
    "func_dialplan",
    "func_env",
    "func_global",
    "func_hangupcause",
    "func_jitterbuffer",
    "func_logic",
    "func_strings",
    "func_talkdetect",
    "func_timeout",
)
BRIDGES: Final = (
    "bridge_builtin_features",
    "bridge_builtin_interval_features",
    "bridge_holding",
    "bridge_native_rtp",
    "bridge_simple",
    "bridge_softmix",
    "chan_bridge_media",
    "chan_rtp",
)
CODECS: Final = (
    "codec_alaw",
    "codec_ulaw",
    "codec_a_mu",
    "codec_g722",
    "codec_gsm",
    "codec_resample",
    "res_format_attr_opus",
    "res_format_attr_g729",
    "format_wav",
    "format_pcm",
    "format_sln",
    "format_gsm",
)
ARI: Final = (
    "res_stasis",
    "res_stasis_answer",
    "res_stasis_device_state",
    "res_stasis_playback",
    "res_stasis_recording",
    "res_stasis_snoop",
    "app_stasis",
    "res_ari",
    "res_ari_model",
    "res_ari_applications",
    "res_ari_asterisk",
    "res_ari_bridges",
    "res_ari_channels",
    "res_ari_device_states",
    "res_ari_endpoints",
    "res_ari_events",
    "res_ari_playbacks",
    "res_ari_recordings",
    "res_ari_sounds",
)
NEEDED: Final = (*STORAGE, *WEB, *MEDIA, *SIP, *DIALPLAN, *BRIDGES, *CODECS, *ARI)
"""Asterisk does not start without one of them: half a switch loses calls in ways that are found too late."""
USEFUL: Final = (
    "codec_opus_open_source",
    "codec_opus",
    "codec_speex",
    "chan_audiosocket",
    "res_audiosocket",
    "app_audiosocket",
    "chan_websocket",
    "res_prometheus",
)
"""Loaded where the build has them."""
CALL_RECORDS: Final = ("cdr_csv", "res_cdrel_custom", "cel_custom")


def modules_conf(machine: Machine, *, call_records: bool) -> str:
    """modules.conf."""
    wanted = [("require", name) for name in NEEDED]
    wanted += [("load", name) for name in USEFUL if name in machine.present]
    wanted += [("require", name) for name in CALL_RECORDS if call_records]
    return text([section("modules", [("autoload", False), *((how, f"{name}.so") for how, name in wanted)])])
