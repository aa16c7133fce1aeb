package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Type;

/**
 * A kernel and how many threads run it.
 *
 * @param file of its source, without folder and ending
 * @param function its name there
 * @param type what {@code T} is
 * @param grid blocks and threads
 */
record Kernel(String file, String function, Type type, Grid grid) {

    KernelSource source() {
        return new KernelSource(file, type);
    }
}
