# ruff: noqa: E501 - lines as the systems write them
"""Small files of each kind of source, written as those systems write them; one day, 2026-11-21 in Tehran."""

import json

SAMPLES: dict[str, str] = {}

SAMPLES["asterisk-cdr"] = "\n".join((
    # rung in vain by 101, answered by 102, transferred to 103
    '"","989121111111","600","from-trunk","""A"" <989121111111>","PJSIP/trunk-00000001","PJSIP/101-00000002","Queue","support,t","2026-11-21 10:00:00",,"2026-11-21 10:00:15",15,0,"NO ANSWER","DOCUMENTATION","1795246200.1",""',
    '"","989121111111","600","from-trunk","""A"" <989121111111>","PJSIP/trunk-00000001","PJSIP/102-00000003","Queue","support,t","2026-11-21 10:00:16","2026-11-21 10:00:20","2026-11-21 10:01:20",64,60,"ANSWERED","DOCUMENTATION","1795246200.1",""',
    '"","989121111111","103","from-internal","""A"" <989121111111>","PJSIP/trunk-00000001","PJSIP/103-00000004","Dial","PJSIP/103","2026-11-21 10:01:20","2026-11-21 10:01:25","2026-11-21 10:02:05",45,40,"ANSWERED","DOCUMENTATION","1795246200.1",""',
    # gave up in the queue; nobody was rung
    '"","989122222222","600","from-trunk","b","PJSIP/trunk-00000005","","Queue","support,t","2026-11-21 11:00:00",,"2026-11-21 11:00:30",30,0,"NO ANSWER","DOCUMENTATION","1795249800.5",""',
    # out, and between two extensions
    '"","101","02188888888","from-internal","c","PJSIP/101-00000006","PJSIP/trunk-00000007","Dial","PJSIP/02188888888@trunk","2026-11-21 12:00:00","2026-11-21 12:00:05","2026-11-21 12:01:05",65,60,"ANSWERED","DOCUMENTATION","1795253400.6",""',
    '"","101","102","from-internal","d","PJSIP/101-00000008","PJSIP/102-00000009","Dial","PJSIP/102","2026-11-21 12:10:00","2026-11-21 12:10:05","2026-11-21 12:11:05",65,60,"ANSWERED","DOCUMENTATION","1795254000.8",""',
)) + "\n"  # fmt: skip


def _cel(*rows: str) -> str:
    """event, seconds after ten, exten, channel, app, data, unique, peer."""
    lines = ["eventtype,eventtime,cid_num,exten,channame,appname,appdata,uniqueid,linkedid,peer"]
    for each in rows:
        event, second, exten, channel, app, data, unique, linked, peer = (cell.strip() for cell in each.split("|"))
        at = 1_795_244_400 + int(second)
        who = "989121111111" if linked == "1.1" else "989122222222"
        lines.append(
            f'{event},{at}.250000,{who if unique == linked else "101"},{exten},{channel},{app},"{data}",{unique},{linked},{peer}'
        )
    return "\n".join(lines) + "\n"


SAMPLES["asterisk-cel"] = _cel(
    "CHAN_START|0|600|PJSIP/trunk-1|||1.1|1.1|", "APP_START|2|600|PJSIP/trunk-1|Queue|support,t|1.1|1.1|",
    "CHAN_START|10||PJSIP/101-2|||1.2|1.1|", "ANSWER|20||PJSIP/101-2|||1.2|1.1|",
    "BRIDGE_ENTER|20|600|PJSIP/trunk-1|Queue|support,t|1.1|1.1|PJSIP/101-2",
    "BRIDGE_ENTER|20||PJSIP/101-2|AppQueue||1.2|1.1|PJSIP/trunk-1", "BLINDTRANSFER|80|600|PJSIP/101-2|||1.2|1.1|",
    "BRIDGE_EXIT|80|600|PJSIP/trunk-1|Queue||1.1|1.1|PJSIP/101-2", "CHAN_START|81||PJSIP/103-3|||1.3|1.1|",
    "BRIDGE_ENTER|85|103|PJSIP/trunk-1|Dial||1.1|1.1|PJSIP/103-3", "BRIDGE_EXIT|125|103|PJSIP/trunk-1|||1.1|1.1|PJSIP/103-3",
    "HANGUP|125|103|PJSIP/trunk-1|||1.1|1.1|", "CHAN_END|125|103|PJSIP/trunk-1|||1.1|1.1|", "LINKEDID_END|125||PJSIP/trunk-1|||1.1|1.1|",
    "CHAN_START|3600|600|PJSIP/trunk-4|||2.1|2.1|", "APP_START|3600|600|PJSIP/trunk-4|Queue|support,t|2.1|2.1|",
    "APP_END|3630|600|PJSIP/trunk-4|Queue|support,t|2.1|2.1|", "HANGUP|3630|600|PJSIP/trunk-4|||2.1|2.1|",
    "CHAN_END|3630|600|PJSIP/trunk-4|||2.1|2.1|",
)  # fmt: skip


def _fs(**given: object) -> str:
    values = {"direction": "inbound", "caller_id_number": "%2B989121111111", "hangup_cause": "NORMAL_CLEARING", **given}
    inner = "".join(f"    <{name}>{value}</{name}>\n" for name, value in values.items())
    return (
        f'<?xml version="1.0"?>\n<cdr core-uuid="c">\n  <variables>\n{inner}  </variables>\n  <callflow dialplan="XML">'
        "\n    <caller_profile><destination_number>600</destination_number></caller_profile>\n  </callflow>\n</cdr>\n"
    )


SAMPLES["freeswitch"] = (
    _fs(uuid="m1", start_epoch=1795244400, answer_epoch=1795244400, end_epoch=1795244480, cc_side="member",
        cc_queue="support%40centre", cc_queue_joined_epoch=1795244402, cc_queue_answered_epoch=1795244420, cc_agent="101%40centre",
        hold_accum_seconds=10, sip_hangup_disposition="recv_bye")
    + _fs(uuid="a1", start_epoch=1795244410, answer_epoch=1795244420, end_epoch=1795244480, cc_side="agent",
          cc_member_session_uuid="m1", cc_queue="support%40centre", cc_agent="101%40centre")
    + _fs(uuid="m2", start_epoch=1795248000, answer_epoch=1795248000, end_epoch=1795248030, cc_side="member",
          cc_queue="support%40centre", cc_queue_joined_epoch=1795248000, cc_queue_canceled_epoch=1795248030,
          cc_cancel_reason="BREAK_OUT", sip_hangup_disposition="recv_bye")
)  # fmt: skip

SAMPLES[
    "vicidial"
] = """closecallid,lead_id,list_id,campaign_id,call_date,start_epoch,end_epoch,length_in_sec,status,phone_code,phone_number,user,comments,processed,queue_seconds,user_group,xfercallid,term_reason,uniqueid,agent_only,queue_position,called_count
1,10,999,support,2026-11-21 10:00:00,1795244400,1795244480,80,SALE,98,9121111111,101,,N,20.00,TEAM,0,CALLER,1795244400.1,,1,1
2,11,999,support,2026-11-21 11:00:00,1795248000,1795248030,30,DROP,98,9122222222,VDCL,,N,30.00,,0,ABANDON,1795248000.2,,1,1
3,12,999,support,2026-11-21 11:10:00,1795248600,1795248660,60,AFTHRS,98,9123333333,VDCL,,N,60.00,,0,QUEUETIMEOUT,1795248600.3,,1,1
"""
VICIDIAL_AGENTS = """agent_log_id,user,server_ip,event_time,lead_id,campaign_id,pause_epoch,pause_sec,wait_epoch,wait_sec,talk_epoch,talk_sec,dispo_epoch,dispo_sec,status,user_group,comments,sub_status,dead_epoch,dead_sec,processed,uniqueid,pause_type
1,101,10.0.0.1,2026-11-21 09:50:00,10,support,1795243800,300,1795244100,320,1795244420,60,1795244480,15,SALE,TEAM,,LUNCH,,0,N,1795244400.1,AGENT
"""
VICIDIAL_OUT = """uniqueid,lead_id,list_id,campaign_id,call_date,start_epoch,end_epoch,length_in_sec,status,phone_code,phone_number,user,comments,processed,user_group,term_reason,alt_dial,called_count
1795255200.9,20,101,SALES,2026-11-21 13:00:00,1795255200,1795255245,45,SALE,98,9124444444,101,AUTO,N,TEAM,AGENT,MAIN,1
1795255300.9,21,101,SALES,2026-11-21 13:01:40,1795255300,1795255325,25,NA,98,9125555555,VDAD,AUTO,N,,NONE,MAIN,1
"""


def _ctr(**given: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "AWSAccountId": "1", "AWSContactTraceRecordFormatVersion": "2017-03-10", "Channel": "VOICE", "InitiationMethod": "INBOUND",
        "InitiationTimestamp": "2026-11-21T06:30:00Z", "DisconnectTimestamp": "2026-11-21T06:31:20Z",
        "LastUpdateTimestamp": "2026-11-21T06:33:00Z", "CustomerEndpoint": {"Address": "+989121111111", "Type": "TELEPHONE_NUMBER"},
        "Attributes": {}, "MediaStreams": [{"Type": "AUDIO"}],
    }  # fmt: skip
    return usual | given


def _queue(at: str, seconds: int) -> dict[str, object]:
    return {"ARN": "arn:aws:connect:x/queue/q", "Name": "support", "EnqueueTimestamp": at, "Duration": seconds}


CTR_RECORDS = [
    _ctr(ContactId="c1", NextContactId="c2", Queue=_queue("2026-11-21T06:30:02Z", 18), AgentConnectionAttempts=2,
         TransferCompletedTimestamp="2026-11-21T06:31:20Z",
         Agent={"Username": "ann", "ConnectedToAgentTimestamp": "2026-11-21T06:30:20Z", "AgentInteractionDuration": 50,
                "CustomerHoldDuration": 10, "NumberOfHolds": 1, "LongestHoldDuration": 10, "AfterContactWorkDuration": 30}),
    _ctr(ContactId="c2", InitialContactId="c1", PreviousContactId="c1", InitiationMethod="TRANSFER",
         InitiationTimestamp="2026-11-21T06:31:20Z", DisconnectTimestamp="2026-11-21T06:32:05Z",
         DisconnectReason="CUSTOMER_DISCONNECT", Queue=_queue("2026-11-21T06:31:20Z", 5),
         Agent={"Username": "bob", "ConnectedToAgentTimestamp": "2026-11-21T06:31:25Z", "AgentInteractionDuration": 40}),
    _ctr(ContactId="c3", InitiationTimestamp="2026-11-21T07:30:00Z", DisconnectTimestamp="2026-11-21T07:30:30Z", Agent=None,
         Queue=_queue("2026-11-21T07:30:00Z", 30), CustomerEndpoint={"Address": "+989122222222"}, DisconnectReason="CUSTOMER_DISCONNECT"),
]  # fmt: skip
SAMPLES["amazon-connect"] = "\n".join(map(json.dumps, CTR_RECORDS)) + "\n"


def _segment(kind: str, begin: str, end: str, **given: object) -> dict[str, object]:
    day = "2026-11-21T"
    return {
        "segmentType": kind,
        "segmentStart": f"{day}{begin}Z",
        "segmentEnd": f"{day}{end}Z",
        "queueId": "q-1",
        **given,
    }


CONVERSATIONS = [
    {"conversationId": "g1", "conversationStart": "2026-11-21T06:30:00.000Z", "conversationEnd": "2026-11-21T06:32:00.000Z",
     "originatingDirection": "inbound", "participants": [
         {"participantId": "p1", "purpose": "customer", "sessions": [{"mediaType": "voice", "direction": "inbound",
          "ani": "tel:+989121111111", "segments": [_segment("interact", "06:30:00.000", "06:31:20.000")]}]},
         {"participantId": "p2", "purpose": "acd", "participantName": "support", "sessions": [{"mediaType": "voice",
          "segments": [_segment("interact", "06:30:02.000", "06:30:20.000", disconnectType="transfer")]}]},
         {"participantId": "p3", "purpose": "agent", "participantName": "Ann", "userId": "u1", "sessions": [{"mediaType": "voice",
          "segments": [_segment("alert", "06:30:15.000", "06:30:20.000"), _segment("interact", "06:30:20.000", "06:30:50.000"),
                       _segment("hold", "06:30:50.000", "06:31:00.000"),
                       _segment("interact", "06:31:00.000", "06:31:20.000", disconnectType="peer"),
                       _segment("wrapup", "06:31:20.000", "06:31:50.000", wrapUpCode="paid")]}]}]},
    {"conversationId": "g2", "conversationStart": "2026-11-21T07:30:00.000Z", "conversationEnd": "2026-11-21T07:30:30.000Z",
     "originatingDirection": "inbound", "participants": [
         {"participantId": "p4", "purpose": "external", "sessions": [{"mediaType": "voice", "ani": "tel:+989122222222",
          "segments": [_segment("interact", "07:30:00.000", "07:30:30.000", disconnectType="client")]}]},
         {"participantId": "p5", "purpose": "acd", "participantName": "support", "sessions": [{"mediaType": "voice",
          "segments": [_segment("interact", "07:30:00.000", "07:30:30.000", disconnectType="peer")]}]}]},
]  # fmt: skip
SAMPLES["genesys-cloud"] = json.dumps({"conversations": CONVERSATIONS, "totalHits": 2}, indent=1)

GENERIC = """Call ID;Date;Caller;Queue;Operator;Result;Wait;Talk
1;21.11.2026 10:00:00;+98 912 111 1111;پشتیبانی;Ann;Answered;0:20;1:00
2;21.11.2026 11:00:00;09122222222;پشتیبانی;;Missed;0:30;0:00
"""
