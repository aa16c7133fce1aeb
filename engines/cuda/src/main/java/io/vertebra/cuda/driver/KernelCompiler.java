package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.KernelSource;
import io.vertebra.graph.engine.EngineException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compiles files of kernels for one capability, or takes what was compiled before. Needs no card. */
final class KernelCompiler {
    /** Lambdas are code for the card without being called so. */
    private static final String LAMBDAS = "--device-as-default-execution-space";

    private static final String MACHINE_CODE = "sm_";

    private final String architecture;
    private final Translator translator;
    private final Optional<CodeCache> cache;

    /** With a compiler of one's own, and perhaps a place for what it makes. */
    KernelCompiler(String architecture, Translator translator, Optional<CodeCache> cache) {
        this.architecture = architecture;
        this.translator = translator;
        this.cache = cache;
    }

    /** NVRTC for cards of this capability: 90 is Hopper. */
    static KernelCompiler forCapability(int capability, Optional<CodeCache> cache) {
        String architecture = architecture(capability, Nvrtc.supported());
        return new KernelCompiler(architecture, new Nvrtc(architecture.startsWith(MACHINE_CODE)), cache);
    }

    /** Machine code where NVRTC knows the capability, else the newest code that the card's driver can compile further. */
    static String architecture(int capability, int[] supported) {
        if (Arrays.stream(supported).anyMatch(s -> s == capability)) {
            return MACHINE_CODE + capability;
        }
        return Arrays.stream(supported).filter(s -> s < capability).max().stream()
                .mapToObj(s -> "compute_" + s)
                .findFirst()
                .orElseThrow(() -> new EngineException(
                        EngineException.Kind.UNAVAILABLE,
                        "cuda: NVRTC compiles for capability "
                                + Arrays.stream(supported).min().orElse(0) / 10.0 + " and newer, the card has "
                                + capability / 10.0));
    }

    /** The file behind the line that says what T is: as an option it would change NVRTC's own header, too. */
    Translation translation(KernelSource source) {
        String file = source.file() + ".cu";
        return new Translation(
                file,
                "#define T " + source.type().code() + "\n#line 1\n" + KernelFiles.read(file),
                KernelFiles.headers(file),
                List.of("--gpu-architecture=" + architecture, "--std=c++17", LAMBDAS));
    }

    /** Machine code, or PTX that ends with a zero. */
    byte[] compile(KernelSource source) {
        Translation translation = translation(source);
        return new KeptCode(cache, translation.key(translator.version()))
                .make(Optional::of, () -> translator.translate(translation), Optional::of);
    }
}
