#!/usr/bin/env bash
# Builds the container image of Fairlead (every role, and the scoring host that replicas run) on a Debian base, and pushes
# it to a registry. The base is made once and kept in ~/.cache/fairlead.
#   eng/images.sh REGISTRY[/PATH]               pushes REGISTRY[/PATH]/fairlead:VERSION, and prints it with its digest
#   eng/images.sh --plain-http REGISTRY         a registry without TLS
#   eng/images.sh --tag TAG REGISTRY            another tag than the version
#   eng/images.sh --netns NAME …                pushes from inside a network namespace (the test cluster's)
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/images-lib.sh"

BASE_SUITE=bookworm
# What fairlead-scoring and fairleadd link with, certificates for downloads, and an interpreter for entry scripts.
BASE_PACKAGES=ca-certificates,libgcc-s1,libssl3,libstdc++6,python3,zlib1g
USER_ID=10001                                        # no root in the image; the same number that pods ask for

registry='' tag='' tls=true netns=''
while [ $# -gt 0 ]; do
  case "$1" in
    --plain-http) tls=false ;;
    --tag) tag="${2:?--tag needs a value}"; shift ;;
    --netns) netns="${2:?--netns needs a value}"; shift ;;
    -*) die "'$1' is not an option; the options are --plain-http, --tag, --netns" ;;
    *) registry="$1" ;;
  esac
  shift
done
[ -n "$registry" ] || die "say which registry to push to, for example: eng/images.sh registry.example.com/ml"
[ "$(id -u)" -eq 0 ] || die "building the base of the image needs root"
ensure_packages "${IMAGE_PACKAGES[@]}" "${BUILD_PACKAGES[@]}"
require_dotnet
[ -n "$tag" ] || tag=$(sed -nE 's#.*<Version>(.*)</Version>.*#\1#p' "$ROOT/Directory.Build.props")
use_image_store
mkdir -p "$ROOT/artifacts"
log="$ROOT/artifacts/images.log"
: >"$log"
run() { "$@" >>"$log" 2>&1 || { tail -n 15 "$log" >&2; die "building the image failed (log: $log)"; }; }
outside() { if [ -n "$netns" ]; then nsenter --net="/run/netns/$netns" "$@"; else "$@"; fi; }

exec 9>"$CACHE/images/.lock"
flock 9
base="fairlead-base:$BASE_SUITE-$(printf '%s' "$BASE_PACKAGES" | sha256sum | cut -c1-10)"
if ! buildah inspect --type image "localhost/$base" >/dev/null 2>&1; then
  say "building the base image (Debian $BASE_SUITE, once) …"
  folder=$(mktemp -d)
  trap 'rm -rf --one-file-system "$folder"' EXIT
  run debootstrap --variant=minbase --include="$BASE_PACKAGES" $BASE_SUITE "$folder" http://deb.debian.org/debian
  rm -rf "$folder"/var/cache/apt/* "$folder"/var/lib/apt/lists/* "$folder"/usr/share/{doc,man,locale,info}/* "$folder"/var/log/*
  echo "fairlead:x:$USER_ID:$USER_ID::/home/fairlead:/usr/sbin/nologin" >>"$folder/etc/passwd"
  echo "fairlead:x:$USER_ID:" >>"$folder/etc/group"
  install -d -o $USER_ID -g $USER_ID "$folder/home/fairlead"
  container=$(buildah from scratch)
  run buildah add -q "$container" "$folder" /
  run buildah commit -q --rm "$container" "localhost/$base"
fi

say "building the image …"
stage="$ROOT/artifacts/image"
rm -rf "$stage"
if dist_is_stale; then build_dist; fi
# fairleadd with its runtime, since the base has none; the other two are native.
run dotnet publish "$ROOT/src/Fairlead.Host" -c Release --use-current-runtime --self-contained -o "$stage" -v quiet
rm -f "$stage"/*.pdb "$stage"/*.xml
# The scoring host in a folder of its own: replicas copy that folder.
install -d "$stage/scoring"
cp "$DIST/fairlead" "$stage/"
cp -r "$DIST/fairlead-scoring" "$DIST"/libonnxruntime*.so "$DIST/python" "$stage/scoring/"
ln -s scoring/fairlead-scoring "$stage/fairlead-scoring"
container=$(buildah from "localhost/$base")
run buildah add -q "$container" "$stage" /opt/fairlead
run buildah config --user $USER_ID:$USER_ID --workingdir /home/fairlead --env PATH=/opt/fairlead:/usr/local/bin:/usr/bin:/bin \
  --entrypoint '["/opt/fairlead/fairleadd"]' --cmd '--help' \
  --label org.opencontainers.image.title=fairlead --label org.opencontainers.image.version="$tag" \
  --label org.opencontainers.image.licenses=MIT "$container"
say "pushing $registry/fairlead:$tag …"
run buildah commit -q --rm "$container" "localhost/fairlead:$tag"
run outside buildah push -q --tls-verify=$tls --digestfile "$ROOT/artifacts/image.digest" "localhost/fairlead:$tag" \
  "docker://$registry/fairlead:$tag"
run buildah rmi --prune
echo "$registry/fairlead:$tag@$(cat "$ROOT/artifacts/image.digest")"
