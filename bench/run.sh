#!/bin/sh
# Measures a classifier on the engine, its floor and its peers in one process; see docs/benchmarks.md.
#   bench/run.sh --network resnet50 --cases inference:8,training:8 --output FOLDER [--peers onnxruntime,torch --models DIR]
# OMP_NUM_THREADS=1 takes the CPU time of the calling thread, which other processes do not disturb.
# Builds once; after a change of the sources: rm -r bench/target/lib
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
[ -d "$here/target/lib" ] || (cd "$here/.." && mvn -B -ntp -q package -Pbench -pl bench -am -DskipTests -Denforcer.skip -Dspotless.check.skip -Djacoco.skip)
exec java -Xmx4g -Dai.djl.offline=true -Dorg.bytedeco.javacpp.maxbytes=16g -Dorg.bytedeco.javacpp.maxphysicalbytes=0 \
    -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0 --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -cp "$here/target/classes:$here/target/lib/*" "${BENCH_MAIN:-io.vertebra.bench.Bench}" "$@"
