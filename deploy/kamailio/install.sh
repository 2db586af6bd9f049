#!/usr/bin/env bash
# Installs Kamailio, the SIP proxy before several Asterisk nodes, from the distribution. Run as root; does nothing when
# it is there already.
#
#   deploy/kamailio/install.sh           install
#   deploy/kamailio/install.sh --check   says whether it is there; changes nothing
set -euo pipefail

PACKAGES=(kamailio kamailio-tls-modules kamailio-websocket-modules kamailio-sqlite-modules)
MODULES=(tls websocket db_sqlite dispatcher usrloc)

say() { printf 'kamailio: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

present() {
  local module folder
  PATH=$PATH:/usr/sbin command -v kamailio >/dev/null || return 1
  folder=$(find /usr/lib -maxdepth 3 -type d -path '*/kamailio/modules' | sed -n 1p)
  [ -n "$folder" ] || return 1
  for module in "${MODULES[@]}"; do [ -e "$folder/$module.so" ] || return 1; done
}

case ${1:-} in
  --check) present; exit ;;
  '') ;;
  *) die "usage: install.sh [--check]" ;;
esac
if present; then exit 0; fi
[ "$(id -u)" = 0 ] || die "run as root: sudo $0"
command -v apt-get >/dev/null || die "this needs apt. Install Kamailio 5.6 or newer with TLS, WebSocket and SQLite by other means"
if command -v flock >/dev/null; then exec 8>/run/pasokh-kamailio.lock && flock 8; fi
if present; then exit 0; fi
log=$(mktemp)
# The package would start a daemon with the distribution's configuration: ours is another, started by another.
policy=
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  policy=1
fi
clean_up() {
  if [ -n "$policy" ]; then rm -f /usr/sbin/policy-rc.d; fi
  rm -f "$log"
}
trap clean_up EXIT
say "installing ${PACKAGES[*]}"
apt-get update -qq >/dev/null 2>&1 || say "apt-get update failed; going on with the lists there are"
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" >"$log" 2>&1 ||
  die "apt-get could not install it: $(grep -m1 '^E:' "$log" | sed 's#://[^/ ]*#://…#g' || true)"
if command -v systemctl >/dev/null; then systemctl disable kamailio >/dev/null 2>&1 || true; fi
present || die "it was installed, and a module is missing"
say "installed $(PATH=$PATH:/usr/sbin kamailio -v | sed -nE '1s/version: (.*) \(.*/\1/p')"
