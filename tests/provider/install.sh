#!/bin/sh
# A provider of identities (django-oauth-toolkit) in an environment of its own, build/provider, for the tests that sign
# in with one. Does nothing where it stands already.
set -eu
cd "$(dirname "$0")/../.."
lock=tests/provider/requirements.lock
place=build/provider
cmp -s "$lock" "$place/installed" && exit 0
echo 'Installing the provider of identities that the tests sign in with ...'
.venv/bin/python -m venv --clear "$place"
"$place/bin/python" -m pip --disable-pip-version-check --no-input install -qq --require-hashes --only-binary :all: \
    -r "$lock"
cp "$lock" "$place/installed"
