package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK;
import static org.bytedeco.cuda.global.cudart.cuFuncGetAttribute;
import static org.bytedeco.cuda.global.cudart.cuFuncGetParamInfo;
import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadData;

import io.vertebra.cuda.device.KernelSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A file of kernels on a card: loaded once, until the process ends. */
final class Kernels {
    private final KernelSource source;
    private final CUmod_st module;
    private final Map<String, Kernel> functions = new HashMap<>();

    /**
     * A function of it.
     *
     * @param parameterBytes size of each parameter
     * @param mostThreads of a block, by the registers that it needs
     */
    record Kernel(String name, CUfunc_st function, List<Integer> parameterBytes, int mostThreads) {}

    private Kernels(KernelSource source, CUmod_st module) {
        this.source = source;
        this.module = module;
    }

    /** Compiles and loads; the card is current. */
    static Kernels load(KernelSource source, KernelCompiler compiler, Card card) {
        CUmod_st module = new CUmod_st();
        try (BytePointer code = new BytePointer(compiler.compile(source))) {
            int status = card.alone(() -> cuModuleLoadData(module, code)); // it takes memory of the card
            Status.driver(status, source.file() + ".cu", "cuModuleLoadData");
        }
        return new Kernels(source, module);
    }

    /** A function by its name. */
    synchronized Kernel function(String name) {
        return functions.computeIfAbsent(name, this::find);
    }

    private Kernel find(String name) {
        String operator = source.file() + ".cu: " + name;
        CUfunc_st function = new CUfunc_st();
        Status.driver(cuModuleGetFunction(function, module, name), operator, "cuModuleGetFunction");
        int[] most = new int[1];
        int status = cuFuncGetAttribute(most, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function);
        Status.driver(status, operator, "cuFuncGetAttribute");
        return new Kernel(operator, function, parameters(function), most[0]);
    }

    private static List<Integer> parameters(CUfunc_st function) {
        List<Integer> sizes = new ArrayList<>();
        try (SizeTPointer offset = new SizeTPointer(1);
                SizeTPointer size = new SizeTPointer(1)) {
            while (cuFuncGetParamInfo(function, sizes.size(), offset, size) == 0) {
                sizes.add(Math.toIntExact(size.get()));
            }
        }
        return List.copyOf(sizes);
    }
}
