package io.vertebra.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tensors are sentences that say how they came to be; the steps write down what they are asked, in order. */
class WalkTest {
    private static final Map<String, Shape> SHAPES = Map.of("input", Shape.of(1, 2, 4, 4));

    private final List<String> events = new ArrayList<>();
    private final Graph graph = graph();

    /** input → a → b, both of them outputs, the second under two names. */
    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Node a = g.conv("a", g.image(2, 4, 4), Conv.of(1, 2));
        Node b = g.conv("b", a, Conv.of(1, 2));
        g.output("middle", a);
        g.output("end", b);
        g.output("loss", b);
        return g.build();
    }

    private final class Recorder implements Walk.Steps<String> {
        private String name(int value) {
            return graph.nodes().get(value).name();
        }

        @Override
        public GradientFlow.Backward<String> forward(Unit unit) {
            events.add("forward " + unit.name());
            return gradient -> {
                events.add("backward " + unit.name() + " of " + gradient);
                return unit.inputs().stream()
                        .map(input -> unit.name() + "'(" + gradient + ")")
                        .toList();
            };
        }

        @Override
        public void output(String name, int value) {
            events.add("output " + name + " is " + name(value));
        }

        @Override
        public String one() {
            return "1";
        }

        @Override
        public String seed(String name, int value) {
            return name + " at " + name(value);
        }

        @Override
        public String own(int value, String part) {
            return "own " + part;
        }

        @Override
        public String sum(Unit producer, String a, String b) {
            return "(" + a + " + " + b + ")";
        }

        @Override
        public void inputGradient(Node picture, String gradient) {
            events.add("gradient of " + picture.name() + " is " + gradient);
        }
    }

    private List<String> walk(Roots roots, List<String> given, boolean ofInputs) {
        Form form = Form.differentiated(graph, SHAPES, false, Set.of("a.weight"), Set.of("middle", "end"), ofInputs);
        Walk.run(Program.of(form), roots, given, new Recorder());
        return events;
    }

    private static final List<String> FORWARD = List.of(
            "forward input", "forward a", "output middle is a", "forward b", "output end is b", "output loss is b");

    private static List<String> after(String... backward) {
        List<String> all = new ArrayList<>(FORWARD);
        all.addAll(List.of(backward));
        return all;
    }

    @Test
    void outputsComeBehindTheirUnitsAndNothingGoesBackWithoutRoots() {
        assertThat(walk(Roots.NONE, List.of("end"), true)).isEqualTo(FORWARD);
    }

    @Test
    void theLossHasTheGradientOneAndPicturesAreNotAskedFor() {
        assertThat(walk(Roots.LOSS, List.of("middle"), false))
                .isEqualTo(after("backward b of own 1", "backward a of own b'(own 1)"));
    }

    @Test
    void givenGradientsFlowFromTheirOutputsToThePictures() {
        String ofA = "(own middle at a + own b'(own end at b))";
        assertThat(walk(Roots.GIVEN, List.of("middle", "end"), true))
                .isEqualTo(after(
                        "backward b of own end at b",
                        "backward a of " + ofA,
                        "backward input of own a'(" + ofA + ")",
                        "gradient of input is own a'(" + ofA + ")"));
    }

    @Test
    void aPictureThatNothingDependsOnHasNoGradient() {
        assertThat(walk(Roots.GIVEN, List.of(), true)).isEqualTo(after("gradient of input is null"));
    }
}
