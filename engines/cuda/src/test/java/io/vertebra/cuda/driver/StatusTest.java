package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineException.Kind;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The libraries' own words. */
@Tag("slow")
class StatusTest {

    @BeforeAll
    static void load() throws Exception {
        Libraries.load();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(Runnable check, Kind kind) {
        AbstractThrowableAssert<?, ? extends Throwable> thrown =
                assertThatThrownBy(check::run).isInstanceOf(EngineException.class);
        thrown.extracting(e -> ((EngineException) e).kind()).isEqualTo(kind);
        return thrown;
    }

    @Test
    void ofTheRuntime() {
        refused(() -> Status.runtime(2, "conv1", "cudaMalloc"), Kind.OUT_OF_MEMORY)
                .hasMessage("cuda: conv1: cudaMalloc: cudaErrorMemoryAllocation (out of memory)");
        refused(() -> Status.runtime(700, "conv1", "f"), Kind.FAILED)
                .hasMessage("cuda: conv1: f: cudaErrorIllegalAddress (an illegal memory access was encountered)");
    }

    @Test
    void ofTheDriver() {
        refused(() -> Status.driver(2, "norm", "cuLaunchKernel"), Kind.OUT_OF_MEMORY)
                .hasMessageStartingWith("cuda: norm: cuLaunchKernel: CUDA_ERROR_O");
        refused(() -> Status.driver(719, "norm", "f"), Kind.FAILED)
                .hasMessageStartingWith("cuda: norm: f: CUDA_ERROR_");
    }

    @Test
    void ofCudnn() {
        refused(() -> Status.cudnn(3000, "conv1", "f"), Kind.UNSUPPORTED)
                .hasMessageStartingWith("cuda: conv1: f: CUDNN_STATUS_NOT_SUPPORTED");
        refused(() -> Status.cudnn(3013, "conv1", "f"), Kind.UNSUPPORTED)
                .hasMessageStartingWith("cuda: conv1: f: CUDNN_STATUS_NOT_SUPPORTED_CUDA_GRAPH_NATIVE_API");
        refused(() -> Status.cudnn(4003, "conv1", "f"), Kind.OUT_OF_MEMORY)
                .hasMessageStartingWith("cuda: conv1: f: CUDNN_STATUS_");
        refused(() -> Status.cudnn(5000, "conv1", "f"), Kind.FAILED)
                .hasMessageStartingWith("cuda: conv1: f: CUDNN_STATUS_EXECUTION_FAILED");
    }

    @Test
    void ofProductsAndOfTheCompiler() {
        refused(() -> Status.products(3, "fc", "cublasLtMatmul"), Kind.OUT_OF_MEMORY)
                .hasMessageStartingWith("cuda: fc: cublasLtMatmul: CUBLAS_STATUS_ALLOC_FAILED");
        refused(() -> Status.products(15, "fc", "f"), Kind.UNSUPPORTED)
                .hasMessageStartingWith("cuda: fc: f: CUBLAS_STATUS_NOT_SUPPORTED");
        refused(() -> Status.products(13, "fc", "f"), Kind.FAILED)
                .hasMessageStartingWith("cuda: fc: f: CUBLAS_STATUS_EXECUTION_FAILED");
        refused(() -> Status.compiler(3, "NVRTC", "f"), Kind.FAILED)
                .hasMessage("cuda: NVRTC: f: NVRTC_ERROR_INVALID_INPUT");
    }

    @Test
    void successIsNothing() {
        assertThatCode(() -> {
                    Status.runtime(0, "a", "f");
                    Status.driver(0, "a", "f");
                    Status.cudnn(0, "a", "f");
                    Status.products(0, "a", "f");
                    Status.compiler(0, "a", "f");
                })
                .doesNotThrowAnyException();
    }

    @Test
    void descriptionsOfProductsCanBeMadeWithoutACard() {
        assertThatCode(() -> {
                    try (LtMatrices matrices = LtMatrices.of(Specs.product())) {
                        LtMatrices.destroy(matrices.operation(512));
                    }
                })
                .doesNotThrowAnyException();
    }
}
