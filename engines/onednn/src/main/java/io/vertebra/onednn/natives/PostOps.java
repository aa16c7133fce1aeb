package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_data_type_undef;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_sum;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;

import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;

/**
 * What a primitive does to its result before storing it.
 *
 * @param sum adds what the destination held
 * @param eltwise then a function, or {@code null}
 */
public record PostOps(boolean sum, Eltwise eltwise) {
    /** Nothing. */
    public static final PostOps NONE = new PostOps(false, null);

    /** A function alone, or nothing for {@code null}. */
    public static PostOps of(Eltwise eltwise) {
        return new PostOps(false, eltwise);
    }

    /** Attributes with these operations and a scratchpad that the plan provides; to be destroyed by the caller. */
    dnnl_primitive_attr attributes() {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        Dnnl.check(dnnl_primitive_attr_create(attributes), "attributes");
        Dnnl.check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "scratchpad mode");
        if (!equals(NONE)) {
            dnnl_post_ops operations = new dnnl_post_ops();
            Dnnl.check(dnnl_post_ops_create(operations), "post-ops");
            if (sum) {
                Dnnl.check(dnnl_post_ops_append_sum(operations, 1f, 0, dnnl_data_type_undef), "sum");
            }
            if (eltwise != null) {
                int status =
                        dnnl_post_ops_append_eltwise(operations, eltwise.forward(), eltwise.alpha(), eltwise.beta());
                Dnnl.check(status, "fused " + eltwise);
            }
            Dnnl.check(dnnl_primitive_attr_set_post_ops(attributes, operations), "post-ops");
            dnnl_post_ops_destroy(operations);
        }
        return attributes;
    }

    static void destroy(dnnl_primitive_attr attributes) {
        dnnl_primitive_attr_destroy(attributes);
    }
}
