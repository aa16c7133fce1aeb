package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/**
 * Logits of the positions of pictures, a chunk at a time, padded to whole vectors; and the way of their gradient back.
 * Positions are numbered row-major over pictures, rows, columns; a chunk lies in one picture.
 */
public interface Positions {

    /** Gives it the logits and their gradient, {@code null} if none is wanted. */
    void bind(ByteBuffer logits, ByteBuffer gradient);

    /** Pictures. */
    int pictures();

    /** Classes. */
    int classes();

    /** Positions of all pictures. */
    int count();

    /** Chunks of a picture. */
    int chunks();

    /** The first position of a chunk. */
    int first(int picture, int chunk);

    /** Positions of a chunk. */
    int size(int chunk);

    /** Positions of the largest chunk. */
    int largest();

    /** Elements from one position to the next: the classes, rounded up to {@link RowMath#LANES}. */
    default int run() {
        return RowMath.padded(classes());
    }

    /** Fills {@code z[i · run + class]}, and {@link RowMath#NOTHING} behind the classes. */
    void load(int picture, int chunk, float[] z);

    /** Takes the gradient of a chunk, laid out alike; chunks of a picture come in order. */
    void store(int picture, int chunk, float[] z);
}
