#!/usr/bin/env bash
# Faults under load: three gateways at 80 % load, one fault after another; every request that fails is counted.
#   ./bench.sh faults [FAULT]
set -euo pipefail
source "$ROOT/eng/lib.sh"
source "$ROOT/eng/bench-lib.sh"
load_bench faults "$@"
