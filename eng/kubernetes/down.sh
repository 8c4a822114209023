#!/usr/bin/env bash
# Ends the cluster that up.sh started, with everything in it, and removes its folder. Built binaries stay.
set -uo pipefail
source "$(dirname "$0")/lib.sh"
mkdir -p "$CACHE"
exec 9>"$CACHE/cluster.lock"
flock 9
stop_cluster
