/**
 * A device that runs the kernels on the processor, so that all but the package {@code driver} is tested without a card. Start
 * at {@link io.vertebra.cuda.emulated.KernelBench} to test one kernel, at {@link io.vertebra.cuda.emulated.EmulatedDevice} for
 * a session. The native side lies beside it in the test resources.
 */
package io.vertebra.cuda.emulated;
