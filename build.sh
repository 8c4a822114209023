#!/usr/bin/env bash
# Builds everything: the solution with its tests, and the binaries in artifacts/dist.
#   ./build.sh           both
#   ./build.sh solution  the solution alone (fastest inner loop)
#   ./build.sh dist      the binaries alone
set -euo pipefail
source "$(dirname "$0")/eng/lib.sh"
require_dotnet
what="${1:-all}"
case "$what" in all | solution | dist) ;; *) die "'$what' is not a thing to build; use: all, solution, dist" ;; esac
if [ "$what" != dist ]; then dotnet build "$ROOT/Fairlead.slnx" -v quiet; fi
if [ "$what" != solution ] && dist_is_stale; then build_dist; fi
