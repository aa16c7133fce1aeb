package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cublas.CUBLASLT_ALGO_CONFIG_ID;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_ALGO_CONFIG_SPLITK_NUM;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_ALGO_CONFIG_TILE_ID;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmul;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulAlgoConfigGetAttribute;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulAlgoGetHeuristic;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceDestroy;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceSetAttribute;

import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A product by cuBLASLt, with the algorithm that its heuristic puts first.
 *
 * <p>Sums that are split are added in F32 in working memory, in a fixed order: the other ways round between the parts. A bias to a
 * result in bf16 is rounded to bf16 first, which is what cuBLASLt adds there.
 */
final class LtProduct implements Prepared {
    /** What NVIDIA advises for Hopper; more makes nothing faster. */
    private static final long WORKSPACE_LIMIT = 32L << 20;

    private final CudaDevice device;
    private final ProductSpec spec;
    private final LtMatrices matrices;
    private final cublasLtMatmulHeuristicResult_t answer = new cublasLtMatmulHeuristicResult_t();
    private final FloatPointer one = new FloatPointer(new float[] {1});
    private final FloatPointer zero = new FloatPointer(new float[] {0});

    private LtProduct(CudaDevice device, ProductSpec spec, LtMatrices matrices) {
        this.device = device;
        this.spec = spec;
        this.matrices = matrices;
    }

    /** Chooses the algorithm; the card is current. */
    static LtProduct of(CudaDevice device, ProductSpec spec) {
        LtProduct product = new LtProduct(device, spec, LtMatrices.of(spec));
        try {
            product.choose();
            return product;
        } catch (RuntimeException | Error e) {
            product.close(); // nobody else knows it
            throw e;
        }
    }

    private void choose() {
        try (PointerPointer<cublasLtMatmulPreferenceOpaque_t> made = new PointerPointer<>(1);
                IntPointer count = new IntPointer(1)) {
            check(cublasLtMatmulPreferenceCreate(made), "cublasLtMatmulPreferenceCreate");
            cublasLtMatmulPreferenceOpaque_t preference = made.get(cublasLtMatmulPreferenceOpaque_t.class);
            cublasLtMatmulDescOpaque_t operation = null;
            try {
                operation = matrices.operation();
                prefer(preference);
                int status = cublasLtMatmulAlgoGetHeuristic(
                        device.products(),
                        operation,
                        matrices.first(),
                        matrices.second(),
                        matrices.result(),
                        matrices.result(),
                        preference,
                        1,
                        answer,
                        count);
                if (status == 0 && count.get() == 0) {
                    throw unsupported("no algorithm was proposed");
                }
                check(status, "cublasLtMatmulAlgoGetHeuristic: " + Operators.shapes(spec));
                check(answer.state(), "cublasLtMatmulAlgoGetHeuristic: " + Operators.shapes(spec));
            } finally {
                if (operation != null) {
                    LtMatrices.destroy(operation);
                }
                cublasLtMatmulPreferenceDestroy(preference);
            }
        }
    }

    private EngineException unsupported(String why) {
        return new EngineException(
                EngineException.Kind.UNSUPPORTED,
                "cuda: " + spec.name() + ": cuBLASLt has no algorithm for it: " + Operators.shapes(spec) + "; " + why);
    }

    private void prefer(cublasLtMatmulPreferenceOpaque_t preference) {
        try (LongPointer bytes = new LongPointer(new long[] {WORKSPACE_LIMIT})) {
            prefer(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, bytes, Long.BYTES);
        }
        prefer(preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
        prefer(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, Tensor.ALIGNMENT);
        prefer(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, Tensor.ALIGNMENT);
        prefer(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, Tensor.ALIGNMENT);
        prefer(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, Tensor.ALIGNMENT);
    }

    private void prefer(cublasLtMatmulPreferenceOpaque_t preference, int attribute, int value) {
        try (IntPointer pointer = new IntPointer(new int[] {value})) {
            prefer(preference, attribute, pointer, Integer.BYTES);
        }
    }

    private void prefer(cublasLtMatmulPreferenceOpaque_t preference, int attribute, Pointer value, long bytes) {
        check(
                cublasLtMatmulPreferenceSetAttribute(preference, attribute, value, bytes),
                "cublasLtMatmulPreferenceSetAttribute " + attribute);
    }

    private void check(int status, String function) {
        Status.products(status, spec.name(), function);
    }

    @Override
    public long workspace() {
        return biasBytes() + answer.workspaceSize();
    }

    /** Of the rounded bias, which lies first in the working memory. */
    private long biasBytes() {
        return roundsBias() ? Addresses.aligned((long) spec.n() * spec.out().bytes()) : 0;
    }

    private boolean roundsBias() {
        return spec.bias() && spec.out() != Type.F32;
    }

    @Override
    public String implementation() {
        return "cublaslt:algo" + configuration(CUBLASLT_ALGO_CONFIG_ID) + " tile "
                + configuration(CUBLASLT_ALGO_CONFIG_TILE_ID) + " split "
                + configuration(CUBLASLT_ALGO_CONFIG_SPLITK_NUM);
    }

    private int configuration(int attribute) {
        try (IntPointer value = new IntPointer(1);
                SizeTPointer written = new SizeTPointer(1)) {
            int status = cublasLtMatmulAlgoConfigGetAttribute(answer.algo(), attribute, value, Integer.BYTES, written);
            return status == 0 ? value.get() : -1;
        }
    }

    @Override
    public List<KernelSource> kernels() {
        return roundsBias() ? List.of(Epilogues.casts(spec.out())) : List.of();
    }

    @Override
    public Step bind(long... addresses) {
        int tensors = spec.bias() ? 4 : 3;
        Addresses.check(spec.name(), addresses, tensors, workspace() > 0);
        long workspace = addresses[tensors];
        long bias = !spec.bias() ? 0 : roundsBias() ? workspace : addresses[2];
        Step before = roundsBias() ? device.epilogues().narrow(spec.out(), addresses[2], workspace, spec.n()) : null;
        try {
            return new Multiplication(
                    this,
                    before,
                    spec.bias() ? matrices.operation(bias) : matrices.operation(),
                    new Address(addresses[0]),
                    new Address(addresses[1]),
                    new Address(addresses[tensors - 1]),
                    new Address(workspace + biasBytes()));
        } catch (RuntimeException | Error e) {
            if (before != null) {
                before.close(); // nobody else knows it
            }
            throw e;
        }
    }

    @Override
    public void close() {
        zero.close();
        one.close();
        answer.close();
        matrices.close();
    }

    /** A product with its addresses, and the rounding of the bias before it; owns both. */
    private static final class Multiplication extends Call {
        private final LtProduct product;
        private final Step before;
        private final cublasLtMatmulDescOpaque_t operation;
        private final cublasLtMatmulAlgo_t algorithm;
        private final long workspaceBytes;
        private final Address a;
        private final Address b;
        private final Address c;
        private final Address workspace;
        private boolean closed;

        Multiplication(
                LtProduct product,
                Step before,
                cublasLtMatmulDescOpaque_t operation,
                Address a,
                Address b,
                Address c,
                Address workspace) {
            super(product.device.card());
            this.product = product;
            this.before = before;
            this.operation = operation;
            this.algorithm = product.answer.algo();
            this.workspaceBytes = product.answer.workspaceSize();
            this.a = a;
            this.b = b;
            this.c = c;
            this.workspace = workspace;
        }

        @Override
        void append() {
            if (before != null) {
                before.run();
            }
            LtMatrices m = product.matrices;
            int status = cublasLtMatmul(
                    product.device.products(),
                    operation,
                    product.one,
                    b,
                    m.first(),
                    a,
                    m.second(),
                    product.zero,
                    c,
                    m.result(),
                    c,
                    m.result(),
                    algorithm,
                    workspace,
                    workspaceBytes,
                    product.device.stream());
            product.check(status, "cublasLtMatmul");
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                LtMatrices.destroy(operation);
                if (before != null) {
                    before.close();
                }
            }
        }
    }
}
