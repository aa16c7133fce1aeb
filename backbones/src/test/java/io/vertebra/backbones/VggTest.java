package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VggTest {

    private static Backbone<?> atrous(String name) {
        return Networks.get(name).with(new Vgg.Config(null, null, null, null, true, null));
    }

    private static Graph lastLevels(Backbone<?> backbone) {
        GraphBuilder g = new GraphBuilder();
        Pyramid pyramid = backbone.build(g.image(3, Shape.ANY, Shape.ANY), g);
        g.output("fine", pyramid.levels().get(3));
        g.output("coarse", pyramid.last());
        return g.build();
    }

    /** SSD, table 1: conv4_3 gives 38×38, fc7 19×19 cells of a picture of 300×300, since pool 3 rounds 37.5 up. */
    @Test
    void standsUnderSsdWithTheLevelsOfThePaper() {
        Graph graph = lastLevels(atrous("vgg16"));
        List<Shape> shapes = graph.shapes(Map.of("input", Shape.of(1, 3, 300, 300)));
        assertThat(shapes.get(graph.output("fine").index())).isEqualTo(Shape.of(1, 512, 38, 38));
        assertThat(shapes.get(graph.output("coarse").index())).isEqualTo(Shape.of(1, 1024, 19, 19));
        assertThat(graph.output("fine").reduction()).isEqualTo(8);
        assertThat(graph.output("coarse").reduction()).isEqualTo(16);
        Graph plain = lastLevels(Networks.get("vgg16"));
        assertThat(plain.shapes(Map.of("input", Shape.of(1, 3, 300, 300)))
                        .get(plain.output("fine").index()))
                .isEqualTo(Shape.of(1, 512, 37, 37));
    }

    /** torchvision's names: conv5 begins a list of its own, fc6 and fc7 stand in it behind their ReLUs and pool. */
    @Test
    void namesTheAtrousFormAsTorchvisionsSsd() {
        List<String> weights = lastLevels(atrous("vgg16")).parameters().stream()
                .map(p -> p.name())
                .filter(n -> n.endsWith("weight") && !n.startsWith("features.1"))
                .toList();
        assertThat(weights)
                .containsExactly(
                        "features.0.weight",
                        "features.2.weight",
                        "features.5.weight",
                        "features.7.weight",
                        "features.21.weight",
                        "extra.0.1.weight",
                        "extra.0.3.weight",
                        "extra.0.5.weight",
                        "extra.0.7.1.weight",
                        "extra.0.7.3.weight");
        Node fc6 = lastLevels(atrous("vgg16")).node("extra.0.7.1");
        assertThat(((Convolution) fc6.op()).dilation()).isEqualTo(Size.of(6));
        assertThat(lastLevels(atrous("vgg11_bn")).node("extra.0.7.3").channels())
                .isEqualTo(1024);
    }

    @Test
    void refusesAClassifierOnTheAtrousForm() {
        assertThatThrownBy(() -> Networks.classifier(atrous("vgg16"), 10, Conventions.DEFAULT))
                .isInstanceOf(GraphException.class)
                .hasMessage("atrous: must be false for a classifier: the form that SSD stands on has none");
    }

    @Test
    void dropsTheHiddenLayersOfTheClassifier() {
        Backbone<?> backbone = Networks.get("vgg11").with(new Vgg.Config(null, null, null, 0.25, null, null));
        assertThat(Networks.classifier(backbone, 10, Conventions.DEFAULT).nodes().stream()
                        .filter(n -> n.op() instanceof Dropout)
                        .map(n -> ((Dropout) n.op()).rate()))
                .containsExactly(0.25, 0.25);
    }
}
