# Shared by the benchmarks in bench/. Source it after eng/lib.sh.
now() { date +%s%N; }
median() { sort -n | awk '{a[NR]=$1} END {print (NR % 2) ? a[(NR+1)/2] : (a[NR/2]+a[NR/2+1])/2}'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }

# ready PORT FROM: waits until / answers 200; prints the milliseconds since FROM (nanoseconds, of now).
ready() {
  for _ in $(seq 3000); do
    if curl -sf -o /dev/null "http://127.0.0.1:$1/"; then echo $((($(now) - $2) / 1000000)); return; fi
    sleep 0.003
  done
  die "nothing answers on port $1"
}

# load_bench VERB ARGUMENT…: the load generator in bench/Fairlead.Bench.Load, with the published server.
load_bench() {
  local project="$ROOT/bench/Fairlead.Bench.Load" log="$ROOT/artifacts/bench-load.log"
  mkdir -p "$ROOT/artifacts"
  dotnet build "$project" -c Release -v q >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "the build failed (log: $log)"; }
  FAIRLEADD="${FAIRLEADD:-$DIST/fairleadd}" exec "$ROOT/artifacts/bin/Fairlead.Bench.Load/release/Fairlead.Bench.Load" "$@"
}
