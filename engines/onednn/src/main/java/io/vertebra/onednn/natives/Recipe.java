package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/** A primitive descriptor: a computation for which oneDNN has chosen code and memory orders, not yet compiled. */
public final class Recipe implements AutoCloseable {
    private final dnnl_primitive_desc native_;
    private final String implementation;
    private boolean closed;

    Recipe(dnnl_primitive_desc native_) {
        this.native_ = native_;
        try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
            Dnnl.check(dnnl_primitive_desc_query(native_, dnnl_query_impl_info_str, 0, text), "implementation name");
            this.implementation = text.get(BytePointer.class, 0).getString();
        }
    }

    /** oneDNN's name of the code, such as {@code jit:avx512_core}. */
    public String implementation() {
        return implementation;
    }

    /** Whether the code is the plain reference, 50 to 1000 times slower than the others. */
    public boolean isReference() {
        return implementation.startsWith("ref");
    }

    /** The order it wants or gives for the weights. */
    public Desc weights() {
        return query(dnnl.dnnl_query_weights_md);
    }

    /** The order of the source. */
    public Desc src() {
        return query(dnnl.dnnl_query_src_md);
    }

    /** The order of the destination. */
    public Desc dst() {
        return query(dnnl.dnnl_query_dst_md);
    }

    /** The order of the source's gradient. */
    public Desc diffSrc() {
        return query(dnnl.dnnl_query_diff_src_md);
    }

    /** The order of the destination's gradient. */
    public Desc diffDst() {
        return query(dnnl.dnnl_query_diff_dst_md);
    }

    /** The order of the gradient of the weights. */
    public Desc diffWeights() {
        return query(dnnl.dnnl_query_diff_weights_md);
    }

    /** What forward leaves for backward, or {@code null}. */
    public Desc workspace() {
        return query(dnnl.dnnl_query_workspace_md);
    }

    /** Working memory, or {@code null}. */
    public Desc scratchpad() {
        return query(dnnl.dnnl_query_scratchpad_md);
    }

    private Desc query(int what) {
        dnnl_memory_desc desc = dnnl_primitive_desc_query_md(native_, what, 0);
        if (desc == null || desc.isNull()) {
            return null;
        }
        Desc found = Desc.borrowed(desc);
        return found.bytes() == 0 ? null : found;
    }

    dnnl_primitive_desc get() {
        return native_;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            dnnl_primitive_desc_destroy(native_);
        }
    }
}
