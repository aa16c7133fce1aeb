package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_clone;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_submemory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** The extents, element type and order of a tensor in memory. Owned by the handles it was made with. */
public final class Desc {
    private final dnnl_memory_desc native_;

    private Desc(dnnl_memory_desc native_) {
        this.native_ = native_;
    }

    /** A tensor in a known order, or one whose order a primitive chooses. */
    public static Desc of(Handles handles, Type type, Tag tag, long... extents) {
        dnnl_memory_desc desc = new dnnl_memory_desc();
        Dnnl.check(
                dnnl_memory_desc_create_with_tag(desc, extents.length, extents, type.code(), tag.code(extents.length)),
                "descriptor " + Arrays.toString(extents) + " " + tag);
        return owned(handles, desc);
    }

    /** Of a descriptor that belongs to a primitive descriptor. */
    static Desc borrowed(dnnl_memory_desc desc) {
        return new Desc(desc);
    }

    private static Desc owned(Handles handles, dnnl_memory_desc desc) {
        handles.add(() -> dnnl_memory_desc_destroy(desc));
        return new Desc(desc);
    }

    /** The same, owned by other handles. */
    public Desc copy(Handles handles) {
        dnnl_memory_desc copy = new dnnl_memory_desc();
        Dnnl.check(dnnl_memory_desc_clone(copy, native_), "copy of a descriptor");
        return owned(handles, copy);
    }

    /** A part of the tensor as a tensor in the same memory, or {@code null} where the order does not allow it. */
    public Desc slice(Handles handles, long[] extents, long[] offsets) {
        dnnl_memory_desc part = new dnnl_memory_desc();
        int status = dnnl_memory_desc_create_submemory(part, native_, extents, offsets);
        return status == dnnl_success ? owned(handles, part) : null;
    }

    /** Whether both say the same. */
    public boolean same(Desc other) {
        return this == other || dnnl_memory_desc_equal(native_, other.native_) != 0;
    }

    /** Bytes of the tensor, padding included. */
    public long bytes() {
        return dnnl_memory_desc_get_size(native_);
    }

    dnnl_memory_desc get() {
        return native_;
    }
}
