/**
 * What every engine must do, as tests that an engine's own test class inherits.
 *
 * <p>Start with {@link io.vertebra.graph.contract.EngineContractTest}; the graphs that it runs stand in {@code *Cases},
 * a file a family. A new operator gets its cases here and is then tested in every engine. Nothing here may know an
 * engine.
 */
package io.vertebra.graph.contract;
