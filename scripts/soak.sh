#!/usr/bin/env bash
# `make test` N times, each in a fresh clone: the last 40 % beside two processes that keep two cores busy, every second
# run in another time zone and locale. One line a run: what pytest said, minutes, exit code; exit 1 if any was red.
set -uo pipefail

times=${1:-5}
busy_from=$((times - times * 2 / 5 + 1))
here=$(pwd)
folder=$(mktemp -d -t tiaokuai-soak-XXXXXX)
pids=()
cleanup() { [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null; }
trap cleanup EXIT
red=0

for run in $(seq "$times"); do
  clone=$folder/$run
  git clone -q --no-hardlinks "$here" "$clone"
  said=quiet
  if [ "$run" -eq "$busy_from" ]; then
    for _ in 1 2; do
      (while :; do :; done) &
      pids+=($!)
    done
  fi
  [ "$run" -lt "$busy_from" ] || said=busy
  zone=UTC lang=C.UTF-8
  if [ $((run % 2)) -eq 0 ]; then zone=Pacific/Kiritimati lang=tr_TR.UTF-8; fi
  begun=$(date +%s)
  (cd "$clone" && env -u MAKEFLAGS -u MAKELEVEL TIAOKUAI_TESTS_TZ=$zone TIAOKUAI_TESTS_LANG=$lang make test) >"$folder/$run.log" 2>&1
  code=$?
  minutes=$(awk "BEGIN { printf \"%.1f\", ($(date +%s) - $begun) / 60 }")
  passed=$(grep -E '[0-9]+ (passed|failed|error)' "$folder/$run.log" | tail -1 | tr -d '=' | sed 's/ in .*//; s/^ *//')
  echo "run $run ($said, $zone, $lang): ${passed:-pytest did not end}, $minutes minutes, exit $code"
  if [ "$code" -eq 0 ]; then rm -rf "$clone"; else red=1; echo "  its log: $folder/$run.log"; fi
done
exit $red
