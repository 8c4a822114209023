#!/usr/bin/env bash
# Deploy → Healthy on local compute with nothing to build, as the command line sees it, beside what no deployment can
# be faster than: starting the interpreter and importing what the entry script imports.
set -euo pipefail
source "$ROOT/eng/bench-lib.sh"
runs="${1:-7}"
python=/usr/bin/python3
data="$(mktemp -d)"
export FAIRLEAD_DATA="$data" NO_COLOR=1
fairlead() { "$DIST/fairlead" "$@"; }
trap 'fairlead down >/dev/null 2>&1 || true; rm -rf "$data"' EXIT
elapsed() { local from; from=$(now); "$@" >/dev/null 2>&1; echo $((($(now) - from) / 1000000)); }

fairlead up --port 0 --gateway-port 0 --python "$python" >/dev/null 2>&1
cd "$ROOT/samples/iris-onnx"
fairlead model register -n iris -p model.onnx --model-framework Onnx >/dev/null 2>&1
cd "$ROOT/samples/digits-sklearn"
fairlead model register -n digits -p model.joblib --model-framework ScikitLearn >/dev/null 2>&1

onnx=() sklearn=() import=()
for i in $(seq "$runs"); do
  cd "$ROOT/samples/iris-onnx"
  onnx+=("$(elapsed fairlead model deploy -n "iris-$i" -m iris:1)")
  cd "$ROOT/samples/digits-sklearn"
  sklearn+=("$(elapsed fairlead model deploy -n "digits-$i" -m digits:1 --ic inferenceconfig.json)")
  import+=("$(elapsed "$python" -c 'import joblib, numpy; joblib.load("model.joblib")')")
  fairlead service delete -n "iris-$i" >/dev/null 2>&1
  fairlead service delete -n "digits-$i" >/dev/null 2>&1
done

m_onnx=$(printf '%s\n' "${onnx[@]}" | median)
m_sklearn=$(printf '%s\n' "${sklearn[@]}" | median)
m_import=$(printf '%s\n' "${import[@]}" | median)
printf '%-46s %10s   %s\n' "what ($runs runs each, interleaved)" "median ms" "all"
printf '%-46s %10s   %s\n' "deploy an ONNX model, to Healthy" "$m_onnx" "${onnx[*]}"
printf '%-46s %10s   %s\n' "deploy a scikit-learn entry script, to Healthy" "$m_sklearn" "${sklearn[*]}"
printf '%-46s %10s   %s\n' "python: load the same model, no server" "$m_import" "${import[*]}"
awk -v o="$m_onnx" -v s="$m_sklearn" -v i="$m_import" \
  'BEGIN {printf "{\"name\":\"deploy\",\"ratios\":{\"onnx_over_python_load\":%.2f,\"sklearn_over_python_load\":%.2f},\"milliseconds\":{\"onnx\":%d,\"sklearn\":%d,\"python_load\":%d}}\n", o/i, s/i, o, s, i}'
