#!/usr/bin/env bash
# Finds what the load run needs beside the tests' programs, or installs it where it may.
set -euo pipefail

command -v wrk > /dev/null && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo 'The load run needs wrk: apt-get install --no-install-recommends wrk' >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends wrk > /dev/null
