package io.vertebra.heads;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;

/** The sizes of a head's levels for pictures of any size. Immutable. */
public final class LevelSizes {
    private final Graph levels;

    /** Of levels that are the outputs of a graph. */
    LevelSizes(Graph levels) {
        this.levels = levels;
    }

    /** Of nodes of a builder that is used for nothing else. */
    static LevelSizes of(List<Node> levels, GraphBuilder g) {
        for (int i = 0; i < levels.size(); i++) {
            g.output("level." + i, levels.get(i));
        }
        return new LevelSizes(g.build());
    }

    /** The levels, from fine to coarse. */
    public List<Node> nodes() {
        return List.copyOf(levels.outputs().values());
    }

    /** The sizes for a picture, from fine to coarse. */
    public List<Size> of(Size picture) {
        List<Shape> shapes = levels.shapes(picture);
        return nodes().stream()
                .map(Node::index)
                .map(shapes::get)
                .map(s -> new Size(s.h(), s.w()))
                .toList();
    }
}
