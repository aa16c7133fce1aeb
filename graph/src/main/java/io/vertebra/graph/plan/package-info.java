/**
 * What a compiled engine computes: a graph at known shapes in one form, as units in order, and the memory of their values.
 *
 * <p>Start with {@link io.vertebra.graph.plan.Program}. The changes of programs stand in {@code graph.pass}, above; how
 * units are computed is each engine's own. No native code and no memory here, and nothing that only one engine knows.
 */
package io.vertebra.graph.plan;
