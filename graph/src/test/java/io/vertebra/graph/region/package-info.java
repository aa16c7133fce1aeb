/**
 * Tests of boxes and regions: every case of {@code shared/data/ops_reference}, properties on seeded cases, and the edges.
 *
 * <p>Start with {@link io.vertebra.graph.region.OpsReferenceTest}; {@code *References} say how each operator of that folder
 * is asked. Tests of engines do not belong here.
 */
package io.vertebra.graph.region;
