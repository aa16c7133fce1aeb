/**
 * Pascal VOC's folders: an XML file a picture with its boxes, and for some pictures a label map.
 *
 * <p>Start at {@link io.vertebra.datasets.formats.voc.VocFormat}; {@code VocReader} reads one XML file, {@code VocCheck} is the lint. VOC's metrics
 * belong to tasks.
 */
package io.vertebra.datasets.formats.voc;
