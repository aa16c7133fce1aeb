package io.vertebra.graph.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {
    private static final Groups.Group PLAIN = new Groups.Group(1, 0, true);
    private static final Groups.Group DECAYING = new Groups.Group(1, 0.1, true);
    private static final Groups.Group FAST = new Groups.Group(10, 0, true);

    private final Graph graph = SessionModels.classifier();

    private static Groups.Group group(String name) {
        return switch (name) {
            case "fc.weight" -> DECAYING;
            case "fc.bias" -> FAST;
            case "bn.bias" -> Groups.Group.FROZEN;
            default -> PLAIN;
        };
    }

    /** Each parameter takes as many bytes as it has elements. */
    private ParameterLayout layout(Options options) {
        return ParameterLayout.of(graph, options, spec -> spec.shape().elements(), 16);
    }

    private ParameterLayout training() {
        return layout(SessionModels.training(Groups.of(graph, p -> group(p.name()))));
    }

    @Test
    void whatIsTrainedComesFirstByGroup() {
        ParameterLayout layout = training();
        assertThat(layout.entries())
                .extracting(ParameterLayout.Entry::name)
                .containsExactly(
                        "conv.weight",
                        "bn.weight",
                        "fc.bias",
                        "fc.weight",
                        "bn.bias",
                        "bn.running_mean",
                        "bn.running_var");
        assertThat(layout.entries())
                .extracting(ParameterLayout.Entry::offset)
                .containsExactly(0L, 112L, 128L, 144L, 176L, 192L, 208L);
        assertThat(layout.entry("fc.weight").bytes()).isEqualTo(20);
        assertThat(layout.entry("fc.weight").group()).isEqualTo(DECAYING);
        assertThat(layout.trainedBytes()).isEqualTo(176);
        assertThat(layout.bytes()).isEqualTo(224);
        assertThat(layout.trained()).containsExactlyInAnyOrder("conv.weight", "bn.weight", "fc.bias", "fc.weight");
    }

    @Test
    void segmentsEndWhereTheGroupChanges() {
        assertThat(training().segments(1024))
                .containsExactly(
                        new ParameterLayout.Segment(PLAIN, 0, 128),
                        new ParameterLayout.Segment(FAST, 128, 16),
                        new ParameterLayout.Segment(DECAYING, 144, 32));
    }

    @Test
    void longSegmentsAreCut() {
        assertThat(training().segments(48))
                .startsWith(
                        new ParameterLayout.Segment(PLAIN, 0, 48),
                        new ParameterLayout.Segment(PLAIN, 48, 48),
                        new ParameterLayout.Segment(PLAIN, 96, 32),
                        new ParameterLayout.Segment(FAST, 128, 16));
        assertThat(training().segments(64))
                .startsWith(
                        new ParameterLayout.Segment(PLAIN, 0, 64),
                        new ParameterLayout.Segment(PLAIN, 64, 64),
                        new ParameterLayout.Segment(FAST, 128, 16));
    }

    @Test
    void groupsThatDifferInTheRateAloneLieApart() {
        Options options = SessionModels.training(Groups.of(graph, p -> p.name().endsWith("weight") ? FAST : PLAIN));
        assertThat(layout(options).segments(1024))
                .containsExactly(new ParameterLayout.Segment(PLAIN, 0, 32), new ParameterLayout.Segment(FAST, 32, 160));
    }

    @Test
    void theLastSegmentEndsWithTheTrainedParametersIfNothingFollows() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.conv("conv", g.image(3, 4, 4), Conv.of(1, 4)));
        ParameterLayout layout =
                ParameterLayout.of(g.build(), Options.gradients(Precision.FP32, false), spec -> 48, 16);
        assertThat(layout.segments(1024)).containsExactly(new ParameterLayout.Segment(PLAIN, 0, 48));
        assertThat(layout.bytes())
                .as("a multiple of the alignment is not filled up")
                .isEqualTo(48);
    }

    @Test
    void withoutGroupsAllTrainableParametersAreOneSegment() {
        ParameterLayout layout = layout(Options.gradients(Precision.FP32, false));
        assertThat(layout.segments(1024))
                .isEqualTo(List.of(new ParameterLayout.Segment(PLAIN, 0, layout.trainedBytes())));
        assertThat(layout.trained()).hasSize(5);
    }

    @Test
    void inferenceTrainsNothing() {
        ParameterLayout layout = layout(Options.inference(Precision.FP32));
        assertThat(layout.segments(1024)).isEmpty();
        assertThat(layout.trainedBytes()).isZero();
        assertThat(layout.bytes()).isEqualTo(224);
        assertThat(layout.entries()).extracting(ParameterLayout.Entry::name).startsWith("conv.weight");
    }

    @Test
    void othersHaveNoPlace() {
        assertThatThrownBy(() -> training().entry("fc")).hasMessage("no parameter fc");
    }
}
