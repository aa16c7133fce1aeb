package io.vertebra.backbones.embed;

import io.vertebra.graph.engine.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a network says of one picture: its embedding, and the levels that were asked for. The arrays are the caller's. */
public final class Features {
    private final float[] embedding;
    private final Map<Integer, Tensor.Floats> levels;

    Features(float[] embedding, Map<Integer, Tensor.Floats> levels) {
        this.embedding = embedding;
        this.levels = Collections.unmodifiableMap(new TreeMap<>(levels));
    }

    /** The pooled vector (C), not normalised. */
    public float[] embedding() {
        return embedding;
    }

    /** The reductions of the levels that are here, ascending. */
    public Set<Integer> reductions() {
        return levels.keySet();
    }

    /**
     * The map (1, C, H, W) of a level.
     *
     * @param reduction how many times smaller than the picture it is
     * @throws IllegalArgumentException if it was not asked for when the extractor was opened
     */
    public Tensor.Floats level(int reduction) {
        Tensor.Floats level = levels.get(reduction);
        if (level == null) {
            throw new IllegalArgumentException(
                    "level: " + reduction + " is not among the outputs that were asked for, " + levels.keySet());
        }
        return level;
    }
}
