#!/usr/bin/env bash
# A large routing table: memory, what changes cost, latency while they come, 10,000 idle connections of clients.
#   ./bench.sh scale [SECONDS]
set -euo pipefail
source "$ROOT/eng/lib.sh"
source "$ROOT/eng/bench-lib.sh"
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
load_bench scale "${1:-20}"
