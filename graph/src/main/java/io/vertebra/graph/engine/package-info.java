/**
 * What an engine is: it opens a graph as a {@link io.vertebra.graph.engine.Session} that infers, trains and saves.
 *
 * <p>Start with {@link io.vertebra.graph.engine.Engine}. Engines are found by {@code ServiceLoader} through
 * {@link io.vertebra.graph.engine.EngineProvider}, which loads no native code. The values that a session is told
 * (update rule, parameter groups, scalars of a step) and the formulas of the optimizers stand here too.
 */
package io.vertebra.graph.engine;
