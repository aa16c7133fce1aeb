/**
 * The onednn engine measured beside its floor and its peers, in one process and one order A/B/A/B.
 *
 * <p>Start with {@link io.vertebra.bench.Bench}. A contestant is a {@link io.vertebra.bench.Contestant}; times come from
 * {@link io.vertebra.bench.Clock}. Nothing in the product depends on this module.
 */
package io.vertebra.bench;
