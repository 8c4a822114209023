#!/usr/bin/env bash
# The scoring host beside Flask under gunicorn (Debian's packages) with the same score.py and as many workers: requests/s,
# p99, large bodies, cold start, idle memory. Rounds are interleaved. ONNX beside the runtime's bare loop: onnx.sh.
set -euo pipefail
rounds="${1:-3}" seconds="${2:-4}"
source "$ROOT/eng/lib.sh"
source "$ROOT/eng/bench-lib.sh"
ensure_packages python3-flask gunicorn wrk
here="$ROOT/bench/scoring" work="$(mktemp -d)" pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$here"
export PYTHONDONTWRITEBYTECODE=1
python3=/usr/bin/python3

# body NAME BYTES: a JSON string of that size.
body() { "$python3" -c 'import sys; n = int(sys.argv[1]); print("{\"data\": \"" + "x" * (n - 12) + "\"}", end="")' "$2" >"$work/$1"; }
body small 80; body 1mb $((1 << 20)); body 50mb $((50 << 20))

# Both write their start to ready into $work/start.NAME; the process id is in $!.
start_fairlead() {
  local from; from=$(now)
  AML_APP_ROOT="$here" AZUREML_ENTRY_SCRIPT=score.py FAIRLEAD_PYTHON=$python3 FAIRLEAD_BIND_ADDRESS=127.0.0.1 \
    SERVER_PORT="$1" WORKER_COUNT="$2" AZUREML_LOG_LEVEL=WARNING "$DIST/fairlead-scoring" >"$work/fairlead.$1.log" 2>&1 &
  pids+=($!); fairlead_pid=$!
  ready "$1" "$from" >>"$work/start.fairlead"
}
start_flask() {
  local from; from=$(now)
  /usr/bin/gunicorn -w "$2" -b "127.0.0.1:$1" --log-level warning flask_app:app >"$work/flask.$1.log" 2>&1 &
  pids+=($!); flask_pid=$!
  ready "$1" "$from" >>"$work/start.flask"
}
# Resident memory of a process tree without what is shared with others, in MB.
memory() {
  local sum=0 pid
  for pid in "$1" $(pgrep -P "$1"); do sum=$((sum + $(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup"))); done
  echo $((sum / 1024))
}
field() { awk -v n="$2" '{print $n}' "$work/$1" | median; }

# load SERVER PORT BODY CONNECTIONS CASE
load() {
  local line
  line=$(BODY="$work/$3" wrk -t1 -c"$4" -d"${seconds}s" --timeout 20s --latency -s post.lua "http://127.0.0.1:$2/score" \
    | grep '^RESULT ') || die "wrk failed on $1"
  [ "${line##* }" = 0 ] || die "$1 gave errors in $5: $line"
  echo "${line#RESULT }" >>"$work/$5.$1"
}

start_fairlead 18601 1; one_memory=$(memory "$fairlead_pid")
start_flask 18602 1; flask_memory=$(memory "$flask_pid")
start_fairlead 18603 2
start_flask 18604 2
interpreter=$("$python3" -c '
import json, re
print(int(re.search(r"Pss:\s+(\d+)", open("/proc/self/smaps_rollup").read()).group(1)) // 1024)')
for _ in $(seq "$rounds"); do
  for case in "small 8 one" "small 1 alone" "1mb 2 1mb" "50mb 2 50mb"; do
    set -- $case
    load fairlead 18601 "$1" "$2" "$3"; load flask 18602 "$1" "$2" "$3"
  done
  load fairlead 18603 small 16 two; load flask 18604 small 16 two
done
# Cold starts of their own, one after the other.
port=18610
for _ in $(seq 5); do
  start_fairlead $((port++)) 1; kill "$fairlead_pid"; start_flask $((port++)) 1; kill "$flask_pid"
done

row() { printf '%-44s %12s %12s %8s\n' "$@"; }
json=""
row "median of $rounds rounds of $seconds s" fairlead "flask" ratio
report() {
  local f g r; f=$(field "$2.fairlead" "$3"); g=$(field "$2.flask" "$3"); r=$(ratio "$f" "$g")
  row "$1" "$f" "$g" "$r"; json="$json,\"$4\":$r"
}
report "requests/s, 1 worker, 8 connections" one 1 requests
report "  p99, us" one 3 p99
report "requests/s, 2 workers, 16 connections" two 1 requests_2_workers
report "  p99, us" two 3 p99_2_workers
report "requests/s, 1 worker, 1 connection" alone 1 requests_1_connection
report "requests/s, body of 1 MB" 1mb 1 body_1mb
report "requests/s, body of 50 MB" 50mb 1 body_50mb
sed -i 1,2d "$work/start.fairlead" "$work/start.flask"
report "cold start to ready, ms" start 1 cold_start
row "memory idle, 1 worker, MB (interpreter: $interpreter)" "$one_memory" "$flask_memory" "$(ratio "$one_memory" "$flask_memory")"
echo "{\"name\":\"scoring\",\"ratios\":{${json#,}},\"megabytes\":{\"fairlead\":$one_memory,\"flask\":$flask_memory,\"interpreter\":$interpreter}}"
