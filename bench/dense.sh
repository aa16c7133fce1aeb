#!/bin/sh
# Measures DeepLab v3 ResNet-50 at 512 px and SSD300 VGG16, end to end and in training, on the engine and its peers; see docs/benchmarks.md.
#   /usr/bin/python3 tools/bench/models.py DIR dense        (once)
#   OMP_NUM_THREADS=2 bench/dense.sh DIR OUTPUT [ROUNDS]    four JSON files in OUTPUT, as docs/bench has them; ROUNDS: 5 of inference, 3 of training
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
models=$1
output=$2
rounds=${3:-}
export BENCH_MAIN=io.vertebra.bench.DenseBench
threads=${OMP_NUM_THREADS:-$(nproc)}
run() {
    echo "== $1, $2, $threads threads"
    "$here/run.sh" --network "$1" --mode "$2" --batch "$3" --warmup "$4" --rounds "${rounds:-$5}" \
        --models "$models" --output "$output/$6-${threads}threads.json"
}
mkdir -p "$output"
run deeplabv3_resnet50 inference 1 2 5 deeplab-inference
run ssd300_vgg16 inference 1 2 9 ssd-inference
run deeplabv3_resnet50 training 2 1 3 deeplab-training
run ssd300_vgg16 training 4 2 3 ssd-training
