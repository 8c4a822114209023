#!/usr/bin/env bash
# Runs the tests: all of them, or the parts named.
#   ./test.sh                    everything but the part kubernetes, which runs when it is named
#   ./test.sh gateway e2e        these parts
#   ./test.sh --list             the names of the parts
#   ./test.sh kubernetes         on a real cluster: one of its own, or that of $KUBECONFIG (see docs/how-to/test-on-kubernetes.md)
#   ./test.sh gateway -- ARGS    ARGS go to the test program, e.g. --filter-class '*LeaseTests'
# The last line is "N passed, N failed", with ", N skipped" when some were.
set -uo pipefail
source "$(dirname "$0")/eng/lib.sh"

# Part → test project, in the order they run: quick ones first.
PARTS=(format architecture contracts client cli host gateway workspace workspace-postgres local kube-units scoring e2e)
# Run when named: it builds a cluster and an image first, which takes about 10 minutes once.
NAMED_PARTS=(kubernetes)
project_of() {
  case "$1" in
    architecture) echo Architecture ;; contracts) echo Contracts ;; client) echo Client ;; cli) echo Cli ;;
    gateway) echo Gateway ;; workspace | workspace-postgres) echo Workspace ;; local) echo LocalCompute ;; scoring) echo Scoring ;;
    host) echo Host ;; e2e) echo EndToEnd ;; kube-units) echo Kubernetes ;; kubernetes) echo Cluster ;;
  esac
}

selected=() extra=()
while [ $# -gt 0 ]; do
  case "$1" in
    --list) printf '%s\n' "${PARTS[@]}" "${NAMED_PARTS[@]}"; exit 0 ;;
    --) shift; extra=("$@"); break ;;
    *) printf '%s\n' "${PARTS[@]}" "${NAMED_PARTS[@]}" | grep -qx -- "$1" \
         || die "'$1' is not a part; the parts are: ${PARTS[*]} ${NAMED_PARTS[*]}"
       selected+=("$1"); shift ;;
  esac
done
[ ${#selected[@]} -gt 0 ] || selected=("${PARTS[@]}")

require_dotnet
ensure_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${SAMPLE_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
mkdir -p "$ROOT/artifacts/test-logs"
passed=0 failed=0 skipped=0
failures=()

finish() {
  [ ${#failures[@]} -eq 0 ] || say "failed: ${failures[*]}"
  local line="$passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
  echo "$line"
  [ "$failed" -eq 0 ]
  exit
}

# Adds up one test program's own summary; a program that printed none has failed as a whole.
count() {
  local part="$1" log="$2" status="$3" good bad idle
  good=$(sed -nE 's/^ *succeeded: ([0-9]+).*/\1/p' "$log" | tail -n 1)
  bad=$(sed -nE 's/^ *failed: ([0-9]+).*/\1/p' "$log" | tail -n 1)
  idle=$(sed -nE 's/^ *skipped: ([0-9]+).*/\1/p' "$log" | tail -n 1)
  passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${idle:-0}))
  if [ "$status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; then failed=$((failed + 1)); fi
  [ "$status" -eq 0 ] || failures+=("$part")
}

strip_colour() { sed -E 's/\x1b\[[0-9;]*[A-Za-z]//g'; }

built=no
for part in "${selected[@]}"; do
  log="$ROOT/artifacts/test-logs/$part.log"
  started=$SECONDS
  if [ "$part" = format ]; then
    say "== format"
    if dotnet format "$ROOT/Fairlead.slnx" --verify-no-changes -v quiet >"$log" 2>&1; then passed=$((passed + 1)); else
      failed=$((failed + 1)); failures+=(format); head -n 40 "$log" >&2; say "run: dotnet format"; fi
    say "   $((SECONDS - started)) s"
    continue
  fi
  if [ "$built" = no ]; then
    say "== build"
    if [ ${#selected[@]} -eq 1 ]; then target="$ROOT/tests/Fairlead.$(project_of "$part").Tests"; else target="$ROOT/Fairlead.slnx"; fi
    if ! dotnet build "$target" -v quiet >"$ROOT/artifacts/test-logs/build.log" 2>&1; then
      grep -E 'error|warning' "$ROOT/artifacts/test-logs/build.log" | sort -u | head -n 40 >&2
      failed=$((failed + 1)); failures+=(build); finish
    fi
    built=yes
    say "   $((SECONDS - started)) s"
  fi
  case "$part" in e2e | scoring) if dist_is_stale; then build_dist; fi ;; esac
  case "$part" in workspace | workspace-postgres) ensure_packages "${STORE_PACKAGES[@]}"; ensure_azurite ;; esac
  started=$SECONDS
  say "== $part"
  if [ "$part" = kubernetes ]; then
    own_cluster=$([ -n "${KUBECONFIG:-}" ] || [ -f "${FAIRLEAD_CLUSTER:-$CACHE/cluster}/ready" ] || echo yes)
    if ! settings=$("$ROOT/eng/kubernetes/for-tests.sh"); then failed=$((failed + 1)); failures+=("$part"); continue; fi
    eval "$settings"
  fi
  name="Fairlead.$(project_of "$part").Tests"
  # The same tests, on the other database.
  FAIRLEAD_TEST_DATABASE=$([ "$part" = workspace-postgres ] && echo postgres || echo sqlite)
  export FAIRLEAD_TEST_DATABASE
  FAIRLEAD_DIST="$DIST" FAIRLEAD_SAMPLES="$ROOT/samples" \
    timeout 1200 "$ROOT/artifacts/bin/$name/debug/$name" --progress off "${extra[@]}" 2>&1 </dev/null | strip_colour >"$log"
  status=${PIPESTATUS[0]}
  if [ "$part" = kubernetes ] && [ "$own_cluster" = yes ]; then
    [ -n "${KEEP_CLUSTER:-}" ] || "$ROOT/eng/kubernetes/down.sh"
    unset KUBECONFIG
  fi
  count "$part" "$log" "$status"
  if [ "$status" -ne 0 ]; then grep -vE '^ *$' "$log" | tail -n 120 >&2; fi
  say "   $(sed -nE 's/^ *(succeeded: [0-9]+).*/\1/p' "$log" | tail -n 1), $((SECONDS - started)) s"
done
finish
