#!/usr/bin/env bash
# Runs one benchmark and prints a table and, last, one line of JSON: {"name":…,"ratios":{…}}.
#   ./bench.sh --list
set -euo pipefail
source "$(dirname "$0")/eng/lib.sh"
name="${1:-}"
names() { find "$ROOT/bench" -name '*.sh' -exec basename {} .sh \; | sort; }
if [ "$name" = --list ]; then names; exit 0; fi
[ -n "$name" ] && [ -f "$ROOT/bench/$name.sh" ] || die "'$name' is not a benchmark; they are: $(names | tr '\n' ' ')"
ensure_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${SAMPLE_PACKAGES[@]}"
if dist_is_stale; then build_dist; fi
export DIST ROOT
exec "$ROOT/bench/$name.sh" "${@:2}"
