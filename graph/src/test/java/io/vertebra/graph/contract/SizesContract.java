package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** A batch without the sizes of its pictures stands for pictures without padding. */
final class SizesContract {
    private static final TrainingCase ONE = TrainingCases.named("two stages, drawn");

    private SizesContract() {}

    static void takesWholePictures(Engine engine, Precision precision) {
        Batch padded = ONE.batch(0, 0);
        Map<String, Tensor> inputs = new LinkedHashMap<>(padded.inputs());
        inputs.remove(Input.SIZES);
        Batch without = new Batch(inputs);
        Shape image = ONE.image();
        float[] sizes = new float[2 * image.n()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = i % 2 == 0 ? image.h() : image.w();
        }
        inputs.put(Input.SIZES, Tensor.of(sizes, image.n(), 2));
        Batch whole = new Batch(inputs);
        try (Session session = engine.open(ONE.graph(), ONE.parameters(), Options.inference(precision))) {
            Outputs wanted = session.evaluate(whole).copy();
            SessionContract.assertSameBits(session.evaluate(without), wanted);
            assertThat(session.evaluate(padded).get("proposals").data())
                    .isNotEqualTo(wanted.get("proposals").data());
            assertThat(session.profile(without, 1)).isNotEmpty();
        }
        try (Session session = engine.open(ONE.graph(), ONE.parameters(), Options.gradients(precision, true))) {
            Outputs wanted = session.gradients(whole, Map.of()).copy();
            SessionContract.assertSameBits(session.gradients(without, Map.of()), wanted);
        }
        try (Session session = engine.open(ONE.graph(), ONE.fresh(), ONE.options(precision));
                Session other = engine.open(ONE.graph(), ONE.fresh(), ONE.options(precision))) {
            Outputs wanted = session.step(whole, ONE.scalars(0, 0));
            SessionContract.assertSameBits(other.step(without, ONE.scalars(0, 0)), wanted);
        }
    }
}
