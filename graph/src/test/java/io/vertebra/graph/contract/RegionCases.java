package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;

/** Regions cut from maps; {@link Truths} puts some of them beside, across and beyond the map, one is a point. */
final class RegionCases {
    private static final Shape MAP = Shape.of(3, 16, 9, 11);

    private static final List<Double> THREE = List.of(0.25, 0.125, 0.0625);

    private RegionCases() {}

    static List<OperatorCase> all() {
        return List.of(
                align("roi_align.3x3", MAP, new RoiAlign(Size.of(3), 1, 2, false)),
                align("roi_align.aligned", MAP, new RoiAlign(Size.of(3), 1, 2, true)),
                align("roi_align.as many samples as cells", MAP, new RoiAlign(new Size(2, 3), 1, 0, false)),
                align("roi_align.aligned, as many samples as cells", MAP, new RoiAlign(new Size(2, 3), 1, 0, true)),
                align("roi_align.scale 1/4", Shape.of(2, 5, 6, 7), new RoiAlign(Size.of(7), 0.25, 2, true)),
                align(
                        "roi_align.scale 1/2, 1 bin, 1 sample",
                        Shape.of(2, 24, 5, 5),
                        new RoiAlign(Size.of(1), 0.5, 1, false)),
                align("roi_align.of one cell", Shape.of(2, 3, 1, 1), new RoiAlign(Size.of(2), 0.125, 2, true)),
                align("roi_align.of one picture", Shape.of(1, 8, 7, 5), new RoiAlign(new Size(1, 4), 1, 3, false)),
                align("roi_align.one region", MAP, new RoiAlign(Size.of(2), 1, 2, true))
                        .withInput("rois", rois -> first(rois, 1)),
                OperatorCase.ofAnySize(
                        "roi_align.of a conv of any size", Shape.of(2, 3, 16, 14), Conventions.DEFAULT, (g, x) -> {
                            Node y = g.activation(
                                    Function.SILU,
                                    g.conv("conv", x, Conv.of(3, 8).stride(2)));
                            Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
                            Node cut = g.roiAlign(y, rois, new RoiAlign(Size.of(3), 0.5, 2, false));
                            g.output("y", g.linear("fc", g.flatten(cut), 7));
                            g.output("map", y);
                        }),
                OperatorCase.of("roi_align.same regions of two levels", Shape.of(2, 8, 12, 12), (g, x) -> {
                    Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
                    Node coarse = g.conv("coarse", x, Conv.of(3, 8).stride(2));
                    Node a = g.roiAlign(x, rois, new RoiAlign(Size.of(2), 1, 2, true));
                    Node b = g.roiAlign(coarse, rois, new RoiAlign(Size.of(2), 0.5, 2, true));
                    g.output("y", g.add(a, b));
                }),
                pyramid("roi_align.three levels", new RoiAlign(Size.of(2), THREE, 2, false)),
                pyramid("roi_align.three levels, aligned", new RoiAlign(new Size(3, 2), THREE, 0, true)),
                pyramid("roi_align.three levels, regions of one alone", new RoiAlign(Size.of(2), THREE, 2, false))
                        .withInput("rois", rois -> everyThird((Tensor.Floats) rois)),
                pyramid("roi_align.two levels", new RoiAlign(Size.of(3), List.of(1.0, 0.5), 1, false)),
                pool("roi_pool", MAP, new RoiPool(Size.of(3), 1)),
                pool("roi_pool.more bins than cells", Shape.of(2, 5, 6, 7), new RoiPool(Size.of(7), 0.25)),
                pool("roi_pool.scale 1/2", Shape.of(2, 24, 5, 5), new RoiPool(new Size(1, 2), 0.5)),
                pool("roi_pool.of one cell", Shape.of(2, 3, 1, 1), new RoiPool(Size.of(2), 0.125)),
                pool("roi_pool.ties", Shape.of(2, 8, 8, 7), new RoiPool(Size.of(2), 1))
                        .withPictures(RegionCases::coarse),
                pool("roi_pool.one region", MAP, new RoiPool(Size.of(2), 1)).withInput("rois", rois -> first(rois, 1)),
                OperatorCase.ofAnySize(
                        "roi_pool.of a map of any size", Shape.of(2, 3, 9, 8), Conventions.DEFAULT, (g, x) -> {
                            Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
                            Node cut = g.roiPool(x, rois, new RoiPool(Size.of(2), 0.5));
                            g.output("y", g.linear("fc", g.flatten(cut), 7));
                        }));
    }

    /** Levels of 16 by 18 cells and halves of it, each of a layer of its own; {@link Truths} has regions for all. */
    private static OperatorCase pyramid(String name, RoiAlign op) {
        return OperatorCase.of(name, Shape.of(2, 8, 16, 18), (g, x) -> {
            List<Node> levels = SharedCases.levels(g, x).subList(0, op.scales().size());
            List<Node> maps = new ArrayList<>();
            for (Node level : levels) {
                maps.add(g.conv("conv" + maps.size(), level, Conv.of(3, 8).withBias()));
            }
            Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
            g.output("y", g.roiAlign(maps, rois, op));
        });
    }

    /** Those of the finest level. */
    private static Tensor everyThird(Tensor.Floats rois) {
        float[] few = new float[rois.shape().n() / 3 * 5];
        for (int i = 0; i < few.length; i++) {
            few[i] = rois.data()[i / 5 * 15 + i % 5];
        }
        return new Tensor.Floats(Shape.of(few.length / 5, 5), few);
    }

    private static OperatorCase align(String name, Shape image, RoiAlign op) {
        return OperatorCase.of(name, image, (g, x) -> {
            Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
            g.output("y", g.roiAlign(x, rois, op));
        });
    }

    private static OperatorCase pool(String name, Shape image, RoiPool op) {
        return OperatorCase.of(name, image, (g, x) -> {
            Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
            g.output("y", g.roiPool(x, rois, op));
        });
    }

    private static Tensor first(Tensor rois, int count) {
        float[] all = ((Tensor.Floats) rois).data();
        return new Tensor.Floats(Shape.of(count, 5), java.util.Arrays.copyOf(all, count * 5));
    }

    /** Few values, so that most bins have several largest ones. */
    private static Tensor.Floats coarse(Tensor.Floats picture) {
        float[] data = picture.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = Math.round(data[i]);
        }
        return new Tensor.Floats(picture.shape(), data);
    }
}
