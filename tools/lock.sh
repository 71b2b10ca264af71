#!/bin/sh
# Writes requirements.lock (the program) and requirements-dev.lock (what tests and checks add to it): exact versions
# with the hashes of every file of each, for all platforms. Run with the oldest Python that is supported: newer ones
# need less. The configuration of pip on this machine is left out, so that nothing of it reaches the files.
# Versions stay as they are where pyproject.toml allows them; with --upgrade as second word the newest are taken.
set -eu
python=$1 upgrade=${2:-}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
    echo "Run this with Python 3.11, the oldest supported: make lock PYTHON=python3.11" >&2
    exit 1
}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export PIP_CONFIG_FILE=/dev/null
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL
"$python" -m venv "$place"
"$place/bin/pip" install --quiet --disable-pip-version-check pip-tools
compile() {
    # shellcheck disable=SC2086
    "$place/bin/pip-compile" --quiet $upgrade --generate-hashes --strip-extras --allow-unsafe --no-header \
        --no-emit-options "$@"
}
compile --build-deps-for editable --output-file requirements.lock pyproject.toml
"$python" -c "import tomllib
print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['dev'], sep='\n')" |
    compile --constraint requirements.lock --output-file requirements-dev.lock -
