package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.javacpp.Pointer;

/** A tensor's descriptor together with its place in a block, which may change. */
public final class Memory {
    private final dnnl_memory native_ = new dnnl_memory();

    /** Without a place so far. */
    public Memory(Handles handles, Desc desc) {
        Dnnl.check(dnnl_memory_create(native_, desc.get(), Dnnl.engine(), (Pointer) null), "memory");
        handles.add(() -> dnnl_memory_destroy(native_));
    }

    /** Gives it a place. */
    public void bind(Block block, long offset) {
        Dnnl.check(dnnl_memory_set_data_handle(native_, block.pointer(offset)), "place of a tensor");
    }

    dnnl_memory get() {
        return native_;
    }
}
