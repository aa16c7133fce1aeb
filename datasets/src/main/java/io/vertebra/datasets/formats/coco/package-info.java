/**
 * COCO's annotation files: one JSON for all pictures, with boxes, polygons, run lengths and crowds.
 *
 * <p>Start at {@link io.vertebra.datasets.formats.coco.CocoFormat}; {@code CocoReader} streams the file into arrays, {@code CocoLinks} brings
 * its lists together for {@code CocoFile}, {@code CocoCheck} is the lint. {@link io.vertebra.datasets.formats.coco.CocoJson} and {@link io.vertebra.datasets.formats.coco.CocoEntry} also
 * read results and truth for the metrics of tasks, which keep boxes as doubles and need no file names; what they compare does not belong here.
 */
package io.vertebra.datasets.formats.coco;
