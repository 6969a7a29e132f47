#!/usr/bin/env bash
# Finds what the tests need from the system, or installs it where it may.
# Where it may not, it says in one line what to install. Nothing is skipped silently.
set -euo pipefail

packages=()
has() { command -v "$1" > /dev/null 2>&1; }

# The programs of PostgreSQL itself; Debian keeps them out of the path.
has postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || packages+=(postgresql)
has pg_dump || packages+=(postgresql-client)
has chromium || has chromium-browser || has google-chrome || packages+=(chromium)

if ! has node || ! has npm; then
    echo 'The tests need Node 20.19 or newer, with npm: https://nodejs.org' >&2
    exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "The tests need Node 20.19 or newer, not $(node --version): https://nodejs.org" >&2
    exit 1
fi

if [ ${#packages[@]} -eq 0 ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
    echo "The tests need ${packages[*]}: apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 1
fi

echo "Installing ${packages[*]}"
export DEBIAN_FRONTEND=noninteractive
# The tests make a cluster of their own; Debian need not make one.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] \
    || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null
