/**
 * COCO's annotation files: one JSON for all pictures, with boxes, polygons, run lengths and crowds.
 *
 * <p>Start at {@link io.vertebra.datasets.formats.coco.CocoFormat}; {@code CocoReader} streams the file into the arrays of {@code CocoFile},
 * {@code CocoCheck} is the lint. Results files and metrics belong to tasks.
 */
package io.vertebra.datasets.formats.coco;
