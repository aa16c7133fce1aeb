package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ParametersTest {

    /** Worked out apart: CRC-32 of the name, SplittableRandom, Random's polar method, deviation √(2 / (4·9)). */
    private static final float[] CONV = {-0.20754257f, -0.31476197f, 0.42347798f};

    private static Graph graph(int channels, String... convs) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        for (String name : convs) {
            x = g.conv(name, x, Conv.of(3, channels));
        }
        g.output("y", g.batchNorm("bn", x, 0.5));
        return g.build();
    }

    @Test
    void beginAtZero() {
        Graph graph = graph(4, "conv");
        Parameters zeros = Parameters.zeros(graph);
        assertThat(zeros.names())
                .containsExactly("conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var");
        assertThat(zeros.get("conv.weight")).hasSize(108).containsOnly(0);
        assertThat(zeros.spec("bn.running_var").kind()).isEqualTo(ParameterSpec.Kind.BUFFER);
        assertThat(zeros.spec("conv.weight").shape()).isEqualTo(Shape.of(4, 3, 3, 3));
        assertThatThrownBy(() -> zeros.names().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void areInitialisedByTheirOperators() {
        Parameters parameters = Parameters.initialize(graph(4, "conv"), 1);
        assertThat(parameters.get("bn.weight")).containsOnly(0.5f);
        assertThat(parameters.get("bn.bias")).containsOnly(0);
        assertThat(parameters.get("bn.running_var")).containsOnly(1);
        assertThat(parameters.get("conv.weight")).doesNotContain(0);
        // java.util.Random and SplittableRandom are specified: the same everywhere, from version to version
        assertThat(Arrays.copyOf(parameters.get("conv.weight"), 3)).containsExactly(CONV, within(1e-8f));
    }

    @Test
    void dependOnTheirNameAndTheSeedOnly() {
        Parameters one = Parameters.initialize(graph(3, "a", "b"), 5);
        Parameters other = Parameters.initialize(graph(3, "c", "a", "b"), 5);
        assertThat(one.get("a.weight")).isEqualTo(other.get("a.weight"));
        assertThat(one.get("b.weight")).isEqualTo(other.get("b.weight"));
        assertThat(one.get("a.weight")).isNotEqualTo(one.get("b.weight"));
        assertThat(Parameters.initialize(graph(3, "a"), 6).get("a.weight")).isNotEqualTo(one.get("a.weight"));
        // one alone
        Parameters zeros = Parameters.zeros(graph(3, "a", "b"));
        zeros.initialize("b.weight", 5);
        assertThat(zeros.get("b.weight")).isEqualTo(one.get("b.weight"));
        assertThat(zeros.get("a.weight")).containsOnly(0);
    }

    @Test
    void areTheArraysThemselves() {
        Parameters parameters = Parameters.zeros(graph(4, "conv"));
        parameters.get("bn.bias")[2] = 7;
        assertThat(parameters.get("bn.bias")).containsExactly(0, 0, 7, 0);
        Parameters copy = parameters.copy();
        assertThat(copy.get("bn.bias")).containsExactly(0, 0, 7, 0);
        assertThat(copy.names()).containsExactlyElementsOf(parameters.names());
        copy.get("bn.bias")[2] = 8;
        assertThat(parameters.get("bn.bias")).containsExactly(0, 0, 7, 0);
    }

    @Test
    void takeOverWhatBothHave() {
        Parameters to = Parameters.initialize(graph(3, "a", "b"), 5);
        Parameters from = Parameters.initialize(graph(3, "b", "c"), 9);
        float[] before = to.get("a.weight").clone();
        to.set(from);
        assertThat(to.get("b.weight")).isEqualTo(from.get("b.weight")).isNotSameAs(from.get("b.weight"));
        assertThat(to.get("a.weight")).isEqualTo(before);
        assertThat(to.names()).doesNotContain("c.weight");
        Parameters wider = Parameters.zeros(graph(4, "a"));
        assertThatThrownBy(() -> to.set(wider))
                .isInstanceOf(GraphException.class)
                .hasMessage("a.weight: has two shapes");
    }

    @Test
    void knowWhetherTheyFit() {
        Parameters parameters = Parameters.zeros(graph(3, "a", "b"));
        parameters.requireFits(graph(3, "a"));
        assertThatThrownBy(() -> parameters.requireFits(graph(3, "c")))
                .isInstanceOf(GraphException.class)
                .hasMessage("c.weight: is no parameter of this graph");
        assertThatThrownBy(() -> parameters.requireFits(graph(4, "a")))
                .isInstanceOf(GraphException.class)
                .hasMessage("a.weight: has the shape (3, 3, 3, 3), the model wants (4, 3, 3, 3)");
    }

    @Test
    void refuseUnknownNames() {
        Parameters parameters = Parameters.zeros(graph(3, "a"));
        assertThatThrownBy(() -> parameters.get("x"))
                .isInstanceOf(GraphException.class)
                .hasMessage("x: is no parameter of this graph");
        assertThatThrownBy(() -> parameters.spec("x")).hasMessage("x: is no parameter of this graph");
    }
}
