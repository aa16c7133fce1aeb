package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** How the cases about coders and matchers are asked. */
final class CoderReferences {

    private static final double TOLERANCE = 1e-5;

    static final Map<String, Consumer<ReferenceCase>> CHECKS = Map.of(
            "box_coder_encode", CoderReferences::encode,
            "box_coder_decode", CoderReferences::decode,
            "box_coder_roundtrip", CoderReferences::decode,
            "box_linear_coder", CoderReferences::linear,
            "matcher", CoderReferences::matcher,
            "ssd_matcher", CoderReferences::ssdMatcher);

    private CoderReferences() {}

    private static BoxCoder coder(ReferenceCase one, BoxCoder.Order order) {
        List<Double> weights = ReferenceCase.numbers(one.param("weights"));
        return new BoxCoder(weights.get(0), weights.get(1), weights.get(2), weights.get(3), order);
    }

    private static void encode(ReferenceCase one) {
        float[] boxes = one.in("reference_boxes");
        float[] anchors = one.in("proposals");
        float[] codes = one.out("codes");
        Close.relative(coder(one, BoxCoder.Order.X_FIRST).encode(boxes, anchors), codes, TOLERANCE);
        Close.relative(coder(one, BoxCoder.Order.Y_FIRST).encode(boxes, anchors), turned(codes), TOLERANCE);
    }

    private static void decode(ReferenceCase one) {
        float[] codes = one.in("codes");
        float[] anchors = one.in("boxes");
        float[] boxes = one.out("boxes_out");
        Close.relative(coder(one, BoxCoder.Order.X_FIRST).decode(codes, anchors), boxes, TOLERANCE);
        Close.relative(coder(one, BoxCoder.Order.Y_FIRST).decode(turned(codes), anchors), boxes, TOLERANCE);
    }

    /** Codes in TensorFlow's order. */
    private static float[] turned(float[] codes) {
        float[] turned = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            turned[i] = codes[i ^ 1];
        }
        return turned;
    }

    /** torchvision's encode takes the anchors as its first argument; the case gave it the truth there. */
    private static void linear(ReferenceCase one) {
        LinearBoxCoder coder = new LinearBoxCoder(one.param("normalize_by_size").asBoolean());
        float[] codes = coder.encode(one.in("proposals"), one.in("reference_boxes"));
        Close.relative(codes, one.out("codes"), TOLERANCE);
        Close.relative(coder.decode(one.out("codes"), one.in("proposals")), one.out("decoded"), TOLERANCE);
    }

    private static void matcher(ReferenceCase one) {
        int[] shape = one.tensors().shape(one.input("quality"));
        Matcher matcher = new Matcher(
                one.number("high_threshold"),
                one.number("low_threshold"),
                one.param("allow_low_quality_matches").asBoolean());
        assertThat(matcher.match(one.in("quality"), shape[0], shape[1])).isEqualTo(one.outInts("matches"));
    }

    private static void ssdMatcher(ReferenceCase one) {
        int[] shape = one.tensors().shape(one.input("quality"));
        SsdMatcher matcher = new SsdMatcher(one.number("threshold"));
        assertThat(matcher.match(one.in("quality"), shape[0], shape[1])).isEqualTo(one.outInts("matches"));
    }
}
