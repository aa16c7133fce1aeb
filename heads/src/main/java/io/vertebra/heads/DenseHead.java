package io.vertebra.heads;

/**
 * A kind of head for detection that says of every anchor what it shows and where that lies: outputs {@code class_logits}
 * (N, A, classes), column 0 the background, and {@code box_encodings} (N, A, 4).
 *
 * @param <C> its options
 */
public interface DenseHead<C extends Record> extends DetectionHead<C> {

    /** How its outputs become boxes. */
    DenseDetector.Recipe recipe(C config);

    @Override
    default DenseDetector detector(C config, LevelSizes levels) {
        return new DenseDetector(levels, recipe(config));
    }
}
