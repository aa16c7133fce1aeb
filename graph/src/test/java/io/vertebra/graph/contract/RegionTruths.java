package io.vertebra.graph.contract;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Labelled;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Shape;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What the operators of two-stage detectors read: sizes of pictures, objects, regions on and beside them.
 *
 * <p>The objects follow from the picture's number and size alone, so that regions can lie on them. The second picture has
 * none, and the last row of every picture is none.
 */
final class RegionTruths {
    private static final int CLASSES = 3;
    private static final int OBJECTS = 4;
    private static final int REGIONS = 11;

    private RegionTruths() {}

    static boolean areReadBy(Node reader) {
        return reader.op() instanceof RegionProposals || reader.op() instanceof RegionSmoothL1 || readsObjects(reader);
    }

    private static boolean readsObjects(Node reader) {
        return reader.op() instanceof RegionSamples
                || reader.op() instanceof RegionLabels
                || reader.op() instanceof RegionTargets;
    }

    static Shape shape(Graph graph, Node reader, Node input, Shape image) {
        if (reader.op() instanceof RegionSmoothL1) {
            int rows = Truths.shape(graph, reader.inputs().get(0), image).n();
            return input.shape().with(0, rows);
        }
        if (readsObjects(reader) && reader.inputs().get(0) == input) {
            return Shape.of(REGIONS * image.n(), 5);
        }
        Shape shape = input.shape().with(0, image.n());
        return shape.get(1) == Shape.ANY ? shape.with(1, OBJECTS) : shape;
    }

    static Tensor of(
            Graph graph,
            Node reader,
            Node input,
            Shape shape,
            Shape image,
            Precision precision,
            RandomGenerator random) {
        int place = reader.inputs().indexOf(input);
        if (reader.op() instanceof RegionProposals) {
            return sizes(image, random);
        }
        if (reader.op() instanceof RegionSmoothL1) {
            int classes = reader.inputs().get(0).shape().c() / 4;
            return place == 1 ? Fill.normal(shape, precision, random) : labels(shape, classes, random);
        }
        return switch (place) {
            case 0 -> regions(image, random);
            case 1 -> objects(shape, image);
            default -> classes(shape, classes(graph, input), random);
        };
    }

    /** More than half of the picture, not always a whole number. */
    private static Tensor.Floats sizes(Shape image, RandomGenerator random) {
        float[] sizes = new float[2 * image.n()];
        for (int i = 0; i < sizes.length; i++) {
            int side = i % 2 == 0 ? image.h() : image.w();
            sizes[i] = side - random.nextInt(side) / 2f;
        }
        return new Tensor.Floats(Shape.of(image.n(), 2), sizes);
    }

    /** Rows of a loss: background, objects, rows that do not count. */
    private static Tensor.Ints labels(Shape shape, int classes, RandomGenerator random) {
        int[] labels = new int[shape.n()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i == 0 ? classes - 1 : random.nextInt(-1, classes);
        }
        return new Tensor.Ints(shape, labels);
    }

    /** How many classes the losses know that read what becomes of labels of objects. */
    private static int classes(Graph graph, Node labels) {
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Labelled
                    && node.inputs().get(1).op() instanceof RegionLabels
                    && node.inputs().get(1).inputs().contains(labels)) {
                return node.inputs().get(0).shape().c();
            }
        }
        return CLASSES;
    }

    private static Tensor.Ints classes(Shape shape, int classes, RandomGenerator random) {
        int perPicture = shape.get(1);
        int[] labels = new int[(int) shape.elements()];
        for (int i = 0; i < labels.length; i++) {
            boolean isNone = i / perPicture == 1 || (perPicture > 1 && i % perPicture == perPicture - 1);
            labels[i] = isNone ? 0 : random.nextInt(1, classes);
        }
        return new Tensor.Ints(shape, labels);
    }

    /** An object of a picture; some reach beyond it, some overlap. */
    private static double[] object(int picture, int object, Shape image) {
        SplittableRandom random = new SplittableRandom(100L * picture + object);
        double left = random.nextInt(image.w()) - 2.0;
        double top = random.nextInt(image.h()) - 1.75;
        return new double[] {left, top, left + 3 + random.nextInt(image.w()), top + 2.5 + random.nextInt(image.h())};
    }

    private static Tensor.Floats objects(Shape shape, Shape image) {
        float[] boxes = new float[(int) shape.elements()];
        for (int i = 0; i < boxes.length; i++) {
            int object = i / 4;
            boxes[i] = (float) object(object / shape.get(1), object % shape.get(1), image)[i % 4];
        }
        return new Tensor.Floats(shape, boxes);
    }

    /** For each picture in turn: on objects, near them, anywhere, without area, and some twice. */
    private static Tensor.Floats regions(Shape image, RandomGenerator random) {
        float[] rois = new float[REGIONS * image.n() * 5];
        for (int i = 0; i < REGIONS * image.n(); i++) {
            int picture = i / REGIONS;
            double[] box = object(picture, i % REGIONS % OBJECTS, image);
            int kind = i % REGIONS;
            double[] moved = kind < 2
                    ? box
                    : kind < 6
                            ? new double[] {box[0] + 0.375, box[1] - 0.625, box[2] + random.nextInt(2), box[3] + 0.25}
                            : kind == 6 ? new double[] {2, 3, 2, 5} : object(picture, 50 + random.nextInt(3), image);
            rois[5 * i] = picture;
            for (int k = 0; k < 4; k++) {
                rois[5 * i + 1 + k] = (float) moved[k];
            }
        }
        return new Tensor.Floats(Shape.of(REGIONS * image.n(), 5), rois);
    }
}
