#!/usr/bin/env bash
# Makes target/gpu-bundle.tar.xz: all that tools/gpu/run.sh needs on a machine with an NVIDIA card and nothing else.
#   tools/gpu/bundle.sh [--no-build]
# Java, our jars without ND4J, OpenCV and oneDNN, the bindings of CUDA with their native side, the contract suite, goldens, and the
# pictures of hymenoptera. The libraries of CUDA are the other machine's. SHARED names the folder with weights and data; MVN_ARGS
# (such as -o) goes to Maven.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$root"
shared=$(cd "${SHARED:-$root/../shared}" && pwd -P)
stage="$root/target/gpu-bundle"
archive="$stage.tar.xz"
most=60000000 # bytes

fail() { echo "bundle.sh: $1" >&2; exit 1; }
version() { sed -n "s:.*<$1.version>\\(.*\\)</$1.version>.*:\\1:p" pom.xml; }
size() { printf '%10d  %s\n' "$(tar -C "$(dirname "$1")" -cf - "$(basename "$1")" | xz -T1 -6 | wc -c)" "$2"; }

for tool in mvn jlink jdeps python3 xz tar; do command -v "$tool" >/dev/null || fail "no $tool found"; done
jdk=$(dirname "$(dirname "$(readlink -f "$(command -v jlink)")")")

# --- build ---------------------------------------------------------------------------------------
elsewhere=org.nd4j,org.deeplearning4j # engines and codecs that the card has no use for, and what only they need
unused=opencv,openblas,javacv,dnnl,opencl,vertebra-onednn,vertebra-dl4j,flatbuffers-java,commons-math3,commons-collections4,protobuf-java
quiet=(-B -ntp -q -P cuda -Denforcer.skip -Dspotless.check.skip)
read -r -a more <<<"${MVN_ARGS:-}"
if [ "${1:-}" != --no-build ]; then
    rm -rf src/target/dependency engines/cuda/target/dependency
    mvn "${more[@]}" "${quiet[@]}" package dependency:copy-dependencies -pl src,engines/cuda -am -Dmaven.test.skip \
        -DincludeScope=runtime -DexcludeGroupIds="$elsewhere" -DexcludeArtifactIds="$unused"
    mvn "${more[@]}" "${quiet[@]}" test-compile -pl graph,engines/cuda
    for artifact in "org.junit.platform:junit-platform-console-standalone:$(version junit)" "org.assertj:assertj-core:$(version assertj)"; do
        mvn "${more[@]}" "${quiet[@]}" -N dependency:copy -Dartifact="$artifact" -DoutputDirectory=target/gpu-tests
    done
fi
for made in src/target/dependency engines/cuda/target/dependency engines/cuda/target/test-classes/io/vertebra/cuda/CardContractTest.class; do
    [ -e "$made" ] || fail "$made is missing; run without --no-build"
done

# --- jars ----------------------------------------------------------------------------------------
rm -rf "$stage" "$archive"
app="$stage/app"
mkdir -p "$app/src/target" "$stage/tests" "$stage/shared/weights" "$stage/shared/checks" "$stage/shared/data"
declare -A jars=() # by name: src and engines/cuda share most
for jar in src/target/dependency/*.jar engines/cuda/target/dependency/*.jar src/target/vertebra-*.jar engines/cuda/target/vertebra-cuda-*.jar; do
    case "$jar" in *-tests.jar|*-sources.jar) continue ;; esac
    jars[${jar##*/}]=$jar
done
python3 tools/gpu/store_jar.py "$app/src/target/lib" "${jars[@]}"
python3 tools/gpu/store_jar.py "$stage/tests" target/gpu-tests/*.jar
for module in graph engines/cuda; do cp -r "$module/target/test-classes/." "$stage/tests/classes/"; done
ls "$app/src/target/lib"/cuda-*-linux-x86_64.jar >/dev/null 2>&1 || fail "the native side of CUDA's bindings is missing"

# --- Java ----------------------------------------------------------------------------------------
modules=$({ for jar in "$app/src/target/lib"/*.jar "$stage/tests"/*.jar; do jdeps -s "$jar" 2>/dev/null; done; } \
    | sed -n 's/.* -> \(java\.[a-z.]*\|jdk\.[a-z.]*\)$/\1/p' | sort -u | paste -sd,)
jlink --add-modules "$modules,jdk.incubator.vector" --output "$stage/jre" --strip-debug --no-header-files --no-man-pages --compress=0 --vm=server \
    --exclude-files '**libsplashscreen.so,**libfontmanager.so,**libawt_xawt.so,**libjsound.so,**libjawt.so,**liblcms.so' 2>&1 \
    | { grep -v 'incubator modules' || true; }
# Debian's Java takes these from the system, which the other machine may not have
for library in libjavajpeg.so libzip.so; do
    ldd "$jdk/lib/$library" | sed -n 's/.*\(libjpeg\|libz\)\(\.so[.0-9]*\) => \(.*\) (.*/\3/p' | while read -r file; do cp -L "$file" "$stage/jre/lib/"; done
done

# --- what it works on ----------------------------------------------------------------------------
cp vertebra "$app/"
cp -r configs "$app/"
cp tools/gpu/goldens.py tools/gpu/torch_peer.py tools/gpu/torch_pyramids.py tools/gpu/torch_detectors.py "$app/"
for name in resnet20_cifar10.th mobilenet_v2_1.0_224_in1k.safetensors squeezenet1_1_in1k.safetensors deeplabv3_mobilenet_v2_voc.safetensors; do
    cp "$shared/weights/$name" "$shared/weights/${name%.*}.golden.safetensors" "$stage/shared/weights/"
done
cp "$shared/weights"/*.txt "$stage/shared/weights/"
cp "$shared/checks"/*.py "$shared/checks"/*.txt "$stage/shared/checks/"
python3 tools/gpu/jpeg_in_tiff.py "$shared/data/hymenoptera" "$stage/shared/data/hymenoptera"
chmod -R u+w "$stage"
git rev-parse HEAD >"$app/COMMIT" 2>/dev/null || echo unknown >"$app/COMMIT"

# --- archive -------------------------------------------------------------------------------------
tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - . | xz -T1 --x86 --lzma2=preset=6,dict=64MiB >"$archive"
if [ -n "${PARTS:-}" ]; then # what each weighs, compressed alone
    for part in jre app/src/target/lib tests shared/weights shared/data; do size "$stage/$part" "$part"; done
fi
rm -rf "$stage"
bytes=$(stat -c %s "$archive")
echo "$archive: $bytes bytes"
[ "$bytes" -le "$most" ] || fail "more than $most bytes"
