"""The way of every request through the proxy, in Kamailio's own language. Pure.

Who asks is told by where a request comes from: a node, a carrier, or anybody else, who has to show a password first.
Nobody but nodes gets anything sent to somebody who is not a node, so there is nothing to relay for strangers, and
known and unknown names get the same answer. What says whose call it is (``X-Pasokh-…``) is taken from everybody and
written here.
"""

from typing import Final

from pasokh.telephony.config.ini import host_port
from pasokh.telephony.config.models import Proxy, Site
from pasokh.telephony.config.pjsip import TRUNK_HEADER

SCANNERS: Final = (
    "friendly-scanner|sipcli|sipvicious|sip-scan|sipsak|sundayddr|iwar|sivus|gulp|pplsip|vaxsipuseragent|smap|"
    "siparmyknife|test agent|masscan|zgrab"
)
NODE_SECONDS: Final = 1.5
"""Asterisk says "trying" at once: one that does not within this does not live."""
CARRIER_SECONDS: Final = 4
NOBODY: Final = "00000000000000000000000000000000"
"""Stands for the secret of a name nobody has: the answer takes as long, and is the same."""


def routes(site: Site, proxy: Proxy) -> str:
    """All of them."""
    facts = {
        "realm": site.realm,
        "inside": f"udp:{host_port(proxy.inside.address, proxy.inside.port)}",
        "inside_host": proxy.inside.address,
        "inside_port": str(proxy.inside.port),
        "outside_udp": f'$fs = "udp:{host_port(proxy.address, proxy.udp_port)}";' if proxy.udp_port else "",
        "tries": str(proxy.tries),
        "scanners": SCANNERS,
        "node_ms": str(int(NODE_SECONDS * 1_000)),
        "carrier_ms": str(CARRIER_SECONDS * 1_000),
        "header": TRUNK_HEADER,
        "nobody": NOBODY,
    }
    text = _ROUTES + (_web(proxy) if proxy.http or proxy.https else "")
    for name, value in facts.items():
        text = text.replace(f"@{name}@", value)
    return text


_ROUTES = """
request_route {
	if (allow_source_address("1")) {
		$var(node) = 1;
	} else {
		$var(node) = 0;
		route(GUARD);
		remove_hf_re("^[Xx]-[Pp][Aa][Ss][Oo][Kk][Hh]-");
	}
	if (!mf_process_maxfwd_header("10")) {
		sl_send_reply("483", "Too Many Hops");
		exit;
	}
	if (is_method("CANCEL")) {
		if (t_check_trans()) t_relay();
		exit;
	}
	if (has_totag()) route(WITHIN);
	if (is_method("ACK")) {
		if (t_check_trans()) t_relay();
		exit;
	}
	t_check_trans();
	remove_hf("Route");
	if (is_method("INVITE")) record_route();
	if ($var(node) == 1) route(FROM_NODE);
	if ($var(carrier) != "") route(FROM_CARRIER);
	route(FROM_STATION);
	exit;
}

# Floods, scanners, wrong passwords. A reverse proxy's address is that of many browsers: each connection counts.
route[GUARD] {
	$var(carrier) = "";
	$var(who) = $si;
	if (allow_source_address("2")) exit;
	if (allow_source_address("3") && proto == WS) $var(who) = $si + "-" + $sp;
	$avp(peer) = $null;
	$var(group) = 0;
	if (allow_source_address_group()) $var(group) = $rc;
	if ($var(group) >= 10) {
		$var(carrier) = $avp(peer);
	} else {
		if ($sht(banned=>$var(who)) != $null) exit;
		if ($ua =~ "(@scanners@)") {
			route(BAN);
			exit;
		}
		if ($var(who) == $si && !pike_check_req()) {
			route(BAN);
			exit;
		}
	}
	if (!sanity_check("17895", "7")) exit;
}

route[BAN] {
	$sht(banned=>$var(who)) = 1;
	xlog("L_WARN", "banned $var(who): $rm from $fu, $ua\\n");
}

# In a dialog: from outside only towards a node; a node's towards whoever it is.
route[WITHIN] {
	if (!loose_route()) {
		if (is_method("ACK")) {
			if (t_check_trans()) t_relay();
			exit;
		}
		sl_send_reply("481", "Call/Transaction Does Not Exist");
		exit;
	}
	if ($var(node) == 1) {
		if ($du == $null) handle_ruri_alias();
		if (is_method("INVITE")) t_on_reply("OUTSIDE");
	} else {
		$var(host) = $rd;
		$var(port) = $(ru{uri.port}{s.int});
		if ($du != $null) {
			$var(host) = $(du{uri.host});
			$var(port) = $(du{uri.port}{s.int});
		}
		if ($var(port) == 0) $var(port) = 5060;
		if (!allow_address("1", "$var(host)", "$var(port)")) {
			if (!is_method("ACK")) sl_send_reply("403", "Forbidden");
			exit;
		}
		$fs = "@inside@";
		if ($var(carrier) == "" && is_method("INVITE|UPDATE")) {
			force_rport();
			add_contact_alias();
		}
	}
	route(RELAY);
}

# A node calls: one of our telephones, or a number by way of a carrier.
route[FROM_NODE] {
	if ($rd == "@inside_host@" && $rp == "@inside_port@") {
		if (is_method("OPTIONS") && $rU == $null) {
			sl_send_reply("200", "OK");
			exit;
		}
		if (!lookup("location")) {
			sl_send_reply("480", "Temporarily Unavailable");
			exit;
		}
		if (is_method("INVITE")) {
			t_on_reply("OUTSIDE");
			t_on_failure("STATION");
		}
		t_set_fr("180000", "@carrier_ms@");
	} else {
		t_set_fr("180000", "@carrier_ms@");
		if (is_method("OPTIONS")) t_set_fr("@carrier_ms@", "@carrier_ms@");
		@outside_udp@
	}
	route(RELAY);
}

onreply_route[OUTSIDE] {
	if (!allow_source_address_group()) add_contact_alias();
	else if ($rc == 3) add_contact_alias();
}

# A telephone whose connection is gone is as good as not registered.
failure_route[STATION] {
	if (t_is_canceled()) exit;
	if (t_check_status("408|477") && !t_branch_replied()) t_reply("480", "Temporarily Unavailable");
}

route[FROM_CARRIER] {
	if (is_method("OPTIONS")) {
		sl_send_reply("200", "OK");
		exit;
	}
	if (!is_method("INVITE")) {
		sl_send_reply("405", "Method Not Allowed");
		exit;
	}
	append_hf("@header@: $var(carrier)\\r\\n");
	route(TO_NODE);
}

route[FROM_STATION] {
	route(AUTHENTICATE);
	if ($fU != $au) {
		sl_send_reply("403", "Forbidden");
		exit;
	}
	force_rport();
	if (is_method("REGISTER")) {
		if ($tU != $au) {
			sl_send_reply("403", "Forbidden");
			exit;
		}
		fix_nated_register();
		if (!save("location", "0x04")) sl_reply_error();
		exit;
	}
	if (is_method("OPTIONS")) {
		sl_send_reply("200", "OK");
		exit;
	}
	if (!is_method("INVITE")) {
		sl_send_reply("405", "Method Not Allowed");
		exit;
	}
	add_contact_alias();
	route(TO_NODE);
}

route[AUTHENTICATE] {
	$var(secret) = $sht(users=>$au);
	if ($var(secret) == $null || $var(secret) == 0) $var(secret) = "@nobody@";
	$var(known) = 0;
	$var(allowed) = 1;
	if (pv_www_authenticate("@realm@", "$var(secret)", "1")) {
		$var(known) = 1;
		if ($sht(networks=>$au) != $null && !is_in_subnet("$si", "$sht(networks=>$au)")) $var(allowed) = 0;
	} else if ($rc == -2) {
		$var(allowed) = 0;
	}
	if ($var(known) == 1 && $var(allowed) == 1) {
		consume_credentials();
		return;
	}
	if ($var(allowed) == 0 && $shtinc(tries=>$var(who)) > @tries@) route(BAN);
	www_challenge("@realm@", "1");
	exit;
}

# To a node that lives, and to the next one if it does not after all.
route[TO_NODE] {
	if (!ds_select_dst("1", "4")) {
		append_to_reply("Retry-After: 10\\r\\n");
		sl_send_reply("503", "Service Unavailable");
		exit;
	}
	t_set_fr("180000", "@node_ms@");
	t_on_failure("NEXT_NODE");
	route(RELAY);
}

failure_route[NEXT_NODE] {
	if (t_is_canceled()) exit;
	if ((t_branch_timeout() && !t_branch_replied()) || t_check_status("503|477")) {
		if (!t_check_status("503")) ds_mark_dst("ip");
		if (ds_next_dst()) {
			t_set_fr("180000", "@node_ms@");
			t_on_failure("NEXT_NODE");
			t_relay();
			exit;
		}
		t_reply("503", "Service Unavailable");
	}
}

route[RELAY] {
	if (!t_relay()) sl_reply_error();
	exit;
}
"""


def _web(proxy: Proxy) -> str:
    """Browsers: their sockets, at ``/ws``, from our own pages only where they come in directly."""
    checks = ""
    if proxy.https is not None:
        allowed = " && ".join(f'$hdr(Origin) != "{origin}"' for origin in proxy.origins)
        checks = f"""	if ($Rp == {proxy.https.port} && {allowed}) {{
		xhttp_reply("403", "Forbidden", "", "");
		exit;
	}}
"""
    ports = " && ".join(f"$Rp != {each.port}" for each in (proxy.http, proxy.https) if each is not None)
    return f"""
event_route[xhttp:request] {{
	set_reply_close();
	set_reply_no_connect();
	if ({ports}) {{
		xhttp_reply("403", "Forbidden", "", "");
		exit;
	}}
{checks}	if ($hdr(Upgrade) =~ "websocket" && $rm == "GET" && $hu =~ "^/ws(\\?|$)") {{
		if (ws_handle_handshake()) exit;
	}}
	xhttp_reply("404", "Not Found", "", "");
}}
"""
