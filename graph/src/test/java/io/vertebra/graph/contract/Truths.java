package io.vertebra.graph.contract;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Labelled;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** Seeded values for the inputs beside the picture: labels, boxes, regions; what they are follows from who reads them. */
final class Truths {
    private static final double IGNORED = 0.2;
    private static final double POSITIVE = 0.2;

    /** Classes of anchors where no loss over logits says how many there are. */
    private static final int CLASSES = 3;

    /** Finer than bf16 has them, exact in floats also after a scale of 1/4. */
    private static final double GRID = 64;

    /** By how many cells regions are larger on every side where there are several levels to choose from. */
    private static final double[] GROWN = {0, 16.3, 70.6};

    private Truths() {}

    static Tensor of(Graph graph, Node input, Shape image, Precision precision, RandomGenerator random) {
        Node reader = reader(graph, input);
        Shape shape = shape(graph, input, image);
        if (RegionTruths.areReadBy(reader)) {
            return RegionTruths.of(graph, reader, input, shape, image, precision, random);
        }
        if (takesRegions(reader)) {
            return regions(reader.op(), shape(graph, reader.inputs().get(0), image), shape.n(), random);
        }
        if (reader.op() instanceof BoxSmoothL1) {
            boolean targets = reader.inputs().get(1) == input;
            return targets ? Fill.normal(shape, precision, random) : anchors(shape, CLASSES, random);
        }
        if (((Input) input.op()).type() == DataType.F32) {
            return soft(shape, random);
        }
        Shape logits = reader.inputs().get(0).shape();
        return logits.rank() == 3
                ? anchors(shape, ((Labelled) reader.op()).classes(logits.get(2)), random)
                : labels(shape, logits.c(), ((Labelled) reader.op()).ignore(), random);
    }

    /** A node that takes this input, one that knows the classes before others. */
    private static Node reader(Graph graph, Node input) {
        return graph.nodes().stream()
                .filter(n -> n.inputs().contains(input))
                .min(Comparator.comparing(n -> n.op() instanceof Labelled ? 0 : RegionTruths.areReadBy(n) ? 1 : 2))
                .orElseThrow();
    }

    /** The shape of a value for pictures of this shape; unknown extents of an input are those of what it belongs to. */
    static Shape shape(Graph graph, Node node, Shape image) {
        if (!(node.op() instanceof Input)) {
            List<Shape> inputs =
                    node.inputs().stream().map(i -> shape(graph, i, image)).toList();
            return node.op().output(inputs);
        }
        if (node.name().equals("input")) {
            return image;
        }
        if (RegionTruths.areReadBy(reader(graph, node))) {
            return RegionTruths.shape(graph, reader(graph, node), node, image);
        }
        if (node.shape().with(0, 1).isKnown()) {
            // another number than that of the pictures, and one for each special region
            return node.shape().with(0, takesRegions(reader(graph, node)) ? 2 * image.n() + 5 : image.n());
        }
        Shape rows = shape(graph, reader(graph, node).inputs().get(0), image);
        return node.shape().rank() == 3 && rows.rank() == 4
                ? Shape.of(image.n(), rows.h(), rows.w())
                : node.shape().with(0, image.n()).with(1, rows.get(1));
    }

    private static boolean takesRegions(Node reader) {
        return reader.op() instanceof RoiAlign || reader.op() instanceof RoiPool;
    }

    private static Tensor.Ints labels(Shape shape, int classes, int ignore, RandomGenerator random) {
        int[] data = new int[(int) shape.elements()];
        for (int i = 0; i < data.length; i++) {
            // the first is always valid: a batch without any valid label has a case of its own
            data[i] = i > 0 && random.nextDouble() < IGNORED ? ignore : random.nextInt(classes);
        }
        return new Tensor.Ints(shape, data);
    }

    private static Tensor.Floats soft(Shape shape, RandomGenerator random) {
        float[] data = new float[(int) shape.elements()];
        for (int n = 0; n < shape.n(); n++) {
            // Mixup's: two classes share the sample
            float share = random.nextInt(1, 16) / 16f;
            data[n * shape.c() + random.nextInt(shape.c())] += share;
            data[n * shape.c() + random.nextInt(shape.c())] += 1 - share;
        }
        return new Tensor.Floats(shape, data);
    }

    /** Mostly background; the first anchor of all is positive, the second picture has no positive one. */
    private static Tensor.Ints anchors(Shape shape, int classes, RandomGenerator random) {
        int[] data = new int[(int) shape.elements()];
        for (int i = 0; i < data.length; i++) {
            boolean positive = i == 0 || (i / shape.get(1) != 1 && random.nextDouble() < POSITIVE);
            boolean ignored = random.nextDouble() < IGNORED / 2;
            data[i] = positive ? random.nextInt(1, classes) : ignored ? HardNegativeCrossEntropy.IGNORE : 0;
        }
        return new Tensor.Ints(shape, data);
    }

    private static Tensor.Floats regions(Op op, Shape map, int count, RandomGenerator random) {
        double scale = op instanceof RoiAlign align ? align.scales().get(0) : ((RoiPool) op).scale();
        double h = map.h();
        double w = map.w();
        double[][] special = {
            {0, 0, w, h}, // the whole map
            {-w / 2 - 0.078, -h / 2 - 0.047, 1.5 * w + 0.109, 1.5 * h}, // more than it; no sample falls on an edge
            {w / 2, h / 4, w / 2, h / 4}, // a point
            {w + 2, h + 2, w + 5, h + 4}, // outside
            {w - 2.56, -1.47, w + 0.53, 1.3} // over the corner
        };
        float[] data = new float[count * 5];
        for (int i = 0; i < count; i++) {
            double left = random.nextDouble(w) - 1;
            double top = random.nextDouble(h) - 1;
            double[] cells = i < special.length
                    ? special[i]
                    : new double[] {left, top, left + random.nextDouble(w), top + random.nextDouble(h)};
            double grown = op instanceof RoiAlign align && align.scales().size() > 1 ? GROWN[i % GROWN.length] : 0;
            data[i * 5] = random.nextInt(map.n());
            for (int k = 0; k < 4; k++) {
                double cell = cells[k] + (k < 2 ? -grown : grown);
                data[i * 5 + 1 + k] = (float) (Math.round(cell * GRID) / GRID / scale);
            }
        }
        return new Tensor.Floats(Shape.of(count, 5), data);
    }
}
