/**
 * A card through CUDA's libraries: the only package that names {@code org.bytedeco.cuda}. Start at {@link
 * io.vertebra.cuda.driver.CudaDevice}; {@link io.vertebra.cuda.driver.CudaLoader} finds the libraries and says what is missing.
 * Convolutions are graphs of cuDNN's backend, products are cuBLASLt's, kernels are compiled by NVRTC. What a plan is made of
 * must not come here.
 */
package io.vertebra.cuda.driver;
