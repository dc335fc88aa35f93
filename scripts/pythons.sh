#!/usr/bin/env bash
# The wheel in an empty environment of every Python from 3.11 that this machine has: it installs, and it answers.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${PYTHON:-python3}" -m build --no-isolation --wheel --outdir "$work/dist" . >/dev/null
tried=0
for minor in 11 12 13 14; do
  for python in $(command -v "python3.$minor" || true) "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python; do
    "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, '"$minor"'))' 2>/dev/null || continue
    "$python" -m venv "$work/$minor"
    "$work/$minor/bin/pip" install -q --disable-pip-version-check -c constraints.txt "$work"/dist/*.whl
    tiaokuai=$work/$minor/bin/tiaokuai
    (
      cd "$work"
      "$tiaokuai" generate "district$minor" --blocks 6 --enterprises 60 --seed 1
      "$tiaokuai" check "district$minor" --json
      "$tiaokuai" coverage "district$minor" --json
      "$tiaokuai" simulate "district$minor" --months 6 --runs 20 --json
      "$tiaokuai" plan "district$minor" --budget 60 --periods 2 --json
      "$tiaokuai" report "district$minor" --out "report$minor.html"
    ) >"$work/said$minor" 2>&1 || { cat "$work/said$minor"; echo "Python 3.$minor: failed"; exit 1; }
    echo "Python $("$python" -c 'import platform; print(platform.python_version())'): installs and answers"
    tried=$((tried + 1))
    break
  done
done
[ "$tried" -gt 0 ]
