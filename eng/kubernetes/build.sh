#!/usr/bin/env bash
# Builds Kubernetes 1.20.2, the oldest release Fairlead supports, from Debian's own source package (bookworm), into
# ~/.cache/fairlead/kubernetes. About 5 minutes on 2 cores the first time; nothing after that.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

VERSION=1.20.2
RECIPE=2                                             # raised when this script makes something else than before
BINARIES=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)

is_built() { [ "$(cat "$KUBERNETES/.built" 2>/dev/null)" = "$VERSION-$RECIPE" ]; }
if is_built; then exit 0; fi

[ "$(uname -m)" = x86_64 ] || die "the test cluster is built for x86-64 only; set KUBECONFIG to a cluster of your own"
ensure_packages "${KUBERNETES_BUILD_PACKAGES[@]}"
mkdir -p "$KUBERNETES"
exec 9>"$KUBERNETES/.lock"
flock 9                                              # two builds at once: the second finds the first one's result
if is_built; then exit 0; fi

log="$CACHE/kubernetes-build.log"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
step() { say "   $1 …"; shift; "$@" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; die "building Kubernetes failed (log: $log)"; }; }
: >"$log"

say "building Kubernetes $VERSION from Debian's source (once, about 5 minutes on 2 cores) …"
# A source list of its own, so that the machine's lists stay as they are.
cat >"$work/sources.list" <<Y
deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
Y
mkdir -p "$work/lists/partial" "$work/go/src/k8s.io"
apt=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::Lists="$work/lists" -o APT::Sandbox::User=root)
cd "$work/go/src/k8s.io"
step "reading the list of source packages" apt-get "${apt[@]}" update -q
step "fetching the source" apt-get "${apt[@]}" source -q kubernetes
mv kubernetes-*/ kubernetes
cd kubernetes
# The copy it comes with reads maps as Go did before 1.18, and breaks down on the first custom resource.
reflect=vendor/github.com/modern-go/reflect2
rm -rf "$reflect"
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 "$reflect"
# GOPATH mode: this release's module file is refused by the packaged Go's vendoring check.
step "compiling ${BINARIES[*]}" env GOPATH="$work/go" GOCACHE="$work/cache" GO111MODULE=off GOFLAGS= \
  KUBE_GIT_VERSION=v$VERSION KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20 KUBE_GIT_COMMIT=debian KUBE_GIT_TREE_STATE=clean \
  nice -n 10 make WHAT="$(printf 'cmd/%s ' "${BINARIES[@]}")"
rm -f "$KUBERNETES/.built"
cp --remove-destination "${BINARIES[@]/#/_output/local/bin/linux/amd64/}" "$KUBERNETES/"

# The program of the pause container: it holds a pod's namespaces and waits for its end.
gcc -O2 -static -x c - -o "$KUBERNETES/pause" <<'C'
#include <signal.h>
#include <unistd.h>
static void stop(int s) { (void)s; _exit(0); }
int main(void) { signal(SIGTERM, stop); signal(SIGINT, stop); for (;;) pause(); }
C
echo "$VERSION-$RECIPE" >"$KUBERNETES/.built"
say "   $KUBERNETES"
