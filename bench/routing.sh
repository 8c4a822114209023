#!/usr/bin/env bash
# Exact routing: waits behind 1, 3 and 5 gateways in front of 8 and 64 replicas at 50, 70 and 90 % load, beside those of one
# exact queue (Erlang C), round-robin, least connections and random.
#   ./bench.sh routing [--quick | SECONDS] [SERVICE_MS]
set -euo pipefail
source "$ROOT/eng/lib.sh"
source "$ROOT/eng/bench-lib.sh"
seconds="${1:-80}" service="${2:-400}"
if [ "$seconds" = --quick ]; then seconds=5 service=200; fi
load_bench routing "$seconds" "$service"
