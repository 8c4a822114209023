# Shared by the scripts at the root. Source it; it only defines functions and the paths below.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
DIST="$ROOT/artifacts/dist"
CACHE="${FAIRLEAD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fairlead}"   # what is costly to make and the same for all checkouts
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# ensure_packages NAME…: installs the Debian packages that are missing; says what to do where it may not.
ensure_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || die "install these first (by their Debian names): ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || die "run as root, or first: sudo apt-get install ${missing[*]}"
  say "installing ${missing[*]} …"
  mkdir -p "$ROOT/artifacts"
  local log="$ROOT/artifacts/apt.log"
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    apt-get update >>"$log" 2>&1 \
      && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 \
      || { tail -n 15 "$log" >&2; die "apt-get could not install ${missing[*]} (log: $log)"; }
  fi
}

# What native AOT links with, and what runs entry scripts.
BUILD_PACKAGES=(clang zlib1g-dev)
RUN_PACKAGES=(python3 python3-venv)
# What the samples are made of and checked against.
SAMPLE_PACKAGES=(python3-numpy python3-sklearn python3-joblib)
TEST_PACKAGES=(python3-onnx python3-pandas python3-flask python3-pip procps git postgresql util-linux)
# Real servers for the blob stores: Azurite is a program of Node, Swift (its S3 interface) of Python.
STORE_PACKAGES=(python3-swift)
AZURITE_VERSION=3.37.0

# Azurite into $CACHE/azurite, once.
ensure_azurite() {
  local folder="$CACHE/azurite"
  command -v npm >/dev/null || ensure_packages nodejs npm   # Node's own packages bring npm themselves
  [ "$(cat "$folder/.installed" 2>/dev/null)" = "$AZURITE_VERSION" ] && return 0
  mkdir -p "$folder" "$ROOT/artifacts"
  say "installing azurite $AZURITE_VERSION …"
  (
    flock 9                                            # two checkouts at once: the second finds the first one's result
    [ "$(cat "$folder/.installed" 2>/dev/null)" = "$AZURITE_VERSION" ] && exit 0
    npm install --prefix "$folder" --no-fund --no-audit --no-save --loglevel=error "azurite@$AZURITE_VERSION" \
      && echo "$AZURITE_VERSION" >"$folder/.installed"
  ) 9>"$folder/.lock" >"$ROOT/artifacts/npm.log" 2>&1 || { tail -n 15 "$ROOT/artifacts/npm.log" >&2; die "npm could not install azurite"; }
}

require_dotnet() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is needed: https://dotnet.microsoft.com/download"
}

# True when something that goes into the binaries is newer than they are.
dist_is_stale() {
  [ -f "$DIST/.stamp" ] || return 0
  [ -n "$(find "$ROOT/src" "$ROOT/Directory.Build.props" "$ROOT/Directory.Build.targets" \
    "$ROOT/Directory.Packages.props" "$ROOT/global.json" \
    -name __pycache__ -prune -o -newer "$DIST/.stamp" -print -quit)" ]
}

# Publishes fairlead, fairleadd and fairlead-scoring, side by side, into $DIST.
build_dist() {
  require_dotnet
  ensure_packages "${BUILD_PACKAGES[@]}"
  mkdir -p "$DIST"
  local stamp log="$ROOT/artifacts/publish.log" project
  stamp="$(mktemp "$ROOT/artifacts/stamp.XXXXXX")"
  : >"$log"
  for project in Host Scoring Cli; do
    say "building $(case $project in Host) echo 'fairleadd (server)';; Scoring) echo 'fairlead-scoring (scoring host, native)';; Cli) echo 'fairlead (command line, native)';; esac) …"
    dotnet publish "$ROOT/src/Fairlead.$project" -c Release --use-current-runtime -o "$DIST" -v quiet >>"$log" 2>&1 \
      || { grep -E 'error|warning' "$log" | sort -u | head -n 20 >&2; tail -n 5 "$log" >&2; die "the build failed (log: $log)"; }
  done
  rm -f "$DIST"/*.dbg
  mv "$stamp" "$DIST/.stamp"
}
