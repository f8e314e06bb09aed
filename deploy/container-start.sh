#!/bin/sh
# Runs one region's node in a container (docker-compose.yml). On the first start it makes the node in its volume; at every
# start it lays the node's card into the shared folder, and while the node runs it adds each card that appears there.
#
# Whoever can write to the shared folder can introduce a region, for nobody compares fingerprints by telephone here. The
# folder therefore stands for one operator's machine. A card with other keys for a known region is refused all the same.
set -eu
umask 077

say() { echo "container-start: $*" >&2; }
setting() { say "the setting $1 is missing: $2"; exit 2; }
[ -n "${TONGYUAN_REGION:-}" ] || setting TONGYUAN_REGION 'the region code, such as 310000'
[ -n "${TONGYUAN_NAME:-}" ] || setting TONGYUAN_NAME "the region's name"
[ -n "${TONGYUAN_ADVERTISE:-}" ] || setting TONGYUAN_ADVERTISE 'where peers reach this node, https://host:7301'
node=${TONGYUAN_NODE:?} cards=${TONGYUAN_CARDS:?} own=$TONGYUAN_REGION.json

if [ ! -e "$node/config.yaml" ]; then
  tongyuan init "$node" --region "$TONGYUAN_REGION" --name "$TONGYUAN_NAME" --listen 0.0.0.0:7301 \
    --advertise "$TONGYUAN_ADVERTISE" --federation "${TONGYUAN_FEDERATION:-local}"
elif ! grep -q "^region: *\"$TONGYUAN_REGION\"" "$node/config.yaml"; then
  say "the volume holds another region's node than $TONGYUAN_REGION: give each region a volume of its own"
  exit 1
fi

# Moved into place, so that nobody reads half a card.
tongyuan card --node "$node" > "$cards/.$own.new"
chmod 644 "$cards/.$own.new"
mv "$cards/.$own.new" "$cards/$own"

# Never ends by itself. What was added is remembered until the restart; adding it again then changes nothing.
introduce() {
  set +e
  known=/tmp/cards round=0
  mkdir -p "$known"
  while sleep 2; do
    round=$((round + 1))
    # No socket: the node does not answer yet.
    [ -S "$node/node.sock" ] || continue
    for card in "$cards"/*.json; do
      name=${card##*/}
      [ -f "$card" ] && [ "$name" != "$own" ] || continue
      if cmp -s "$card" "$known/$name"; then continue; fi
      # One that was refused is tried again each minute: the cause may have been a full disk.
      if cmp -s "$card" "$known/$name.refused" && [ $((round % 30)) != 0 ]; then continue; fi
      # The bytes that were added are the bytes that are remembered.
      cp "$card" "$known/next" || continue
      added=0
      tongyuan peer add "$known/next" --node "$node" >&2 || added=$?
      case $added in
        0) mv "$known/next" "$known/$name" ;;
        3) ;;
        *) mv "$known/next" "$known/$name.refused"; say "the card $name was not added" ;;
      esac
    done
  done
}
introduce &

exec tongyuan serve --node "$node"
