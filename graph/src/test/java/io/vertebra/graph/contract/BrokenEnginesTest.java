package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.reference.ReferenceEngine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An engine that does not do what it was asked is found out. */
class BrokenEnginesTest {

    /** What an engine has misunderstood, and a training that shows it. */
    private record Fault(String name, String training, UnaryOperator<Options> change) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Fault> faults() {
        return List.of(
                new Fault("other dropout", "sgd", o -> with(o, o.update(), o.groups(), o.seed() + 1)),
                new Fault(
                        "no nesterov",
                        "nesterov",
                        o -> with(o, Update.of(new Optimizer.Sgd(0.9, false)), o.groups(), o.seed())),
                new Fault(
                        "other momentum",
                        "momentum",
                        o -> with(o, Update.of(new Optimizer.Sgd(0.899, false)), o.groups(), o.seed())),
                new Fault(
                        "other beta1",
                        "adamw",
                        o -> with(o, Update.of(new Optimizer.AdamW(0.901, 0.999, 1e-3)), o.groups(), o.seed())),
                new Fault(
                        "other beta2",
                        "adamw",
                        o -> with(o, Update.of(new Optimizer.AdamW(0.9, 0.998, 1e-3)), o.groups(), o.seed())),
                new Fault(
                        "other epsilon",
                        "adamw",
                        o -> with(o, Update.of(new Optimizer.AdamW(0.9, 0.999, 2e-3)), o.groups(), o.seed())),
                new Fault(
                        "no clipping",
                        "clipped",
                        o -> with(o, new Update(o.update().optimizer(), 0, 0), o.groups(), o.seed())),
                new Fault(
                        "clips too little",
                        "clipped",
                        o -> with(o, new Update(o.update().optimizer(), 0.301, 0), o.groups(), o.seed())),
                new Fault(
                        "clips too much",
                        "clip far away",
                        o -> with(o, new Update(o.update().optimizer(), 0.1, 0), o.groups(), o.seed())),
                new Fault(
                        "other average",
                        "moving average",
                        o -> with(o, new Update(o.update().optimizer(), 0, 0.749), o.groups(), o.seed())),
                new Fault("decays all", "momentum", o -> with(o, o.update(), decay(o.groups(), 0.05), o.seed())),
                new Fault("decays nothing", "adamw", o -> with(o, o.update(), decay(o.groups(), 0), o.seed())),
                new Fault(
                        "draws other regions", "two stages, drawn", o -> with(o, o.update(), o.groups(), o.seed() + 1)),
                new Fault("forgets rates", "rates by depth", o -> with(o, o.update(), rates(o.groups()), o.seed())));
    }

    private static Options with(Options o, Update update, Groups groups, long seed) {
        return new Options(o.mode(), o.precision(), update, groups, seed);
    }

    private static Groups decay(Groups groups, double decay) {
        var changed = new java.util.LinkedHashMap<String, Groups.Group>();
        groups.byParameter().forEach((n, g) -> changed.put(n, new Groups.Group(g.rateFactor(), decay, g.trainable())));
        return new Groups(changed);
    }

    private static Groups rates(Groups groups) {
        var changed = new java.util.LinkedHashMap<String, Groups.Group>();
        groups.byParameter().forEach((n, g) -> changed.put(n, new Groups.Group(1, g.decay(), g.trainable())));
        return new Groups(changed);
    }

    /** The reference with other options. */
    private record Broken(Engine engine, UnaryOperator<Options> change) implements EngineInFront {
        private Broken(UnaryOperator<Options> change) {
            this(new ReferenceEngine(), change);
        }

        @Override
        public Session open(Graph graph, Parameters parameters, Options options) {
            return engine.open(graph, parameters, change.apply(options));
        }

        @Override
        public Session open(Graph graph, TrainingState state, Options options) {
            return engine.open(graph, state, change.apply(options));
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void misunderstoodTrainingIsNoticed(Fault fault) {
        TrainingCase one = TrainingCases.named(fault.training);
        Engine broken = new Broken(fault.change);
        assertThatThrownBy(() -> TrainingContract.trains(broken, one, Precision.FP32))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> TrainingContract.trains(broken, one, Precision.FP64))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void gradientsOfTheOtherFormAreNoticed() {
        Engine broken = new Broken(o -> Options.gradients(o.precision(), !o.isTrainingForm()));
        for (String name : new String[] {"batch_norm", "dropout", "drop_path", "pattern.basic block"}) {
            OperatorCase one = Cases.named(name);
            assertThatThrownBy(() -> OperatorContract.differentiates(broken, one, Precision.FP32, true))
                    .isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> OperatorContract.differentiates(broken, one, Precision.FP32, false))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void fp32InPlaceOfBf16IsNoticed() {
        Engine broken = new Broken(o -> Options.inference(Precision.FP32));
        assertThatThrownBy(() -> SessionContract.bf16IsNotFp32(broken)).isInstanceOf(AssertionError.class);
    }

    @Test
    void servingEveryPrecisionIsNoticed() {
        Engine broken = new Broken(o -> Options.inference(Precision.FP32));
        assertThatThrownBy(() -> RefusalContract.refusesOtherPrecisions(broken)).isInstanceOf(AssertionError.class);
    }

    @Tag("slow")
    @Test
    void aLeakIsNoticed() {
        List<ByteBuffer> leaked = new ArrayList<>();
        Engine broken = new Broken(options -> {
            // 25 MiB a phase: much less hides in what the compiler threads have given back to malloc
            ByteBuffer lost = ByteBuffer.allocateDirect(256 << 10);
            for (int at = 0; at < lost.capacity(); at += 1024) {
                lost.put(at, (byte) 1);
            }
            leaked.add(lost);
            return options;
        });
        assertThatThrownBy(() -> LeakContract.leavesNothingBehind(broken, Set.of(Precision.FP32)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("growth in KiB of each 100 sessions");
        assertThat(leaked).hasSize(1600);
    }
}
