#!/bin/sh
# Runs Asterisk in the foreground and starts it again whenever it ends, until told to stop. For containers, where no
# systemd does it; `pasokh telephony apply --restart` counts on it.
#
#   keep.sh [FOLDER]      FOLDER: what pasokh telephony apply got as --home (/var/lib/pasokh/asterisk)
set -u
home=${1:-/var/lib/pasokh/asterisk}
paths=/usr/local/lib/asterisk/paths.sh
[ -r "$paths" ] || { echo "keep: $paths is missing; run deploy/asterisk/install.sh" >&2; exit 1; }
# shellcheck source=/dev/null
. "$paths"
export PASOKH_KEPT=1
if [ "$(id -u)" = 0 ]; then set -- -U asterisk -G asterisk; else set --; fi
child='' stop=''
trap 'stop=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT
while [ -z "$stop" ]; do
  if [ -e "$home/etc/asterisk.conf" ]; then
    "$ASTERISK_BIN" -f "$@" -C "$home/etc/asterisk.conf" </dev/null &
    child=$!
    while kill -0 "$child" 2>/dev/null; do wait "$child"; done # a signal ends a wait before the child's end
    child=''
  fi
  [ -n "$stop" ] || sleep 0.2
done
