/**
 * TensorBoard's event files, written and read without a library: records, their checksums, the few protobuf messages needed.
 *
 * <p>Start with {@link io.vertebra.tasks.tensorboard.EventFile}. Which figures are written under which tags is decided in
 * {@code tasks.runs}.
 */
package io.vertebra.tasks.tensorboard;
