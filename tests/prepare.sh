#!/bin/sh
# What the tests need from the system, besides Python: installed where that is possible, else named.
set -eu
sh "$(dirname "$0")/provider/install.sh"
missing=
for command in curl git; do
    command -v "$command" >/dev/null 2>&1 || missing="$missing $command"
done
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing what the tests need:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
else
    echo "The tests need$missing, which this account cannot install. Install it and try again." >&2
    exit 1
fi
