#!/bin/sh
# Measures one network of each family on the engine and its peers, in inference and training, with one thread and with two, and the
# floor of three; about 12 minutes on two quiet cores. Raw JSON in OUTPUT; tables: tools/bench/table.py OUTPUT
#   /usr/bin/python3 tools/bench/models.py DIR      (once)
#   bench/families.sh DIR OUTPUT [SECONDS]          no round of a case begins after so many seconds (4), but three are measured;
#                                                   NETWORKS="..." and FEWEST=1 in the environment make a short trial
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
models=$1
output=$2
seconds=${3:-4}
networks="${NETWORKS:-convnext_tiny legacy_xception mobilenet_v2 mobilenet_v3_large densenet121 efficientnet_b0}"
floors=" convnext_tiny mobilenet_v2 "
began=$(date +%s)
run() {
    echo "-- $(($(date +%s) - began)) s: $1, $OMP_NUM_THREADS threads"
    "$here/run.sh" --fewest "${FEWEST:-3}" --seconds "$seconds" --models "$models" --output "$output" --network "$@"
}
export OMP_NUM_THREADS=1
run resnext50_32x4d --cases training:8 --profile
for network in $networks; do
    case "$floors" in *" $network "*) floor=training ;; *) floor=none ;; esac
    run "$network" --peers onnxruntime,torch --profile --floor $floor
done
export OMP_NUM_THREADS=2
for network in $networks; do
    run "$network" --peers onnxruntime,torch --floor none
done
echo "-- $(($(date +%s) - began)) s in all; tools/bench/table.py $output prints the tables"
