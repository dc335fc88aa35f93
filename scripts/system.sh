#!/usr/bin/env bash
# What the tests need beside Python: a Chromium with Chinese fonts, Java and Maven (a real Neo4j), Node (axe-core).
# Installs what is missing where it may (root, Debian); elsewhere it says what to install and lets the tests decide.
set -euo pipefail

missing=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk fontconfig)
command -v javac >/dev/null || missing+=(default-jdk-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v npm >/dev/null || missing+=(nodejs npm)

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${missing[*]}" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Some tests need: ${missing[*]}. Install these packages, then run again." >&2
  fi
fi

# axe-core, the rules of accessibility that the report is held to: the version that scripts/browser names.
axe=$(sed -n 's/.*"axe-core": "\(.*\)".*/\1/p' scripts/browser/package.json)
if [ ! -f ".cache/browser/axe-core-$axe/node_modules/axe-core/axe.min.js" ] && command -v npm >/dev/null; then
  npm install --silent --no-fund --no-audit --no-package-lock --prefix ".cache/browser/axe-core-$axe" "axe-core@$axe"
fi

# The server of Neo4j, kept in the user's cache between runs.
if command -v javac >/dev/null && command -v mvn >/dev/null; then
  "${VENV:-.venv}/bin/python" -m tests.neo4j_jars
fi
