package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** How the cases about regions are asked. */
final class RoiReferences {

    private static final double TOLERANCE = 1e-5;
    private static final double GRADIENT_TOLERANCE = 1e-4;

    static final Map<String, Consumer<ReferenceCase>> CHECKS = Map.of(
            "roi_align", RoiReferences::align,
            "roi_pool", RoiReferences::pool,
            "ps_roi_align", RoiReferences::positionSensitiveAlign,
            "ps_roi_pool", RoiReferences::positionSensitivePool,
            "level_mapper", RoiReferences::levels,
            "multiscale_roi_align", RoiReferences::pyramid);

    private RoiReferences() {}

    private static RoiShape shape(ReferenceCase one, String input) {
        int[] shape = one.tensors().shape(one.input(input));
        return new RoiShape(shape[0], shape[1], shape[2], shape[3]);
    }

    private static Size output(ReferenceCase one) {
        return ReferenceCase.size(one.param("output_size"));
    }

    private static int sampling(ReferenceCase one) {
        return one.param("sampling_ratio").asInt();
    }

    private static void align(ReferenceCase one) {
        RoiAlignment op = new RoiAlignment(
                output(one),
                one.number("spatial_scale"),
                sampling(one),
                one.param("aligned").asBoolean());
        RoiShape shape = shape(one, "input");
        float[] features = one.in("input");
        float[] rois = one.in("rois");
        Close.absolute(op.forward(features, shape, rois), one.out("out"), TOLERANCE);
        Close.absolute(Close.floats(op.forward(Close.doubles(features), shape, rois)), one.out("out"), TOLERANCE);
        if (one.has("grad_input")) {
            float[] gradient = new float[features.length];
            op.backward(one.in("grad_out"), shape, rois, gradient);
            Close.absolute(gradient, one.out("grad_input"), GRADIENT_TOLERANCE);
            double[] precise = new double[features.length];
            op.backward(Close.doubles(one.in("grad_out")), shape, rois, precise);
            Close.absolute(Close.floats(precise), one.out("grad_input"), GRADIENT_TOLERANCE);
        }
    }

    private static void pool(ReferenceCase one) {
        RoiPooling op = new RoiPooling(output(one), one.number("spatial_scale"));
        RoiShape shape = shape(one, "input");
        float[] features = one.in("input");
        float[] rois = one.in("rois");
        assertThat(op.forward(features, shape, rois)).isEqualTo(one.out("out"));
        assertThat(Close.floats(op.forward(Close.doubles(features), shape, rois)))
                .isEqualTo(one.out("out"));
        if (one.has("grad_input")) {
            float[] gradient = new float[features.length];
            RoiPooling.backward(one.in("grad_out"), op.largest(features, shape, rois), gradient);
            Close.absolute(gradient, one.out("grad_input"), GRADIENT_TOLERANCE);
            double[] precise = new double[features.length];
            int[] cells = op.largest(Close.doubles(features), shape, rois);
            RoiPooling.backward(Close.doubles(one.in("grad_out")), cells, precise);
            Close.absolute(Close.floats(precise), one.out("grad_input"), GRADIENT_TOLERANCE);
        }
    }

    private static void positionSensitiveAlign(ReferenceCase one) {
        PositionSensitiveAlignment op =
                new PositionSensitiveAlignment(output(one), one.number("spatial_scale"), sampling(one));
        RoiShape shape = shape(one, "input");
        float[] features = one.in("input");
        Close.absolute(op.forward(features, shape, one.in("rois")), one.out("out"), TOLERANCE);
        float[] gradient = new float[features.length];
        op.backward(one.in("grad_out"), shape, one.in("rois"), gradient);
        Close.absolute(gradient, one.out("grad_input"), GRADIENT_TOLERANCE);
    }

    private static void positionSensitivePool(ReferenceCase one) {
        PositionSensitivePooling op = new PositionSensitivePooling(output(one), one.number("spatial_scale"));
        float[] out = op.forward(one.in("input"), shape(one, "input"), one.in("rois"));
        Close.absolute(out, one.out("out"), TOLERANCE);
    }

    private static RoiLevels mapper(ReferenceCase one) {
        return RoiLevels.of(one.param("k_min").asInt(), one.param("k_max").asInt());
    }

    private static void levels(ReferenceCase one) {
        assertThat(mapper(one).levels(one.in("boxes"))).isEqualTo(one.outInts("levels"));
        RoiLevels spelt = new RoiLevels(
                one.param("k_min").asInt(),
                one.param("k_max").asInt(),
                one.number("canonical_scale"),
                one.param("canonical_level").asInt());
        assertThat(spelt).isEqualTo(mapper(one));
    }

    private static void pyramid(ReferenceCase one) {
        List<Double> scales = ReferenceCase.numbers(one.param("scales"));
        PyramidAlignment op = new PyramidAlignment(output(one), scales, sampling(one), false, mapper(one));
        List<float[]> features = new ArrayList<>();
        List<RoiShape> shapes = new ArrayList<>();
        for (int l = 0; l < scales.size(); l++) {
            features.add(one.in("feature" + l));
            shapes.add(shape(one, "feature" + l));
        }
        float[] rois = rois(one.in("boxes_image0"), one.in("boxes_image1"));
        Close.absolute(op.forward(features, shapes, rois), one.out("out"), TOLERANCE);
    }

    private static float[] rois(float[]... boxes) {
        List<float[]> rows = new ArrayList<>();
        for (int image = 0; image < boxes.length; image++) {
            for (int i = 0; i < boxes[image].length; i += 4) {
                float[] b = boxes[image];
                rows.add(new float[] {image, b[i], b[i + 1], b[i + 2], b[i + 3]});
            }
        }
        float[] rois = new float[5 * rows.size()];
        for (int r = 0; r < rows.size(); r++) {
            System.arraycopy(rows.get(r), 0, rois, 5 * r, 5);
        }
        return rois;
    }
}
