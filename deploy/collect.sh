#!/usr/bin/env bash
# collect.sh BINARY FOLDER: makes FOLDER (new or empty) hold what runs on a machine without Swift: the binary, the Swift
# libraries that it is linked with, and the resource bundles beside it, without which it stops at start. The binary finds
# the libraries because its run path ends in $ORIGIN. The other libraries come from Debian: see the Dockerfile.
set -euo pipefail

binary=${1:?usage: collect.sh BINARY FOLDER} folder=${2:?usage: collect.sh BINARY FOLDER}
[ -x "$binary" ] || { printf 'collect.sh: no program %s: build it first (make build)\n' "$binary" >&2; exit 1; }
mkdir -p "$folder"
[ -z "$(ls -A "$folder")" ] || { printf 'collect.sh: %s is not empty: name a new folder\n' "$folder" >&2; exit 1; }

libraries=$(ldd "$binary")
if missing=$(grep 'not found' <<<"$libraries"); then
  printf 'collect.sh: libraries of %s are missing on this machine:\n%s\n' "$binary" "$missing" >&2; exit 1
fi
cp -L "$binary" "$folder/"
awk '$2 == "=>" && $3 ~ /\/swift\// { print $3 }' <<<"$libraries" | sort -u | xargs -r cp -L -t "$folder"
find -L "$(dirname "$binary")" -maxdepth 1 -name '*.resources' -exec cp -RL -t "$folder" {} +
chmod -R u=rwX,go=rX "$folder"
