#!/usr/bin/env bash
# Cost of the proxy: requests/s and latency of the gateway (key check, lease, forward) beside plain YARP, nginx and HAProxy
# in front of the same upstream, on the same cores, rounds interleaved.
#   ./bench.sh proxy [ROUNDS] [SECONDS]
set -euo pipefail
source "$ROOT/eng/lib.sh"
rounds="${1:-3}" seconds="${2:-5}" cores="${BENCH_CORES:-0,1}"
ensure_packages nginx-light haproxy wrk
work="$(mktemp -d)"
started=()
cleanup() {
  for id in "${started[@]}"; do kill "$id" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
project="$ROOT/bench/Fairlead.Bench.Gateway"
dotnet build "$project" -c Release -v q >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log" >&2; die "the build failed"; }
bench="$ROOT/artifacts/bin/Fairlead.Bench.Gateway/release/Fairlead.Bench.Gateway"

mapfile -t ports < <(/usr/bin/python3 - <<'P'
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(12)]
print("\n".join(str(s.getsockname()[1]) for s in held))
P
)
replicas=("${ports[@]:0:8}")
declare -A port=([fairlead]=${ports[8]} [yarp]=${ports[9]} [nginx]=${ports[10]} [haproxy]=${ports[11]})
key=$(head -c 24 /dev/urandom | base64 | tr -d '/+=' | head -c 32)
body='{"data":[[5.1,3.5,1.4,0.2],[6.2,2.9,4.3,1.3],[7.7,3.8,6.7,2.2],[4.9,3.0,1.4,0]]}'
answer='{"result":[0.125,0.25,0.5,1.0,2.0,4.0,8.0,16.0],"version":"1","model":"the iris"}'

nginx_head() { printf 'daemon off;\nworker_processes %s;\npid %s/%s.pid;\nerror_log %s/%s.log warn;\nevents { worker_connections 4096; }\n' "$2" "$work" "$1" "$work" "$1"
  printf 'http { access_log off; keepalive_requests 100000000; client_body_temp_path %s/%s-b; proxy_temp_path %s/%s-p; fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n' "$work" "$1" "$work" "$1" "$work" "$work" "$work"; }
{ nginx_head upstream 1
  echo 'server {'; printf 'listen 127.0.0.1:%s;\n' "${replicas[@]}"
  printf "location / { default_type application/json; return 200 '%s'; } } }\n" "$answer"; } >"$work/upstream.conf"
{ nginx_head proxy 2
  echo 'upstream replicas {'; printf 'server 127.0.0.1:%s;\n' "${replicas[@]}"; echo 'keepalive 64; keepalive_requests 100000000; }'
  echo "server { listen 127.0.0.1:${port[nginx]}; location / { proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection ''; } } }"; } >"$work/proxy.conf"
{ printf 'global\n  nbthread 2\n  maxconn 4096\ndefaults\n  mode http\n  timeout connect 1s\n  timeout client 60s\n  timeout server 60s\n  http-reuse always\n'
  printf 'frontend in\n  bind 127.0.0.1:%s\n  default_backend replicas\nbackend replicas\n  balance roundrobin\n' "${port[haproxy]}"
  for r in "${replicas[@]}"; do echo "  server r$r 127.0.0.1:$r"; done; } >"$work/haproxy.cfg"
cat >"$work/post.lua" <<L
wrk.method = "POST"
wrk.body = '$body'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $key"
done = function(s, l) io.write(string.format("RESULT %.1f %.3f %.3f %d\n", s.requests / s.duration * 1e6,
  l:percentile(50) / 1000, l:percentile(99) / 1000, s.errors.status + s.errors.read + s.errors.write + s.errors.timeout + s.errors.connect)) end
L
start() { taskset -c "$cores" "$@" >>"$work/out.log" 2>&1 & started+=($!); }
urls=(); for r in "${replicas[@]}"; do urls+=("http://127.0.0.1:$r"); done
start /usr/sbin/nginx -p "$work" -c "$work/upstream.conf"
start /usr/sbin/nginx -p "$work" -c "$work/proxy.conf"
start /usr/sbin/haproxy -f "$work/haproxy.cfg"
start "$bench" gateway "${port[fairlead]}" "$key" "${urls[@]}"
start "$bench" yarp "${port[yarp]}" "$key" "${urls[@]}"
path=/api/v1/service/bench/score
for name in fairlead yarp nginx haproxy; do
  for try in $(seq 100); do
    curl -sf -o "$work/answer" -H "Authorization: Bearer $key" -d "$body" "http://127.0.0.1:${port[$name]}$path" && break
    [ "$try" -lt 100 ] || { tail -n 20 "$work"/*.log >&2; die "$name does not answer"; }
    sleep 0.1
  done
  [ "$(cat "$work/answer")" = "$answer" ] || die "$name answers otherwise than the upstream"
done
load() { taskset -c "$cores" wrk -t2 -c32 -d"$2s" -s "$work/post.lua" "http://127.0.0.1:${port[$1]}$path" | awk '/^RESULT/ {print $2, $3, $4, $5}'; }
for name in fairlead yarp; do load "$name" "${BENCH_WARMUP:-6}" >/dev/null; done
for round in $(seq "$rounds"); do
  for name in fairlead yarp nginx haproxy; do echo "$name $(load "$name" "$seconds")" >>"$work/results"; done
done
/usr/bin/python3 - "$work/results" "$rounds" "$seconds" <<'P'
import json, statistics, sys
rows = {}
for line in open(sys.argv[1]):
    name, *numbers = line.split()
    rows.setdefault(name, []).append([float(n) for n in numbers])
middle = {name: [statistics.median(column) for column in zip(*r)] for name, r in rows.items()}
yarp, best = middle["yarp"][0], max(middle["nginx"][0], middle["haproxy"][0])
print(f"{'medians of ' + sys.argv[2] + ' rounds of ' + sys.argv[3] + ' s':32} {'req/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'errors':>7} {'/ YARP':>7} {'/ best':>7}")
for name, (rate, p50, p99, _) in middle.items():
    print(f"{name:32} {rate:9.0f} {p50:8.3f} {p99:8.3f} {int(sum(r[3] for r in rows[name])):7d} {rate / yarp:7.2f} {rate / best:7.2f}")
fair = middle["fairlead"]
p99 = min((middle[n] for n in ("nginx", "haproxy")), key=lambda m: -m[0])[2]
print(json.dumps({"name": "proxy", "ratios": {"over_yarp": round(fair[0] / yarp, 2), "over_nginx": round(fair[0] / middle["nginx"][0], 2),
    "over_haproxy": round(fair[0] / middle["haproxy"][0], 2), "p99_over_best": round(fair[2] / p99, 2)},
    "requests_per_second": {n: round(m[0]) for n, m in middle.items()}}))
if any(r[3] for n in rows for r in rows[n]):
    sys.exit("error: some requests failed")
P
