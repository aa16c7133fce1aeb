package io.vertebra.onednn.emit;

import io.vertebra.onednn.natives.Block;

/** Where a tensor outside the plan's arena lies; asked when the plan is bound. */
public interface Place {
    /** The memory. */
    Block block();

    /** Its first byte. */
    long offset();
}
