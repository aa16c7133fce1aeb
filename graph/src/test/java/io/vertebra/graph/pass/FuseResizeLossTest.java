package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FuseResizeLossTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Node x = g.image(16, 8, 8);
    private final Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, 8, 8));
    private final Node logits = g.conv("logits", x, Conv.of(1, 5).stride(2).withBias());
    private final Node large = g.resize(logits, x, Resize.Filter.BILINEAR, false);

    private Program fused() {
        Graph graph = g.build();
        Form form = Form.inference(graph, Map.of("input", Shape.of(2, 16, 8, 8), "labels", Shape.of(2, 8, 8)));
        return FuseResizeLoss.apply(Program.of(form));
    }

    private Node crossEntropy() {
        return g.softmaxCrossEntropy(large, labels, new SoftmaxCrossEntropy(0, 255));
    }

    @Test
    void lossesEnlargeForThemselves() {
        Node dice = g.apply(new SoftmaxDice(1, 255), large, labels);
        g.output("loss", g.add(crossEntropy(), dice));
        Program program = fused();
        assertThat(ProgramsForTests.names(program))
                .containsExactlyInAnyOrder(
                        "input", "labels", "logits", "resize+softmax_cross_entropy", "resize+softmax_dice", "add");
        assertThat(program.producer(dice.index()).inputs()).containsExactly(logits.index(), labels.index());
    }

    @Test
    void enlargedLogitsThatAreAnOutputStay() {
        g.output("loss", crossEntropy());
        g.output("large", large);
        Program program = fused();
        assertThat(ProgramsForTests.names(program)).contains("resize", "softmax_cross_entropy");
    }

    @Test
    void enlargedLogitsThatOthersReadStay() {
        g.output("loss", crossEntropy());
        g.output("mean", g.globalAveragePool(large));
        assertThat(ProgramsForTests.names(fused())).contains("resize", "softmax_cross_entropy");
    }

    @Test
    void aResizeThatNothingReadsStays() {
        g.output("large", large);
        assertThat(ProgramsForTests.names(fused())).contains("resize");
    }
}
