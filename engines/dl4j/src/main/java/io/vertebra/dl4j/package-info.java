/**
 * The DL4J engine: every operator of a graph is a vertex of a real {@code ComputationGraph}, computed by ND4J operators.
 *
 * <p>Start with {@link io.vertebra.dl4j.Dl4jProvider}; {@code OperatorGraph} is the network, {@code Kernels} picks the
 * code of each operator, one {@code *Kernel} file each. It is the engine that the others are checked against: it may be
 * slow, it may not be wrong. No ND4J type stands in a public signature, and no other engine's code may come here.
 */
package io.vertebra.dl4j;
