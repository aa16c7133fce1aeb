package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;

/** Compiled code with its arguments bound once: running it is one call of native code and makes no object. */
public final class Primitive {
    private final String name;
    private final dnnl_primitive native_ = new dnnl_primitive();
    private final dnnl_stream stream = Dnnl.stream();
    private final dnnl_exec_arg_t arguments;
    private final int count;

    /**
     * Compiles.
     *
     * @param name of the node, for messages
     * @param arguments role → tensor; the scratchpad too, where the recipe wants one
     */
    public Primitive(Handles handles, String name, Recipe recipe, Map<Arg, Memory> arguments) {
        this.name = name;
        this.count = arguments.size();
        Dnnl.check(dnnl_primitive_create(native_, recipe.get()), name + " (" + recipe.implementation() + ")");
        handles.add(() -> dnnl_primitive_destroy(native_));
        // in a field, and outside any PointerScope: native code reads it at each run
        this.arguments = new dnnl_exec_arg_t(count);
        handles.add(this.arguments::deallocate);
        int i = 0;
        for (Map.Entry<Arg, Memory> argument : arguments.entrySet()) {
            this.arguments
                    .position(i++)
                    .arg(argument.getKey().code())
                    .memory(argument.getValue().get());
        }
        this.arguments.position(0);
    }

    /** Runs it to its end. */
    public void run() {
        int status = dnnl_primitive_execute(native_, stream, count, arguments);
        if (status != dnnl_success) {
            Dnnl.check(status, name);
        }
    }
}
