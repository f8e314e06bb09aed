#!/usr/bin/env bash
# What a newcomer's machine shows: `make demo` and `make test` in a Debian 12 that has nothing but Swift, git and make.
#
#   deploy/bare-debian.sh [--bind FOLDER]… [--git-config FILE] SWIFT ROOT [COMMAND…]
#
# SWIFT is the toolchain's folder, with usr/bin in it; ROOT an empty or absent folder, 6 GiB, for the bare system; COMMAND what is
# run in the clone instead of the two. --bind shows a folder of this machine inside, read-only, and --git-config gives root's git
# settings: for packages that are mirrored here. Needs root, debootstrap and a Debian mirror (DEBIAN_MIRROR); takes a whole build.
# ROOT stays, to look at; run again with it, everything but the clone is there already.
set -euo pipefail
if [ "${BARE_DEBIAN_UNSHARED:-}" != 1 ]; then
  # Mounts of our own: they are gone with this process, whatever happens.
  BARE_DEBIAN_UNSHARED=1 exec unshare --mount --propagation private "$0" "$@"
fi

fail() { printf 'bare-debian: %s\n' "$*" >&2; exit 2; }
binds=()
git_config=
while [ $# -gt 0 ]; do
  case $1 in
    --bind) binds+=("$(realpath -e "${2:?--bind needs a folder}")"); shift 2 ;;
    --git-config) git_config=$(realpath -e "${2:?--git-config needs a file}"); shift 2 ;;
    -*) fail "there is no option $1" ;;
    *) break ;;
  esac
done
[ $# -ge 2 ] || fail 'usage: deploy/bare-debian.sh [--bind FOLDER]… [--git-config FILE] SWIFT ROOT [COMMAND…]'
swift=$(realpath -e "$1") root=$(realpath -m "$2")
shift 2
[ -x "$swift/usr/bin/swift" ] || fail "no usr/bin/swift in $swift"
[ "$(id -u)" = 0 ] || fail 'run it as root: it makes a root file system'
command -v debootstrap >/dev/null || fail 'debootstrap is missing: apt-get install debootstrap'
repository=$(cd "$(dirname "$0")/.." && git rev-parse --show-toplevel)

if [ ! -e "$root/etc/debian_version" ]; then
  debootstrap --variant=minbase bookworm "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
bind() {
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  mount -o remount,bind,ro "$root$2"
}
mkdir -p "$root/proc" "$root/dev" "$root/sys"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
bind "$swift" /opt/swift
bind "$repository" /opt/repository
for folder in "${binds[@]}"; do bind "$folder" "$folder"; done
if [ -n "$git_config" ]; then cp "$git_config" "$root/root/.gitconfig"; fi

inside() {
  env -i HOME=/root LANG=C.UTF-8 PATH=/opt/swift/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    chroot "$root" bash -euo pipefail -c "$@"
}
inside 'apt-get -q update && apt-get -q install -y --no-install-recommends git make ca-certificates' >"$root/setup.log" 2>&1 \
  || { cat "$root/setup.log" >&2; exit 1; }
inside 'rm -rf /root/tongyuan; git config --global --add safe.directory "*"
  git clone -q /opt/repository /root/tongyuan; cd /root/tongyuan
  printf "Debian %s, %s packages, commit %s\n" "$(cat /etc/debian_version)" "$(dpkg -l | grep -c ^ii)" "$(git log -1 --format=%h)"'
if [ $# = 0 ]; then
  inside 'cd /root/tongyuan; make demo; make test'
else
  inside 'cd /root/tongyuan; "$@"' bash "$@"
fi
echo 'bare-debian: passed'
