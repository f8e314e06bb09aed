#!/usr/bin/env bash
# prebuilt.sh [BINARY] [FOLDER]: makes FOLDER (default .build/prebuilt; what an earlier run left there is replaced) a build
# context for the stage `prebuilt` of the Dockerfile, from a binary built on this machine (default .build/release/tongyuan).
# The binary must come from the Debian release of the image: it is linked with that release's libraries. Then:
#   docker compose -f docker-compose.yml -f docker-compose.prebuilt.yml up --build --wait
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
binary=${1:-$root/.build/release/tongyuan} folder=${2:-$root/.build/prebuilt}
if [ -e "$folder/Dockerfile" ]; then
  rm -rf "$folder/prebuilt" "$folder/deploy" "$folder/Dockerfile"
elif [ -n "$(ls -A "$folder" 2>/dev/null)" ]; then
  printf 'prebuilt.sh: %s holds something else: name another folder\n' "$folder" >&2; exit 1
fi
mkdir -p "$folder/deploy"
"$root/deploy/collect.sh" "$binary" "$folder/prebuilt"
cp "$root/deploy/container-start.sh" "$folder/deploy/"
cp "$root/Dockerfile" "$folder/"
chmod -R u=rwX,go=rX "$folder"
