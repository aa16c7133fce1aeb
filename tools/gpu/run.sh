#!/usr/bin/env bash
# What only a card can show, in one run on a bare Linux machine: NVIDIA's driver, CUDA 13 and cuDNN 9 (those of a PyTorch installation
# do), bash, tar, and python3 for the goldens and for PyTorch's side of the benchmark.
#   tools/gpu/run.sh [--dry] [--parts smoke,devices,contract,leaks,goldens,quickstart,hymenoptera,peers,benchmark,profile] [--minutes 8]
#                    [--bundle FILE] [--out FOLDER]
# What measures no time runs side by side, so that a borrowed card is not held longer than it must be; peers compiles for PyTorch meanwhile.
# Leaves summary.md, benchmark.md, benchmark.json, contract.xml.gz, leaks.xml.gz and logs.tar.gz in FOLDER (default: $OUT, else target/gpu-out),
# renewed after each part, so that a limit from outside loses one part at most. VERTEBRA_CONTRACT_THREADS: tests at once (6).
# Exit 0: all parts passed; 1: one did not; 2: a wrong call; 3: no card here.
# --dry runs what needs no card, says what it leaves out and why, and ends with 0 where nothing failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
alone=smoke,devices together=contract,leaks,goldens,quickstart,hymenoptera,peers timed=benchmark,profile
all=$alone,$together,$timed
dry=false parts=$all minutes=8 bundle="$here/../../target/gpu-bundle.tar.xz" out=${OUT:-$here/../../target/gpu-out}
usage() { echo "run.sh: $1; see the head of this file" >&2; exit 2; }
while [ $# -gt 0 ]; do
    case "$1" in
        --dry) dry=true; shift; continue ;;
        --parts|--minutes|--bundle|--out) [ $# -ge 2 ] || usage "$1 needs a value" ;;
        *) usage "unknown option $1" ;;
    esac
    case "$1" in
        --parts) parts=$2 ;;
        --minutes) minutes=$2 ;;
        --bundle) bundle=$2 ;;
        --out) out=$2 ;;
    esac
    shift 2
done
case "$minutes" in ''|*[!0-9]*|0*) usage "--minutes expects a whole number from 1 on" ;; esac
for part in ${parts//,/ }; do
    case ",$all," in *",$part,"*) ;; *) usage "there is no part $part" ;; esac
done
[ -f "$bundle" ] || usage "no bundle $bundle; tools/gpu/bundle.sh makes it"
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}"
if $dry; then export CUDA_VISIBLE_DEVICES=; fi
end=$((SECONDS + minutes * 60))
mkdir -p "$out" || exit 2
out=$(cd "$out" && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/vertebra-gpu.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
app="$work/app" logs="$work/logs" table="$work/table"
mkdir "$logs" "$table"
failed=0

# --- machine and bundle --------------------------------------------------------------------------
python=$(command -v python3 || true)
if ! tar -C "$work" -xJf "$bundle" 2>/dev/null; then # no xz here; Python brings its own
    "${python:-false}" -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$bundle" "$work" \
        || usage "$bundle cannot be unpacked: it is damaged, or neither xz nor python3 is here"
fi
card=$(nvidia-smi --query-gpu=name,compute_cap,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1)
folders=()
if [ -n "$python" ]; then # pip's packages: nvidia/cudnn/lib, nvidia/cu13/lib, ...
    while read -r folder; do folders+=("$folder"); done < <("$python" -c '
import glob, site, sys
roots = list(dict.fromkeys(sys.path + site.getsitepackages() + [site.getusersitepackages()]))
for root in filter(None, roots):
    print(*sorted(glob.glob(glob.escape(root) + "/nvidia/*/lib")), sep="\n")' | grep .)
fi
for folder in /usr/local/cuda*/lib64 /usr/local/nvidia/lib64; do
    if [ -d "$folder" ]; then folders+=("$folder"); fi
done
search=$(IFS=:; echo "${folders[*]:-}")
found() { # the first folder that has this library
    local folder
    for folder in ${folders[@]+"${folders[@]}"} /usr/lib/x86_64-linux-gnu /usr/lib64; do
        if [ -e "$folder/$1" ]; then echo "$folder/$1"; return; fi
    done
    folder=$(ldconfig -p 2>/dev/null | sed -n "s/.*$1 .*=> //p" | head -n 1)
    echo "${folder:-missing}"
}
# how all parts call the program: as a user does, with the bundle's Java and the libraries of CUDA
cat >"$work/environment" <<SETTINGS
export JAVA_HOME='$work/jre' HOME='$work' VERTEBRA_BUILD=never VERTEBRA_OFFLINE=1 VERTEBRA_CUDA_LIBRARIES='$search'
export LD_LIBRARY_PATH='$work/jre/lib:$search:${LD_LIBRARY_PATH:-}'
export VERTEBRA_JAVA_OPTS="-Dorg.bytedeco.javacpp.cachedir=$work/javacpp \${VERTEBRA_JAVA_OPTS:-}"
cd '$app' || exit 1
SETTINGS
cat >"$work/vertebra" <<PROGRAM
#!/usr/bin/env bash
. '$work/environment'
exec ./vertebra "\$@"
PROGRAM
cat >"$work/suite" <<SUITE
#!/usr/bin/env bash
. '$work/environment'
exec "\$JAVA_HOME/bin/java" -Xmx8g '-XX:ErrorFile=$logs/hs_err_%p.log' -Djava.awt.headless=true -Dorg.bytedeco.javacpp.maxphysicalbytes=0 '-Dorg.bytedeco.javacpp.cachedir=$work/javacpp' \\
    -cp '$work/tests/classes:$app/src/target/lib/*:$work/tests/*' org.junit.platform.console.ConsoleLauncher execute --disable-banner \\
    --details=testfeed --details-theme=ascii --disable-ansi-colors --select-class=io.vertebra.cuda.\$1 \\
    --reports-dir="$logs/\$2-xml" "\${@:3}"
SUITE
chmod +x "$work/vertebra" "$work/suite"

# --- what is said --------------------------------------------------------------------------------
save() { # what stands so far
    {
        echo "# Run on a card"
        echo
        echo "$(date -u '+%Y-%m-%d %H:%M UTC'), commit $(cat "$app/COMMIT"), $(uname -srm), $(getconf _NPROCESSORS_ONLN) processors; card: ${card:-none}"
        echo
        for library in libcuda.so.1 libcudart.so.13 libcublas.so.13 libcublasLt.so.13 libnvrtc.so.13 libcudnn.so.9 libcudnn_graph.so.9; do
            echo "- $library: $(found "$library")"
        done
        echo
        echo "| part | state | seconds | result |"
        echo "| --- | --- | ---: | --- |"
        for part in ${all//,/ }; do cat "$table/$part" 2>/dev/null; done
        if [ -s "$out/benchmark.md" ]; then echo; cat "$out/benchmark.md"; fi
    } >"$work/summary.$BASHPID"
    mv "$work/summary.$BASHPID" "$out/summary.md"
    tar -C "$work" -czf "$work/logs.$BASHPID" logs 2>/dev/null # 1 where a part is still writing
    mv "$work/logs.$BASHPID" "$out/logs.tar.gz"
}
row() { # part, state, seconds, result
    local text=${4//|/ }
    text=${text:0:400}
    printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$text" >"$table/$1"
    echo "run.sh: $1: $2, $3 s: $text" >&2
    save
}
skip() { row "$1" skipped 0 "$2"; }
fault() { failed=1; row "$1" FAILED "${3:-0}" "$2"; }
lines() { # of a part's log, those of a pattern, else the last
    local said feed="$logs/$1.log"
    if grep -qa ' :: STARTED$' "$feed"; then # a suite, whole or cut off
        echo "$(grep -ac ' :: SUCCESSFUL$' "$feed") tests passed, $(grep -ac ' :: FAILED$' "$feed") failed$(grep -a ' :: FAILED$' "$feed" | head -n 2 | sed 's/.* Card[A-Z][a-z]*Test > /; /' | tr -d '\n')"
        return
    fi
    said=$(grep -aE "$2" "$logs/$1.log" | tail -n 4 | sed 's/  */ /g' | paste -sd '#' | sed 's/#/; /g')
    echo "${said:-$(tail -n 1 "$logs/$1.log")}"
}
attempt() { # part, most seconds, pattern of the lines to show, command
    local part=$1 most=$2 pattern=$3 left=$((end - SECONDS)) start=$SECONDS code state=passed
    shift 3
    if [ "$left" -lt 10 ]; then fault "$part" "not run: the $minutes minutes are over"; return; fi
    if [ "$most" -gt "$left" ]; then most=$left; fi
    timeout -k 5 "$most" "$@" >"$logs/$part.log" 2>&1 </dev/null
    code=$?
    if [ "$code" -ne 0 ]; then
        failed=1 state="FAILED, exit $code"
        if [ $((SECONDS - start)) -ge "$most" ]; then state="STOPPED at its limit"; fi
    fi
    row "$part" "$state" "$((SECONDS - start))" "$(lines "$part" "$pattern")"
}
wanted() { case ",$parts," in *",$1,"*) ;; *) return 1 ;; esac; }
why="no card here"
if $dry; then why="dry run"; fi
ready() { [ -n "$card" ] && ! $dry; }

# --- the parts, the most important first ---------------------------------------------------------
part_devices() {
    if ready; then attempt devices 30 'card: |^engine cuda' "$work/vertebra" devices; return; fi
    "$work/vertebra" devices >"$logs/devices.log" 2>&1 # ends with 18 where no engine works
    skip devices "$why; the program says: $(tail -n 1 "$logs/devices.log")"
}
part_smoke() { # memory, kernel, convolution, product, recording: which piece is broken
    if ready; then attempt smoke 60 . "$work/suite" CardSmokeTest smoke
    elif timeout -k 5 60 "$work/suite" CardSmokeTest smoke >"$logs/smoke.log" 2>&1; then skip smoke "$why"
    else fault smoke "$(lines smoke 'Error|Exception')"; fi
    report smoke
}
part_contract() {
    local reason parallel=(--exclude-tag=slow --config=junit.jupiter.execution.parallel.enabled=true
        --config=junit.jupiter.execution.parallel.config.strategy=fixed
        "--config=junit.jupiter.execution.parallel.config.fixed.parallelism=${VERTEBRA_CONTRACT_THREADS:-6}")
    if ready; then attempt contract 170 . "$work/suite" CardContractTest contract "${parallel[@]}"
    else timeout -k 5 60 "$work/suite" CardContractTest contract "${parallel[@]}" >"$logs/contract.log" 2>&1; fi
    report contract
    if grep -qa ' :: SUCCESSFUL$' "$logs/contract.log"; then return; fi
    reason=$(gzip -dc "$out/contract.xml.gz" 2>/dev/null | grep -aoE 'cuda: [^]&<]*' | head -n 1)
    if ready || [ -z "$reason" ]; then fault contract "no test passed: ${reason:-$(lines contract 'Error|Exception')}"
    else skip contract "$why; the suite says: $reason"; fi
}
part_leaks() {
    if ! ready; then skip leaks "$why"; return; fi
    attempt leaks 170 . "$work/suite" CardContractTest leaks --include-tag=slow
    report leaks
}
report() { # keeps the suite's report
    if [ -f "$logs/$1-xml/TEST-junit-jupiter.xml" ]; then gzip -c "$logs/$1-xml/TEST-junit-jupiter.xml" >"$out/$1.xml.gz"; fi
    rm -rf "$logs/$1-xml"
}
part_goldens() {
    if [ -z "$python" ]; then
        if ready; then fault goldens "no python3 here"; else skip goldens "no python3 here"; fi
    elif ready; then attempt goldens 100 'FAIL|passed,' "$python" "$app/goldens.py" --program "$work/vertebra" --shared "$work/shared"
    else skip goldens "$why; $(find "$work/shared/weights" -name '*.golden.*' | wc -l) networks in fp32, tf32 and bf16 are in the bundle"; fi
}
train() { # part, recipe, precision
    if ready; then
        attempt "$1" 75 '^top1|samples in' "$work/vertebra" train "$2" --set engine=cuda --set "precision=$3" --output "$logs/$1"
        (cd "$logs/$1" 2>/dev/null && rm -rf weights checkpoints predictions plots) # too much to carry
    elif (cd "$app" && "$work/vertebra" config check "$2") >"$logs/$1.log" 2>&1; then skip "$1" "$why; the recipe is in order"
    else fault "$1" "$(tail -n 1 "$logs/$1.log")"; fi
}
part_quickstart() { train quickstart configs/quickstart.yaml fp32; }
part_hymenoptera() { train hymenoptera configs/hymenoptera/mobilenet_v2_finetune.yaml bf16; }
part_peers() {
    if ! ready; then skip peers "$why"; return; fi
    attempt peers 170 'Error|compiled in' "$python" "$app/torch_peer.py" --compile
}
part_benchmark() {
    local seconds=$((end - SECONDS - 5))
    if wanted profile; then seconds=$((seconds - 35)); fi
    if [ "$seconds" -lt 30 ]; then seconds=30; fi
    if [ -z "$python" ]; then
        if ready; then fault benchmark "no python3 here"; else skip benchmark "no python3 here"; fi
    elif ready; then
        attempt benchmark "$seconds" '^of [0-9]+ rows ' "$python" "$app/torch_peer.py" --vertebra "$work/vertebra" \
            --seconds "$((seconds - 10))" --json "$out/benchmark.json" --markdown "$out/benchmark.md"
    else skip benchmark "$why; beside us: $("$python" -c 'import torch; print("torch", torch.__version__)' 2>/dev/null || echo 'no torch here')"; fi
}
part_profile() {
    if ready; then
        attempt profile 35 'median|images/s|memory' "$work/vertebra" benchmark --model resnet50 --mode training --batch 256 --precision bf16 \
            --engine cuda --rounds 5 --profile
    else skip profile "$why"; fi
}

echo "run.sh: card: ${card:-none}; folders with libraries of CUDA: ${search:-none}" >&2
export TORCHINDUCTOR_CACHE_DIR="$work/inductor"
for part in ${alone//,/ }; do if wanted "$part"; then "part_$part"; fi; done
began=()
for part in ${together//,/ }; do
    if wanted "$part"; then ("part_$part"; exit "$failed") & began+=($!); fi
done
for child in ${began[@]+"${began[@]}"}; do wait "$child" || failed=1; done
for part in ${timed//,/ }; do if wanted "$part"; then "part_$part"; fi; done
save
cat "$out/summary.md"
if [ -z "$card" ] && ! $dry; then exit 3; fi
exit "$failed"
