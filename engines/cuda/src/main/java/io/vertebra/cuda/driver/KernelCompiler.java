package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.nvrtc.nvrtcCompileProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCreateProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcDestroyProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBIN;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBINSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetErrorString;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetNumSupportedArchs;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetPTX;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetPTXSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLog;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLogSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetSupportedArchs;

import io.vertebra.cuda.device.KernelSource;
import io.vertebra.graph.engine.EngineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Compiles files of kernels with NVRTC, for one capability. Needs no card. */
final class KernelCompiler {
    /** Lambdas are code for the card without being called so. */
    private static final String LAMBDAS = "--device-as-default-execution-space";

    private final String architecture;

    private KernelCompiler(String architecture) {
        this.architecture = architecture;
    }

    /** For cards of this capability: 90 is Hopper. */
    static KernelCompiler forCapability(int capability) {
        int[] count = new int[1];
        Status.compiler(nvrtcGetNumSupportedArchs(count), "NVRTC", "nvrtcGetNumSupportedArchs");
        int[] supported = new int[count[0]];
        Status.compiler(nvrtcGetSupportedArchs(supported), "NVRTC", "nvrtcGetSupportedArchs");
        return new KernelCompiler(architecture(capability, supported));
    }

    /** Machine code where NVRTC knows the capability, else the newest code that the card's driver can compile further. */
    static String architecture(int capability, int[] supported) {
        if (Arrays.stream(supported).anyMatch(s -> s == capability)) {
            return "sm_" + capability;
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

    /** What NVRTC is told. */
    List<String> options() {
        return List.of("--gpu-architecture=" + architecture, "--std=c++17", LAMBDAS);
    }

    /** The file behind the line that says what T is: as an option it would change NVRTC's own header, too. */
    static String text(KernelSource source) {
        return "#define T " + source.type().code() + "\n#line 1\n" + KernelFiles.read(source.file() + ".cu");
    }

    /** Machine code, or PTX that ends with a zero; the caller closes it. */
    BytePointer compile(KernelSource source) {
        String file = source.file() + ".cu";
        Map<String, String> headers = KernelFiles.headers(file);
        _nvrtcProgram program = new _nvrtcProgram();
        List<BytePointer> texts = new ArrayList<>();
        try (PointerPointer<BytePointer> contents = pointers(List.copyOf(headers.values()), texts);
                PointerPointer<BytePointer> names = pointers(List.copyOf(headers.keySet()), texts);
                PointerPointer<BytePointer> options = pointers(options(), texts);
                BytePointer text = new BytePointer(text(source), StandardCharsets.UTF_8);
                BytePointer name = new BytePointer(file, StandardCharsets.UTF_8)) {
            Status.compiler(
                    nvrtcCreateProgram(program, text, name, headers.size(), contents, names),
                    file,
                    "nvrtcCreateProgram");
            int status = nvrtcCompileProgram(program, options().size(), options);
            if (status != 0) {
                throw Status.failed(
                        EngineException.Kind.FAILED,
                        file + " for " + source.type().code() + " and " + architecture,
                        "nvrtcCompileProgram",
                        nvrtcGetErrorString(status).getString(),
                        log(program));
            }
            return code(program, file);
        } finally {
            nvrtcDestroyProgram(program);
            texts.forEach(BytePointer::close);
        }
    }

    /** Zero-terminated texts, which are added to those that the caller closes. */
    private static PointerPointer<BytePointer> pointers(List<String> values, List<BytePointer> texts) {
        PointerPointer<BytePointer> pointers = new PointerPointer<>(Math.max(1, values.size()));
        for (int i = 0; i < values.size(); i++) {
            texts.add(new BytePointer(values.get(i), StandardCharsets.UTF_8));
            pointers.put(i, texts.get(texts.size() - 1));
        }
        return pointers;
    }

    private BytePointer code(_nvrtcProgram program, String file) {
        boolean isMachineCode = architecture.startsWith("sm_");
        try (SizeTPointer size = new SizeTPointer(1)) {
            int sized = isMachineCode ? nvrtcGetCUBINSize(program, size) : nvrtcGetPTXSize(program, size);
            Status.compiler(sized, file, "nvrtcGetCUBINSize");
            BytePointer code = new BytePointer(size.get());
            try {
                int got = isMachineCode ? nvrtcGetCUBIN(program, code) : nvrtcGetPTX(program, code);
                Status.compiler(got, file, "nvrtcGetCUBIN");
                return code;
            } catch (EngineException e) {
                code.close(); // nobody else knows it
                throw e;
            }
        }
    }

    private static String log(_nvrtcProgram program) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            if (nvrtcGetProgramLogSize(program, size) != 0 || size.get() <= 1) {
                return "";
            }
            try (BytePointer text = new BytePointer(size.get())) {
                return nvrtcGetProgramLog(program, text) == 0 ? text.getString(StandardCharsets.UTF_8) : "";
            }
        }
    }
}
