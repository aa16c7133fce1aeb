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
import static org.bytedeco.cuda.global.nvrtc.nvrtcVersion;

import io.vertebra.graph.engine.EngineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** NVIDIA's compiler, a library of this process. Needs no card. */
final class Nvrtc implements Translator {
    private final boolean isMachineCode;
    private String version;

    /** @param isMachineCode whether the options ask for code of one card, rather than PTX */
    Nvrtc(boolean isMachineCode) {
        this.isMachineCode = isMachineCode;
    }

    /** Capabilities of the cards that it makes machine code for. */
    static int[] supported() {
        int[] count = new int[1];
        Status.compiler(nvrtcGetNumSupportedArchs(count), "NVRTC", "nvrtcGetNumSupportedArchs");
        int[] supported = new int[count[0]];
        Status.compiler(nvrtcGetSupportedArchs(supported), "NVRTC", "nvrtcGetSupportedArchs");
        return supported;
    }

    /** {@code NVRTC 13.0}, and the build, which stands above all PTX that it writes: updates of 13.0 differ in that alone. */
    @Override
    public synchronized String version() {
        if (version == null) {
            int[] major = new int[1];
            int[] minor = new int[1];
            Status.compiler(nvrtcVersion(major, minor), "NVRTC", "nvrtcVersion");
            version = "NVRTC " + major[0] + "." + minor[0] + "\n" + build();
        }
        return version;
    }

    private static String build() {
        byte[] nothing = new Nvrtc(false).translate(new Translation("version.cu", "", Map.of(), List.of()));
        return new String(nothing, StandardCharsets.UTF_8)
                .lines()
                .takeWhile(line -> line.startsWith("//"))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public byte[] translate(Translation translation) {
        String file = translation.name();
        List<String> options = translation.options();
        _nvrtcProgram program = new _nvrtcProgram();
        List<BytePointer> texts = new ArrayList<>();
        try (PointerPointer<BytePointer> contents =
                        pointers(List.copyOf(translation.headers().values()), texts);
                PointerPointer<BytePointer> names =
                        pointers(List.copyOf(translation.headers().keySet()), texts);
                PointerPointer<BytePointer> words = pointers(options, texts);
                BytePointer text = new BytePointer(translation.text(), StandardCharsets.UTF_8);
                BytePointer name = new BytePointer(file, StandardCharsets.UTF_8)) {
            int headers = translation.headers().size();
            Status.compiler(
                    nvrtcCreateProgram(program, text, name, headers, contents, names), file, "nvrtcCreateProgram");
            int status = nvrtcCompileProgram(program, options.size(), words);
            if (status != 0) {
                throw Status.failed(
                        EngineException.Kind.FAILED,
                        file + " with " + String.join(" ", options),
                        "nvrtcCompileProgram",
                        nvrtcGetErrorString(status).getString(),
                        log(program));
            }
            return code(program, file);
        } finally {
            if (!program.isNull()) {
                nvrtcDestroyProgram(program);
            }
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

    private byte[] code(_nvrtcProgram program, String file) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            int sized = isMachineCode ? nvrtcGetCUBINSize(program, size) : nvrtcGetPTXSize(program, size);
            Status.compiler(sized, file, isMachineCode ? "nvrtcGetCUBINSize" : "nvrtcGetPTXSize");
            byte[] code = new byte[Math.toIntExact(size.get())];
            int got = isMachineCode ? nvrtcGetCUBIN(program, code) : nvrtcGetPTX(program, code);
            Status.compiler(got, file, isMachineCode ? "nvrtcGetCUBIN" : "nvrtcGetPTX");
            return code;
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
