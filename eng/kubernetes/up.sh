#!/usr/bin/env bash
# Starts a real Kubernetes of one node in a network namespace of its own, with no way out of it: etcd, kube-apiserver,
# controller manager, scheduler, containerd + runc, kubelet, kube-proxy, and an OCI registry. About 25 seconds. Prints
# what to export. Does nothing when the cluster runs; starts a new one when what is there is broken.
#   eval "$(eng/kubernetes/up.sh)"
set -euo pipefail
source "$(dirname "$0")/lib.sh"
KUBECONFIG_FILE="$CLUSTER/admin.kubeconfig"

print_settings() {
  echo "export KUBECONFIG=$KUBECONFIG_FILE FAIRLEAD_TEST_REGISTRY=$REGISTRY FAIRLEAD_TEST_HOST=$HOST_IP"
}

is_running() {
  local file
  [ -f "$CLUSTER/ready" ] || return 1
  for file in "$CLUSTER"/run/*.pid; do kill -0 "$(cat "$file")" 2>/dev/null || return 1; done
  kubectl --kubeconfig "$KUBECONFIG_FILE" --request-timeout 5s get --raw /readyz >/dev/null 2>&1
}

[ "$(id -u)" -eq 0 ] || die "a cluster of its own needs root; set KUBECONFIG to a cluster that runs instead"
mkdir -p "$CACHE"
exec 9>"$CACHE/cluster.lock"
flock 9
ensure_kubectl
if is_running; then print_settings; exit 0; fi
"$HERE/build.sh" >&2
ensure_packages "${KUBERNETES_RUN_PACKAGES[@]}" "${IMAGE_PACKAGES[@]}"
stop_cluster

started=$SECONDS
say "starting a Kubernetes cluster …"
mkdir -p "$CLUSTER"/{pki,log,run,etcd,cni,registry,certs.d/"$REGISTRY"}
cd "$CLUSTER"
sysctl "${KUBELET_SYSCTLS[@]}" >sysctl.before 2>/dev/null || true # down.sh puts them back
trap 'say "the cluster did not start; its logs are in $CLUSTER/log (eng/kubernetes/down.sh removes them)"' ERR

# The namespace: the node's address on a bridge, and a pair of links to this machine.
ip netns add $NETNS
in_ns() { nsenter --net=/run/netns/$NETNS "$@"; }     # 'ip netns exec' would hide /sys/fs/cgroup
MOUNTS=()
if [ "$NUMBER" != 0 ]; then
  # Each kubelet removes the logs of pods it does not know, and their folder is the same for all: one of its own.
  mkdir -p mounts pod-logs /var/log/pods
  mount --bind mounts mounts
  mount --make-private mounts
  touch mounts/ns
  unshare --mount="$PWD/mounts/ns" --propagation slave true
  nsenter --mount="$PWD/mounts/ns" mount --bind "$PWD/pod-logs" /var/log/pods
  MOUNTS=(--mount="$PWD/mounts/ns" --wd="$PWD")
fi
in_ns ip link set lo up
in_ns ip link add node0 type bridge
in_ns ip addr add $NODE_IP/32 dev node0
in_ns ip link set node0 up
in_ns ip route add default dev node0                  # service addresses need a route before they are translated
in_ns sysctl -qw net.ipv4.ip_forward=1
in_ns sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
ip link add "$HOST_LINK" type veth peer name fl-ns netns $NETNS
ip addr add $HOST_IP/30 dev $HOST_LINK
ip link set $HOST_LINK up
in_ns ip addr add $INSIDE_IP/30 dev fl-ns
in_ns ip link set fl-ns up
for net in $NODE_IP/32 $POD_NET $SERVICE_NET; do ip route add "$net" via $INSIDE_IP; done

# Certificates of an authority that lives as long as the cluster.
openssl req -x509 -newkey rsa:2048 -nodes -keyout pki/ca.key -subj /CN=fairlead-test -days 3650 -out pki/ca.crt 2>/dev/null
openssl genrsa -out pki/sa.key 2048 2>/dev/null
certificate() { # NAME SUBJECT ALTERNATIVE-NAMES
  openssl req -newkey rsa:2048 -nodes -keyout "pki/$1.key" -subj "$2" -out "pki/$1.csr" 2>/dev/null
  openssl x509 -req -in "pki/$1.csr" -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial -days 3650 -out "pki/$1.crt" \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$3") 2>/dev/null
}
certificate apiserver /CN=kube-apiserver "IP:$NODE_IP,IP:127.0.0.1,IP:$API_SERVICE_IP,DNS:localhost,DNS:kubernetes.default.svc"
certificate admin /O=system:masters/CN=admin DNS:admin
certificate kcm /CN=system:kube-controller-manager DNS:kcm
certificate scheduler /CN=system:kube-scheduler DNS:scheduler
certificate proxy /CN=system:kube-proxy DNS:proxy
certificate node /O=system:nodes/CN=system:node:node1 "DNS:node1,IP:$NODE_IP"
for who in admin kcm scheduler proxy node; do
  cat >"$who.kubeconfig" <<Y
apiVersion: v1
kind: Config
clusters: [{name: fairlead, cluster: {server: "https://$NODE_IP:6443", certificate-authority: $PWD/pki/ca.crt}}]
users: [{name: $who, user: {client-certificate: $PWD/pki/$who.crt, client-key: $PWD/pki/$who.key}}]
contexts: [{name: fairlead, context: {cluster: fairlead, user: $who}}]
current-context: fairlead
Y
done

start() { # NAME COMMAND…
  local name=$1
  shift
  setsid nsenter --net=/run/netns/$NETNS "${MOUNTS[@]}" "$@" >"log/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"run/$name.pid"
}
until_true() { # SECONDS WHAT LOG COMMAND…
  local seconds=$1 what=$2 log=$3
  shift 3
  local deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $deadline ]; then
      tail -n 15 "log/$log.log" >&2
      die "$what within $seconds s (log: $CLUSTER/log/$log.log)"
    fi
    sleep 0.3
  done
}

cat >registry.yml <<Y
version: 0.1
storage: {filesystem: {rootdirectory: $PWD/registry}, delete: {enabled: true}}
http: {addr: "$REGISTRY"}
log: {level: warn}
Y
start registry docker-registry serve registry.yml
start etcd etcd --data-dir etcd --unsafe-no-fsync --log-level error
start apiserver "$KUBERNETES/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
  --advertise-address=$NODE_IP --secure-port=6443 \
  --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key --client-ca-file=pki/ca.crt \
  --service-cluster-ip-range=$SERVICE_NET --authorization-mode=Node,RBAC --allow-privileged=true \
  --service-account-key-file=pki/sa.key --service-account-signing-key-file=pki/sa.key \
  --service-account-issuer=https://kubernetes.default.svc \
  --kubelet-preferred-address-types=InternalIP --kubelet-certificate-authority=pki/ca.crt \
  --kubelet-client-certificate=pki/admin.crt --kubelet-client-key=pki/admin.key
export KUBECONFIG=$KUBECONFIG_FILE
until_true 60 "the API server was not ready" apiserver kubectl get --raw /readyz
start kcm "$KUBERNETES/kube-controller-manager" --kubeconfig=kcm.kubeconfig --root-ca-file=pki/ca.crt \
  --service-account-private-key-file=pki/sa.key --use-service-account-credentials=true --leader-elect=false
start scheduler "$KUBERNETES/kube-scheduler" --kubeconfig=scheduler.kubeconfig --leader-elect=false
start proxy "$KUBERNETES/kube-proxy" --kubeconfig=proxy.kubeconfig --hostname-override=node1 \
  --cluster-cidr=$POD_NET --conntrack-max-per-core=0

cat >cni/10-pods.conflist <<Y
{"cniVersion": "0.4.0", "name": "fairlead", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$PWD/cni/ipam", "ranges": [[{"subnet": "$POD_NET"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}}]}
Y
printf 'server = "http://%s"\n[host."http://%s"]\ncapabilities = ["pull", "resolve"]\n' "$REGISTRY" "$REGISTRY" >"certs.d/$REGISTRY/hosts.toml"
# restrict_oom_score_adj: containers of this machine may lack CAP_SYS_RESOURCE.
containerd config default | sed \
  -e "s#sandbox_image = .*#sandbox_image = \"$REGISTRY/pause:1\"#" \
  -e 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' \
  -e "s#bin_dir = .*#bin_dir = \"/usr/lib/cni\"#" \
  -e "s#conf_dir = .*#conf_dir = \"$PWD/cni\"#" \
  -e "s#config_path = \"\"#config_path = \"$PWD/certs.d\"#" \
  -e "s#^root = .*#root = \"$PWD/containerd\"#" \
  -e "s#^state = .*#state = \"$PWD/containerd-state\"#" \
  -e "s#/run/containerd/containerd.sock#$PWD/containerd.sock#" >containerd.toml
start containerd containerd -c containerd.toml
# Pods of clusters beside each other must not clear away each other's groups.
CGROUP=''
if [ "$NUMBER" != 0 ]; then
  CGROUP="$NETNS"
  find /sys/fs/cgroup -maxdepth 1 -mindepth 1 -type d ! -type l -exec mkdir -p "{}/$CGROUP" \; 2>/dev/null || true
  [ ! -f /sys/fs/cgroup/cgroup.controllers ] || mkdir -p "/sys/fs/cgroup/$CGROUP"
fi
cat >kubelet.yml <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PWD/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $PWD/pki/node.crt
tlsPrivateKeyFile: $PWD/pki/node.key
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
clusterDNS: [$DNS_IP]
clusterDomain: cluster.local
failSwapOn: false
evictionHard: {}
maxPods: 200
resolvConf: ""
Y
start kubelet "$KUBERNETES/kubelet" --config=kubelet.yml --kubeconfig=node.kubeconfig --hostname-override=node1 \
  --node-ip=$NODE_IP --container-runtime=remote --container-runtime-endpoint="unix://$PWD/containerd.sock" \
  --root-dir="$PWD/kubelet"

use_image_store
# The image of the container that holds every pod's namespaces: one file.
container=$(in_ns buildah from scratch)
in_ns buildah copy -q "$container" "$KUBERNETES/pause" /pause >/dev/null
in_ns buildah config --entrypoint '["/pause"]' "$container"
in_ns buildah commit -q --tls-verify=false "$container" "docker://$REGISTRY/pause:1" >/dev/null
in_ns buildah rm "$container" >/dev/null
until_true 60 "the node was not ready" kubelet kubectl wait --for=condition=Ready node/node1 --timeout=1s
# Pods of a namespace are refused until its account is there.
until_true 30 "the default service account was not there" kcm kubectl -n default get serviceaccount default
touch ready
say "   Kubernetes $(kubectl get node node1 -o 'jsonpath={.status.nodeInfo.kubeletVersion}'), $((SECONDS - started)) s"
print_settings
