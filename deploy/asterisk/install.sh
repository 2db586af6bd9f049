#!/usr/bin/env bash
# Installs Asterisk 22 LTS or newer. Run as root; does nothing when it is there already.
#
#   deploy/asterisk/install.sh           Asterisk
#   deploy/asterisk/install.sh --tools   also SIPp, espeak-ng and sox, for prompts and tests
#   deploy/asterisk/install.sh --check   says whether all of it (with --tools: the tools too) is there; changes nothing
#
# Where the distribution carries Asterisk 22, apt-get installs it. Where it does not (Debian 12 and 13), the host's own
# apt (its mirror, proxy and keyring) fetches asterisk with everything it depends on from a newer Debian suite into a
# private state directory; that is unpacked into PREFIX without running any maintainer script, and a small program starts
# Asterisk with the libraries of PREFIX only. The host's set of packages does not change, and nothing is compiled.
# Nobody updates such an installation: run this again with FORCE=1 for security fixes.
#
# Leaves: /usr/local/lib/asterisk/paths.sh with ASTERISK_MODE, ASTERISK_BIN, ASTERISK_MODDIR, ASTERISK_DATADIR; the system
# user `asterisk` with its directories.
#
# PREFIX=/opt/asterisk-root  SUITES="forky sid"  MIRROR=…/debian  FORCE=1 (install anew)  FORCE_PREFIX=1 (never by apt)
set -euo pipefail

PREFIX=${PREFIX:-/opt/asterisk-root}
SUITES=${SUITES:-forky sid}
FLOOR=22
PACKAGES=(asterisk asterisk-core-sounds-en-wav asterisk-moh-opsound-wav)
TOOLS=(sip-tester espeak-ng sox)
PATHS=/usr/local/lib/asterisk/paths.sh
SCRATCH=

say() { printf 'asterisk: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
# apt's complaints name mirrors, sometimes with a password in the address.
complaint() { grep -m1 '^E:' "$1" | sed 's#://[^/ ]*#://…#g' || true; }

release_of() { "$1" -V 2>/dev/null | sed -nE 's/^Asterisk ([0-9]+)\..*/\1/p'; }

asterisk_present() {
  [ -r "$PATHS" ] || return 1
  # shellcheck source=/dev/null
  . "$PATHS"
  local release
  release=$(release_of "$ASTERISK_BIN" || true)
  [ -n "$release" ] && [ "$release" -ge "$FLOOR" ] && [ -e "$ASTERISK_MODDIR/res_ari.so" ]
}

tools_present() {
  local program
  for program in sipp espeak-ng sox; do command -v "$program" >/dev/null || return 1; done
}

everything_present() { # 1 = the tools too
  asterisk_present && { [ -z "$1" ] || tools_present; }
}

write_paths() { # mode, program, modules, data
  mkdir -p "$(dirname "$PATHS")"
  printf 'ASTERISK_MODE=%s\nASTERISK_BIN=%s\nASTERISK_MODDIR=%s\nASTERISK_DATADIR=%s\n' "$@" >"$PATHS.new"
  mv "$PATHS.new" "$PATHS"
}

link_sounds() { # what a maintainer script would do: the sounds of a language are looked for by its name alone
  local sounds=$ASTERISK_DATADIR/sounds
  if [ ! -e "$sounds/en" ] && [ -d "$sounds/en_US_f_Allison" ]; then ln -s en_US_f_Allison "$sounds/en"; fi
}

own_user() {
  getent passwd asterisk >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/asterisk --no-create-home --shell /usr/sbin/nologin asterisk
  install -d -o asterisk -g asterisk -m 750 /var/lib/asterisk /var/log/asterisk /var/spool/asterisk
  install -d -o asterisk -g asterisk -m 750 /var/spool/asterisk/recording
  [ -d /etc/asterisk ] || install -d -o root -g asterisk -m 750 /etc/asterisk
}

updated=
apt_update() {
  [ -n "$updated" ] || apt-get update -qq >/dev/null 2>&1 || say "apt-get update failed; going on with the lists there are"
  updated=1
}

apt_install() {
  apt_update
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$SCRATCH/apt.log" 2>&1 ||
    die "apt-get could not install $*: $(complaint "$SCRATCH/apt.log")"
}

candidate() { # apt options… : the release that apt would install
  apt-cache "$@" policy asterisk 2>/dev/null | sed -nE 's/^ *Candidate: ([0-9]+:)?([0-9]+)\..*/\2/p'
}

# -- the distribution's own package ------------------------------------------------------------------------------------
install_package() {
  # The package would start a daemon with the distribution's configuration: ours is another, started by another.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    touch "$SCRATCH/policy-is-ours"
  fi
  apt_install "${PACKAGES[@]}"
  if command -v systemctl >/dev/null; then systemctl disable asterisk >/dev/null 2>&1 || true; fi
  write_paths apt /usr/sbin/asterisk "$(dirname "$(dpkg -L asterisk-modules | grep '/res_ari\.so$')")" /usr/share/asterisk
}

# -- a newer suite, unpacked beside the host ---------------------------------------------------------------------------
debian_mirror() { # the first one apt is configured with
  local found=${MIRROR:-}
  if [ -z "$found" ]; then
    found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | sed -n 1p || true)
  fi
  if [ -z "$found" ]; then
    found=$({ grep -hE '^deb ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed 's/\[[^]]*\]//' | awk '{print $2}'
      sed -nE 's/^URIs: *([^ ]+).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null; } | grep -E '/debian/?$' | sed -n 1p || true)
  fi
  [ -n "$found" ] || die "apt knows no Debian mirror; name one: MIRROR=https://host/debian"
  printf '%s\n' "${found%/}"
}

debian_keyring() {
  local found
  found=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' 2>/dev/null | sort | sed -n 1p)
  if [ -z "$found" ]; then
    apt_install debian-archive-keyring
    found=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' | sort | sed -n 1p)
  fi
  printf '%s\n' "$found"
}

private_apt=()
download() { # the closure of asterisk into $SCRATCH/cache; an empty dpkg status makes it complete
  local mirror keyring suite release
  mirror=$(debian_mirror)
  keyring=$(debian_keyring)
  mkdir -p "$SCRATCH"/{state,cache,etc/sources,etc/preferences.d} "$SCRATCH/cache/archives/partial"
  : >"$SCRATCH/state/status"
  private_apt=(-o "Dir::State=$SCRATCH/state" -o "Dir::State::status=$SCRATCH/state/status" -o "Dir::Cache=$SCRATCH/cache"
    -o "Dir::Etc::sourcelist=$SCRATCH/etc/none" -o "Dir::Etc::sourceparts=$SCRATCH/etc/sources"
    -o "Dir::Etc::preferences=$SCRATCH/etc/none" -o "Dir::Etc::preferencesparts=$SCRATCH/etc/preferences.d"
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o APT::Get::AllowUnauthenticated=false -o APT::Default-Release=)
  for suite in $SUITES; do
    rm -rf "$SCRATCH/state/lists"
    mkdir -p "$SCRATCH/state/lists/partial"
    echo "deb [signed-by=$keyring] $mirror $suite main" >"$SCRATCH/etc/sources/suite.list"
    if ! apt-get "${private_apt[@]}" update -qq >"$SCRATCH/apt.log" 2>&1; then
      say "suite $suite: $(complaint "$SCRATCH/apt.log")"
      continue
    fi
    release=$(candidate "${private_apt[@]}")
    if [ -z "$release" ] || [ "$release" -lt "$FLOOR" ]; then
      say "suite $suite carries asterisk ${release:-not at all}"
      continue
    fi
    say "fetching asterisk $release from Debian $suite"
    if apt-get "${private_apt[@]}" install -y -qq --download-only "${PACKAGES[@]}" >"$SCRATCH/apt.log" 2>&1; then return; fi
    say "suite $suite: $(complaint "$SCRATCH/apt.log")"
  done
  die "none of the suites $SUITES gave asterisk $FLOOR or newer"
}

install_prefix() {
  local archive new=$PREFIX.new loader libraries extra
  dpkg -s xz-utils >/dev/null 2>&1 || apt_install xz-utils
  download
  rm -rf "$new"
  mkdir -p "$new"/usr/{bin,sbin,lib,lib64}
  for archive in bin sbin lib lib64; do ln -s "usr/$archive" "$new/$archive"; done
  for archive in "$SCRATCH"/cache/archives/*.deb; do
    case ${archive##*/} in # what only maintainer scripts and logins need
      perl* | libperl* | adduser* | debconf* | passwd_* | login* | libpam* | sensible-utils* | shadow* | ucf_* | bash* | tar_* | dpkg_* | base-*) continue ;;
    esac
    dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$new" --keep-directory-symlink --exclude=./usr/share/doc \
      --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./usr/share/lintian --exclude=./usr/share/snmp
  done
  loader=$(find "$new/usr/lib64" "$new/usr/lib" -maxdepth 1 -name 'ld-linux-*.so.*' | sed -n 1p)
  [ -n "$loader" ] || die "the packages hold no dynamic loader"
  libraries=$(find "$new/usr/lib" -maxdepth 1 -name '*-linux-gnu*' | sed -n 1p)
  extra=$(find "$libraries" -mindepth 2 -maxdepth 2 -name 'lib*.so.*' -printf '%h\n' | sort -u | sed "s#^$new#$PREFIX#" | tr '\n' ':')
  libraries=$PREFIX${libraries#"$new"}
  mkdir -p "$new/usr/local/sbin"
  # Not LD_LIBRARY_PATH: programs that Asterisk starts keep the host's libraries.
  cat >"$new/usr/local/sbin/asterisk" <<PROGRAM
#!/bin/sh
exec $PREFIX${loader#"$new"} --inhibit-cache --argv0 asterisk --library-path "$libraries:$extra" $PREFIX/usr/sbin/asterisk "\$@"
PROGRAM
  chmod 755 "$new/usr/local/sbin/asterisk"
  rm -rf "$PREFIX.old"
  if [ -d "$PREFIX" ]; then mv "$PREFIX" "$PREFIX.old"; fi
  mv "$new" "$PREFIX"
  rm -rf "$PREFIX.old"
  mkdir -p /usr/local/sbin
  ln -sfn "$PREFIX/usr/local/sbin/asterisk" /usr/local/sbin/asterisk
  write_paths prefix /usr/local/sbin/asterisk "$libraries/asterisk/modules" "$PREFIX/usr/share/asterisk"
}

clean_up() {
  [ -n "$SCRATCH" ] || return 0
  [ ! -e "$SCRATCH/policy-is-ours" ] || rm -f /usr/sbin/policy-rc.d
  rm -rf "$SCRATCH"
}

main() {
  local tools='' check='' word distribution
  for word in "$@"; do
    case $word in
      --tools) tools=1 ;;
      --check) check=1 ;;
      *) die "usage: install.sh [--tools] [--check]" ;;
    esac
  done
  if [ -n "$check" ]; then
    everything_present "$tools"
    return
  fi
  if [ "$(id -u)" != 0 ] && [ "${FORCE:-0}" != 1 ] && everything_present "$tools"; then return; fi
  [ "$(id -u)" = 0 ] || die "run as root: sudo $0 $*"
  command -v apt-get >/dev/null || die "this needs apt. Install Asterisk $FLOOR by other means and write $PATHS (see the head of $0)"
  if command -v flock >/dev/null; then exec 8>/run/pasokh-asterisk.lock && flock 8; fi # two at once would unpack over each other
  trap clean_up EXIT
  SCRATCH=$(mktemp -d /var/tmp/pasokh-asterisk.XXXXXX)
  chmod 755 "$SCRATCH"
  if [ -n "$tools" ] && ! tools_present; then
    say "installing ${TOOLS[*]}"
    apt_install "${TOOLS[@]}"
  fi
  if [ "${FORCE:-0}" = 1 ] || ! asterisk_present; then
    apt_update
    distribution=$(candidate)
    if [ "${FORCE_PREFIX:-0}" != 1 ] && [ -n "$distribution" ] && [ "$distribution" -ge "$FLOOR" ]; then
      install_package
    else
      install_prefix
    fi
    asterisk_present || die "Asterisk was installed but does not start: $ASTERISK_BIN -V"
    say "installed $("$ASTERISK_BIN" -V)"
  fi
  link_sounds
  own_user
}

main "$@"
