/**
 * Heads for detection: dense ones end in {@code class_logits} (N, A, classes) and {@code box_encodings} (N, A, 4) of their
 * anchors, two-stage ones in {@code proposals} and what they show.
 *
 * <p>Start with {@link io.vertebra.heads.detection.SsdHead} and {@link io.vertebra.heads.detection.FasterRcnnHead}. Anchors,
 * coders and suppression are {@code graph.region}'s; matching, losses and metrics belong to tasks.
 */
package io.vertebra.heads.detection;
