#!/usr/bin/env bash
# Step, ramp and spike at 20 requests/s of 1 s: time to a decision, replicas beside the formula, refusals, time down. 2.5 min.
#   ./bench.sh autoscaling
set -euo pipefail
source "$ROOT/eng/lib.sh"
source "$ROOT/eng/bench-lib.sh"
load_bench autoscaling
