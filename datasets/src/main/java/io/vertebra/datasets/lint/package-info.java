/**
 * What the lints of annotations share: where faults go, and the looks at boxes that every format wants.
 *
 * <p>Start at {@link io.vertebra.datasets.lint.Faults}. The lint of a format stands beside its reader ({@code CocoCheck}, {@code VocCheck},
 * {@code YoloCheck}), that of pictures in {@code decode}.
 */
package io.vertebra.datasets.lint;
