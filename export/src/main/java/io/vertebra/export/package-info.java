/**
 * Models for other programs: graphs and their parameters as ONNX files.
 *
 * <p>Start reading at {@link io.vertebra.export.OnnxExport}; {@code OperatorWriter} has one line an operator. Protobuf stays
 * inside {@code Message}. What knows backbones, tasks or files by name does not belong here.
 */
package io.vertebra.export;
