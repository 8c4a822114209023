#!/usr/bin/env bash
# What the scoring host adds to an ONNX model: one request at a time over HTTP beside the runtime's bare loop over the same
# model and shape, and beside the host's own health route, which is the floor of HTTP itself. Rounds are interleaved.
set -euo pipefail
rounds="${1:-5}" seconds="${2:-3}"
source "$ROOT/eng/lib.sh"
source "$ROOT/eng/bench-lib.sh"
ensure_packages wrk
work="$(mktemp -d)"
trap 'kill "$host" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
model="$ROOT/samples/iris-onnx/model.onnx"
loop="$ROOT/artifacts/bench/onnx-loop"
dotnet publish "$ROOT/bench/onnx-loop" -c Release -o "$loop" -v quiet >"$work/build.log" 2>&1 || { tail "$work/build.log"; exit 1; }
mkdir -p "$work/model/iris/1"
cp "$model" "$work/model/iris/1/"
echo '{"data": [[5.9, 3.0, 5.1, 1.8]]}' >"$work/body"

from=$(now)
AML_APP_ROOT="$work" AZUREML_MODEL_DIR="$work/model/iris/1" FAIRLEAD_MODEL_FRAMEWORK=Onnx SERVER_PORT=18621 \
  FAIRLEAD_BIND_ADDRESS=127.0.0.1 AZUREML_LOG_LEVEL=WARNING "$DIST/fairlead-scoring" >"$work/log" 2>&1 &
host=$!
started=$(ready 18621 "$from")
idle=$(awk '/^Pss:/ {print int($2 / 1024)}' "/proc/$host/smaps_rollup")

# Microseconds of one round trip with one connection.
round_trip() {
  BODY="$work/body" wrk -t1 -c1 -d"${seconds}s" --latency "$@" | awk '/Requests\/sec/ {printf "%.1f\n", 1000000 / $2}'
}
for _ in $(seq "$rounds"); do
  dotnet "$loop/onnx-loop.dll" "$model" "$seconds" | awk '{print $1}' >>"$work/bare"
  round_trip -s "$ROOT/bench/scoring/post.lua" "http://127.0.0.1:18621/score" >>"$work/score"
  round_trip "http://127.0.0.1:18621/" >>"$work/health"
done
bare=$(median <"$work/bare") score=$(median <"$work/score") health=$(median <"$work/health")
added=$(awk -v s="$score" -v b="$bare" 'BEGIN {printf "%.1f", s - b}')
row() { printf '%-52s %10s\n' "$@"; }
row "median of $rounds rounds of $seconds s, iris, one row" us
row "the runtime's bare loop" "$bare"
row "POST /score, one connection, the whole round trip" "$score"
row "GET /, likewise: the floor of HTTP" "$health"
row "added to the run by HTTP, JSON and the host" "$added"
row "start to ready, ms" "$started"
row "memory idle, MB" "$idle"
echo "{\"name\":\"onnx\",\"ratios\":{\"score_over_health\":$(ratio "$score" "$health")},\"microseconds\":{\"bare\":$bare,\"score\":$score,\"health\":$health,\"added\":$added},\"megabytes\":{\"idle\":$idle}}"
