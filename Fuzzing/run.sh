#!/usr/bin/env bash
# Fuzzing/run.sh FUZZ-BINARY FOLDER SECONDS [NAME…]: runs each fuzzer, or those named, for that many seconds each; new inputs go to
# FOLDER/corpus, findings to FOLDER/findings. Exit 1 if there is a finding, with the command that repeats it.
set -euo pipefail
binary=$1 folder=$2 seconds=$3
shift 3
committed=$(cd "$(dirname "$0")" && pwd)/corpus
# A crash is told by libFuzzer; Swift's own report of it waits for a debugger.
export SWIFT_BACKTRACE=enable=no
names=("$@")
if [ ${#names[@]} = 0 ]; then mapfile -t names < <("$binary" --list); fi
mkdir -p "$folder/findings" "$folder/logs"
failed=()
for name in "${names[@]}"; do
  mkdir -p "$folder/corpus/$name" "$committed/$name"
  status=0
  # One input may take 10 s and 1 GiB; the outer limit is for a fuzzer that does not even stop.
  timeout --kill-after=10 $((seconds + 120)) nice -n 10 "$binary" "$name" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -detect_leaks=0 -print_final_stats=1 \
    -artifact_prefix="$folder/findings/$name-" "$folder/corpus/$name" "$committed/$name" \
    >"$folder/logs/$name" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/logs/$name")
  if [ "$status" = 0 ] && [ "${runs:-0}" -gt 0 ]; then
    peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$folder/logs/$name")
    printf '%-16s %10s inputs in %s s, %s MiB\n' "$name" "$runs" "$seconds" "$peak"
    continue
  fi
  failed+=("$name")
  printf '%-16s FAILED (status %s)\n' "$name" "$status"
  grep -aE 'claim broken|Fatal error|ERROR: |SUMMARY' "$folder/logs/$name" | head -n 5 | sed 's/^/    /' || true
  found=$(sed -n 's/.*Test unit written to //p' "$folder/logs/$name" | tail -n 1)
  printf '    log: %s\n    again: SWIFT_BACKTRACE=enable=no %s %s %s\n' "$folder/logs/$name" "$binary" "$name" "${found:-(no input was kept)}"
done
if [ ${#failed[@]} != 0 ]; then
  printf 'fuzzing FAILED: %s\n' "${failed[*]}" >&2
  exit 1
fi
printf 'fuzzing: %s fuzzers, nothing found\n' "${#names[@]}"
