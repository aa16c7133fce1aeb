package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cublas.CUBLASLT_EPILOGUE_BIAS;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_EPILOGUE;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_TRANSA;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_TRANSB;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_T;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescDestroy;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescSetAttribute;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutDestroy;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Type;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A product as cuBLASLt sees it, which counts memory by columns: what lies by rows is read as its transpose, so that {@code C = A · B}
 * is computed as {@code Cᵀ = Bᵀ · Aᵀ}. Owns cuBLASLt's descriptions.
 */
final class LtMatrices implements AutoCloseable {
    /** A bias must stand there before an algorithm is asked for; its alignment is what counts. */
    private static final long ALIGNED = 16;

    private final ProductSpec spec;
    private final String operator;
    private final Deque<Runnable> destroyers = new ArrayDeque<>();
    private cublasLtMatrixLayoutOpaque_t first;
    private cublasLtMatrixLayoutOpaque_t second;
    private cublasLtMatrixLayoutOpaque_t result;

    private LtMatrices(ProductSpec spec) {
        this.spec = spec;
        this.operator = spec.name();
    }

    /** Of this product. */
    static LtMatrices of(ProductSpec spec) {
        LtMatrices matrices = new LtMatrices(spec);
        try {
            matrices.first = spec.transposeB()
                    ? matrices.layout(spec.in(), spec.k(), spec.n())
                    : matrices.layout(spec.in(), spec.n(), spec.k());
            matrices.second = spec.transposeA()
                    ? matrices.layout(spec.in(), spec.m(), spec.k())
                    : matrices.layout(spec.in(), spec.k(), spec.m());
            matrices.result = matrices.layout(spec.out(), spec.n(), spec.m());
            return matrices;
        } catch (RuntimeException | Error e) {
            matrices.close(); // nobody else knows it
            throw e;
        }
    }

    /** B. */
    cublasLtMatrixLayoutOpaque_t first() {
        return first;
    }

    /** A. */
    cublasLtMatrixLayoutOpaque_t second() {
        return second;
    }

    /** C. */
    cublasLtMatrixLayoutOpaque_t result() {
        return result;
    }

    private cublasLtMatrixLayoutOpaque_t layout(Type type, long rows, long columns) {
        try (PointerPointer<cublasLtMatrixLayoutOpaque_t> made = new PointerPointer<>(1)) {
            int status = cublasLtMatrixLayoutCreate(made, dataType(type), rows, columns, rows);
            Status.products(status, operator, "cublasLtMatrixLayoutCreate");
            cublasLtMatrixLayoutOpaque_t layout = made.get(cublasLtMatrixLayoutOpaque_t.class);
            destroyers.push(() -> cublasLtMatrixLayoutDestroy(layout));
            return layout;
        }
    }

    /** What is computed, before the bias has a place; the caller destroys it. */
    cublasLtMatmulDescOpaque_t operation() {
        return operation(ALIGNED);
    }

    /** What is computed, with a bias at this address; the caller destroys it. */
    cublasLtMatmulDescOpaque_t operation(long bias) {
        try (PointerPointer<cublasLtMatmulDescOpaque_t> made = new PointerPointer<>(1)) {
            int status = cublasLtMatmulDescCreate(made, computeType(spec), CUDA_R_32F);
            Status.products(status, operator, "cublasLtMatmulDescCreate");
            cublasLtMatmulDescOpaque_t operation = made.get(cublasLtMatmulDescOpaque_t.class);
            try {
                describe(operation, bias);
                return operation;
            } catch (RuntimeException | Error e) {
                destroy(operation); // nobody else knows it
                throw e;
            }
        }
    }

    private void describe(cublasLtMatmulDescOpaque_t operation, long bias) {
        set(operation, CUBLASLT_MATMUL_DESC_TRANSA, spec.transposeB() ? CUBLAS_OP_T : CUBLAS_OP_N);
        set(operation, CUBLASLT_MATMUL_DESC_TRANSB, spec.transposeA() ? CUBLAS_OP_T : CUBLAS_OP_N);
        if (spec.bias()) {
            set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS);
            try (LongPointer address = new LongPointer(new long[] {bias})) {
                set(operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, address, Long.BYTES);
            }
        }
    }

    static void destroy(cublasLtMatmulDescOpaque_t operation) {
        cublasLtMatmulDescDestroy(operation);
    }

    private void set(cublasLtMatmulDescOpaque_t operation, int attribute, int value) {
        try (IntPointer pointer = new IntPointer(new int[] {value})) {
            set(operation, attribute, pointer, Integer.BYTES);
        }
    }

    private void set(cublasLtMatmulDescOpaque_t operation, int attribute, Pointer value, long bytes) {
        int status = cublasLtMatmulDescSetAttribute(operation, attribute, value, bytes);
        Status.products(status, operator, "cublasLtMatmulDescSetAttribute " + attribute);
    }

    /** F32 in full, unless it may be shortened; sums are F32 always. */
    static int computeType(ProductSpec spec) {
        return spec.in() == Type.F32 && spec.math() == MathMode.TF32
                ? CUBLAS_COMPUTE_32F_FAST_TF32
                : CUBLAS_COMPUTE_32F;
    }

    private static int dataType(Type type) {
        return switch (type) {
            case F32 -> CUDA_R_32F;
            case BF16 -> CUDA_R_16BF;
            case I32 -> throw new IllegalArgumentException("no products of whole numbers");
        };
    }

    @Override
    public void close() {
        while (!destroyers.isEmpty()) {
            destroyers.pop().run();
        }
    }
}
