/**
 * Pascal VOC's folders: an XML file a picture with its boxes, and for some pictures a label map.
 *
 * <p>Start at {@link io.vertebra.datasets.formats.voc.VocFormat}; {@link io.vertebra.datasets.formats.voc.VocReader} reads one XML file, for data
 * sets and for the metrics of tasks; {@code VocCheck} is the lint. VOC's metrics themselves belong to tasks.
 */
package io.vertebra.datasets.formats.voc;
