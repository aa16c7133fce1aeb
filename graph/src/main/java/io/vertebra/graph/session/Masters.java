package io.vertebra.graph.session;

import java.util.List;

/**
 * The fp32 numbers of a session: parameters and buffers, and what training keeps beside them, each set in one arena with
 * the places that the layout gives.
 *
 * @param <A> the engine's memory
 */
public interface Masters<A extends Arena> {

    /** Places of the parameters; an engine may change them while it compiles, not what is trained. */
    ParameterLayout layout();

    /** The parameters and buffers. */
    A weights();

    /** Their moving average, or {@code null} where none is kept. */
    A average();

    /** The gradients of what is trained, or {@code null} before the first plan that differentiates. */
    A gradients();

    /** The optimizer's arrays of what is trained, in the order in which the optimizer names them. */
    List<A> slots();

    /** Takes a parameter's values, in row-major order, into one of the arenas. */
    void write(String parameter, A arena, float[] values);

    /** Gives a parameter's values, in row-major order, from one of the arenas. */
    void read(String parameter, A arena, float[] values);
}
