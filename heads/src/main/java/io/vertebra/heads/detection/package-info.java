/**
 * Heads for detection: each ends in {@code class_logits} (N, A, classes) and {@code box_encodings} (N, A, 4) of its anchors.
 *
 * <p>Start with {@link io.vertebra.heads.detection.SsdHead}. Anchors, coders and suppression are {@code graph.region}'s; matching, losses and
 * metrics belong to tasks.
 */
package io.vertebra.heads.detection;
