/**
 * The engine for NVIDIA cards of compute capability 7.5 and newer: compiled static plans over cuDNN, cuBLASLt and kernels
 * compiled at run time. Start at {@link io.vertebra.cuda.CudaProvider}. Only the package {@code driver} knows CUDA.
 */
package io.vertebra.cuda;
