package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cublas.CUBLAS_STATUS_ALLOC_FAILED;
import static org.bytedeco.cuda.global.cublas.CUBLAS_STATUS_NOT_SUPPORTED;
import static org.bytedeco.cuda.global.cublas.cublasLtGetStatusName;
import static org.bytedeco.cuda.global.cublas.cublasLtGetStatusString;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_OUT_OF_MEMORY;
import static org.bytedeco.cuda.global.cudart.cuGetErrorName;
import static org.bytedeco.cuda.global.cudart.cuGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_ALLOC_FAILED;
import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_NOT_SUPPORTED;
import static org.bytedeco.cuda.global.cudnn.cudnnGetErrorString;
import static org.bytedeco.cuda.global.cudnn.cudnnGetLastErrorString;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetErrorString;

import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineException.Kind;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * What each library's status becomes: nothing where it is 0, else an exception that names the operator, the function, the
 * status and the library's own words for it. Kernels run later than they are appended: a failure may be that of an earlier step.
 */
final class Status {
    /** Where nothing is run for an operator. */
    static final String DEVICE = "device";

    private static final int LONGEST_TEXT = 1000;
    /** cuDNN numbers its statuses in blocks of 1000; those below it are of one kind. */
    private static final int CUDNN_BLOCK = 1000;

    private Status() {}

    /** Of the runtime. */
    static void runtime(int status, String operator, String function) {
        if (status != 0) {
            cudaGetLastError(); // what is no lasting fault must not be found by the next call
            Kind kind = status == cudaErrorMemoryAllocation ? Kind.OUT_OF_MEMORY : Kind.FAILED;
            throw failed(kind, operator, function, text(cudaGetErrorName(status)), text(cudaGetErrorString(status)));
        }
    }

    /** Of the driver. */
    static void driver(int status, String operator, String function) {
        if (status != 0) {
            Kind kind = status == CUDA_ERROR_OUT_OF_MEMORY ? Kind.OUT_OF_MEMORY : Kind.FAILED;
            try (PointerPointer<BytePointer> name = new PointerPointer<>(1);
                    PointerPointer<BytePointer> words = new PointerPointer<>(1)) {
                String known = cuGetErrorName(status, name) == 0 ? text(name.get(BytePointer.class)) : "";
                String said = cuGetErrorString(status, words) == 0 ? text(words.get(BytePointer.class)) : "";
                throw failed(kind, operator, function, known.isEmpty() ? "CUDA error " + status : known, said);
            }
        }
    }

    /** Of cuDNN. */
    static void cudnn(int status, String operator, String function) {
        if (status != 0) {
            throw failed(cudnnKind(status), operator, function, text(cudnnGetErrorString(status)), lastOfCudnn());
        }
    }

    private static Kind cudnnKind(int status) {
        if (status == CUDNN_STATUS_ALLOC_FAILED) {
            return Kind.OUT_OF_MEMORY;
        }
        boolean isUnsupported = status / CUDNN_BLOCK == CUDNN_STATUS_NOT_SUPPORTED / CUDNN_BLOCK;
        return isUnsupported ? Kind.UNSUPPORTED : Kind.FAILED;
    }

    private static String lastOfCudnn() {
        byte[] bytes = new byte[LONGEST_TEXT];
        cudnnGetLastErrorString(bytes, bytes.length);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Of cuBLASLt. */
    static void products(int status, String operator, String function) {
        if (status != 0) {
            Kind kind = status == CUBLAS_STATUS_ALLOC_FAILED
                    ? Kind.OUT_OF_MEMORY
                    : status == CUBLAS_STATUS_NOT_SUPPORTED ? Kind.UNSUPPORTED : Kind.FAILED;
            throw failed(
                    kind,
                    operator,
                    function,
                    text(cublasLtGetStatusName(status)),
                    text(cublasLtGetStatusString(status)));
        }
    }

    /** Of NVRTC. */
    static void compiler(int status, String file, String function) {
        if (status != 0) {
            throw failed(Kind.FAILED, file, function, text(nvrtcGetErrorString(status)), "");
        }
    }

    /** {@code cuda: layer1.conv1: cudnnBackendExecute: CUDNN_STATUS_EXECUTION_FAILED (words)}. */
    static EngineException failed(Kind kind, String operator, String function, String status, String words) {
        String line = words.strip().replaceAll("\\s*\\R\\s*", "; ");
        String said = line.isEmpty() ? "" : " (" + line.substring(0, Math.min(LONGEST_TEXT, line.length())) + ")";
        return new EngineException(kind, "cuda: " + operator + ": " + function + ": " + status + said);
    }

    private static String text(BytePointer words) {
        return Pointer.isNull(words) ? "" : words.getString(StandardCharsets.UTF_8);
    }
}
