#!/usr/bin/env bash
# Mixed load with faults at random: no leak of memory, handles or leases.
#   ./bench.sh soak [--minutes N]
set -euo pipefail
source "$ROOT/eng/lib.sh"
source "$ROOT/eng/bench-lib.sh"
minutes=10
[ "${1:-}" = --minutes ] && minutes="${2:?}"
load_bench soak "$minutes"
