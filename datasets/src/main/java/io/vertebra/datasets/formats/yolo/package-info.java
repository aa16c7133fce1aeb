/**
 * The text files of the YOLO family: a line an object, normalised to the picture.
 *
 * <p>Start at {@link io.vertebra.datasets.formats.yolo.YoloFormat}; {@code YoloFile} reads one text file, {@code YoloCheck} is the lint. Networks do
 * not belong here.
 */
package io.vertebra.datasets.formats.yolo;
