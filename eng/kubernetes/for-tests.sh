#!/usr/bin/env bash
# Prepares what the tests of the part 'kubernetes' run against, and prints it as variables to export: a cluster with
# Fairlead's image in a registry that its nodes pull from.
#   KUBECONFIG set (kind, k3d, AKS …): that cluster; FAIRLEAD_TEST_REGISTRY must name a registry for it
#                                      (FAIRLEAD_TEST_REGISTRY_HTTP=1 when it has no TLS)
#   otherwise: the cluster of up.sh, started when it does not run
set -euo pipefail
source "$(dirname "$0")/lib.sh"
options=()
if [ -n "${KUBECONFIG:-}" ]; then
  [ -n "${FAIRLEAD_TEST_REGISTRY:-}" ] \
    || die "KUBECONFIG is set, so FAIRLEAD_TEST_REGISTRY must name a registry that its cluster pulls from. Tests install Fairlead there and remove it; unset KUBECONFIG for a cluster of their own."
  ensure_kubectl
  [ -z "${FAIRLEAD_TEST_REGISTRY_HTTP:-}" ] || options+=(--plain-http)
else
  settings=$("$HERE/up.sh")
  eval "$settings"
  options+=(--plain-http --netns $NETNS)
  # Some tests stop it for a while.
  echo "export FAIRLEAD_TEST_APISERVER_PID=$(cat "$CLUSTER/run/apiserver.pid")"
fi
if dist_is_stale; then build_dist; fi
# A tag of this very build: a node that has pulled another build's would not pull again.
tag="test-$(stat -c %Y "$DIST/.stamp")"
image=$("$ROOT/eng/images.sh" "${options[@]}" --tag "$tag" "$FAIRLEAD_TEST_REGISTRY")
echo "export KUBECONFIG=$KUBECONFIG FAIRLEAD_TEST_IMAGE=${image%@*}${FAIRLEAD_TEST_HOST:+ FAIRLEAD_TEST_HOST=$FAIRLEAD_TEST_HOST}"
