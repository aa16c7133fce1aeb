package io.vertebra.backbones.embed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Embeddings by name, searched by the cosine of the angle between them: exact, by looking at each. Not safe for several
 * threads while something is added.
 *
 * @param <K> what names a picture
 */
public final class EmbeddingIndex<K> {
    private final List<K> keys = new ArrayList<>();
    private final List<float[]> vectors = new ArrayList<>();

    /**
     * Something alike.
     *
     * @param similarity cosine, from −1 to 1, which is the same direction
     */
    public record Match<K>(K key, double similarity) {}

    /**
     * Adds an embedding, of which a copy of length 1 is kept.
     *
     * @throws IllegalArgumentException if it is all zeros, not finite or of another length than those before
     */
    public void add(K key, float[] embedding) {
        if (!vectors.isEmpty() && vectors.get(0).length != embedding.length) {
            throw new IllegalArgumentException(
                    "embedding: has " + embedding.length + " values, those before it have " + vectors.get(0).length);
        }
        vectors.add(unit(embedding));
        keys.add(key);
    }

    /** How many there are. */
    public int size() {
        return keys.size();
    }

    /**
     * The most similar ones, the best first; of equals the one that was added first.
     *
     * @param count how many at most
     */
    public List<Match<K>> nearest(float[] embedding, int count) {
        float[] query = unit(embedding);
        return IntStream.range(0, keys.size())
                .mapToObj(i -> new Match<>(keys.get(i), dot(query, vectors.get(i))))
                .sorted(Comparator.comparingDouble((Match<K> m) -> -m.similarity()))
                .limit(count)
                .toList();
    }

    private static float[] unit(float[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        if (!(length > 0) || !Double.isFinite(length)) {
            throw new IllegalArgumentException("embedding: has the length " + length + " and no direction");
        }
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    private static double dot(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("embedding: has " + a.length + " values, not " + b.length);
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
