# Shared by the scripts of this folder, after eng/lib.sh: where the test cluster's parts live, and what they run on.
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$HERE/../lib.sh"
source "$HERE/../images-lib.sh"

KUBERNETES="$CACHE/kubernetes"                       # binaries, made once by build.sh
# Another number (1 to 9) is another cluster beside the first.
NUMBER="${FAIRLEAD_CLUSTER_NUMBER:-0}" SUFFIX=''
[ "$NUMBER" = 0 ] || SUFFIX="$NUMBER"
CLUSTER="${FAIRLEAD_CLUSTER:-$CACHE/cluster$SUFFIX}" # state of the running cluster; removed by down.sh
# What a kubelet sets for the whole machine; with vm.overcommit_memory=1 programs get memory that is not there.
KUBELET_SYSCTLS=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops)
NETNS="fairlead$SUFFIX"                              # the network namespace everything of the cluster runs in
HOST_LINK="fl-host$SUFFIX" HOST_IP="10.99.$((NUMBER * 2 + 1)).1" INSIDE_IP="10.99.$((NUMBER * 2 + 1)).2" NODE_IP="10.99.$((NUMBER * 2)).1"
API_SERVICE_IP="10.$((96 - NUMBER)).0.1" DNS_IP="10.$((96 - NUMBER)).0.10"
POD_NET="10.244.$NUMBER.0/24" SERVICE_NET="10.$((96 - NUMBER)).0.0/16"
REGISTRY="$NODE_IP:5000"                             # as this machine and the node both see it

KUBERNETES_BUILD_PACKAGES=(golang-go golang-github-modern-go-reflect2-dev jq rsync make gcc libc6-dev dpkg-dev ca-certificates)
KUBERNETES_RUN_PACKAGES=(etcd-server containerd runc containernetworking-plugins iptables conntrack iproute2 socat
  openssl procps docker-registry)

ensure_kubectl() { command -v kubectl >/dev/null || ensure_packages kubernetes-client; }

# Ends the processes of the cluster by the ids that were written down, then whatever else lives in its namespaces, and
# removes its folder. Nothing to do is not an error.
stop_cluster() (
  set +e +o pipefail
  local file pid namespace pod_namespaces
  # The namespaces of pods, by the names their containers were made with.
  pod_namespaces=$(cat "$CLUSTER"/containerd-state/io.containerd.runtime.v2.task/k8s.io/*/config.json 2>/dev/null \
    | grep -oE '/netns/cni-[0-9a-f-]+' | sed 's#.*/##' | sort -u)
  for file in "$CLUSTER"/run/*.pid; do
    [ -f "$file" ] && is_ours "$(cat "$file")" && kill "$(cat "$file")" 2>/dev/null
  done
  for file in "$CLUSTER"/run/*.pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    for _ in $(seq 50); do is_ours "$pid" || break; sleep 0.1; done
    is_ours "$pid" && kill -9 "$pid" 2>/dev/null
  done
  for pid in $(ps -eo pid,args | awk -v socket="$CLUSTER/containerd.sock" '/containerd-shim/ && index($0, socket) {print $1}'); do
    kill -9 "$pid" 2>/dev/null
  done
  for namespace in $NETNS $pod_namespaces; do
    for pid in $(ip netns pids "$namespace" 2>/dev/null); do kill -9 "$pid" 2>/dev/null; done
    ip netns del "$namespace" 2>/dev/null
  done
  ip link del $HOST_LINK 2>/dev/null
  awk -v folder="$CLUSTER/" 'index($2, folder) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null
  [ ! -f "$CLUSTER/sysctl.before" ] || sysctl -q -p "$CLUSTER/sysctl.before" >/dev/null 2>&1
  rm -rf --one-file-system "$CLUSTER"
  find /sys/fs/cgroup -depth -type d -path '*/kubepods*' -exec rmdir {} + 2>/dev/null
  true
)

# Whether a process id that was written down is still a process of the cluster, not another that got its number.
is_ours() { [ "$(readlink "/proc/$1/ns/net" 2>/dev/null)" = "net:[$(stat -Lc %i /run/netns/$NETNS 2>/dev/null)]" ]; }
