/**
 * oneDNN's C API behind a few small classes; no JavaCPP type leaves this package.
 *
 * <p>Start with {@link io.vertebra.onednn.natives.Dnnl}, then {@link io.vertebra.onednn.natives.Handles}, which owns what
 * the others make. Nothing here knows graphs, layers or parameters.
 */
package io.vertebra.onednn.natives;
