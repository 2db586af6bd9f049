#!/bin/sh
# Runs Kamailio in the foreground and starts it again whenever it ends, until told to stop. For containers, where no
# systemd does it; `pasokh telephony apply --proxy --restart` counts on it.
#
#   keep.sh [FOLDER]      FOLDER: what pasokh telephony apply got as --home (/var/lib/pasokh/kamailio)
set -u
home=${1:-/var/lib/pasokh/kamailio}
export PASOKH_KEPT=1
if [ "$(id -u)" = 0 ]; then set -- -u kamailio -g kamailio; else set --; fi
child='' stop=''
trap 'stop=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT
while [ -z "$stop" ]; do
  if [ -e "$home/etc/kamailio.cfg" ]; then
    /usr/sbin/kamailio -DD -E -f "$home/etc/kamailio.cfg" -Y "$home/run" -P "$home/run/kamailio.pid" -w "$home/run" \
      -m 128 -M 16 "$@" </dev/null &
    child=$!
    while kill -0 "$child" 2>/dev/null; do wait "$child"; done # a signal ends a wait before the child's end
    child=''
  fi
  [ -n "$stop" ] || sleep 0.2
done
