package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.ClassNms;
import io.vertebra.graph.region.DefaultBoxes;
import io.vertebra.heads.DenseDetector;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts cannot tell: levels, anchors, coding, limits, initial values. */
class SsdHeadsTest {
    private static final float[] BOX = {10, 20, 40, 60};
    private static final float[] ANCHOR = {0, 0, 20, 80};

    private static Convolution conv(Graph graph, String name) {
        return (Convolution) graph.node(name).op();
    }

    @Test
    void ssd300IsAsPublished() {
        Model model = Models.builtIn().get("ssd300_vgg16");
        Graph graph = model.inference();
        DenseDetector detector = (DenseDetector) model.detector();
        assertThat(detector.grids(Size.of(300)))
                .containsExactly(Size.of(38), Size.of(19), Size.of(10), Size.of(5), Size.of(3), Size.of(1));
        assertThat(detector.anchors(Size.of(300)))
                .isEqualTo(DefaultBoxes.ssd300().boxes(Size.of(300), detector.grids(Size.of(300))));
        assertThat(detector.scores()).isEqualTo(DenseDetector.Scores.SOFTMAX);
        assertThat(detector.selection()).isEqualTo(new ClassNms(0.01, 0.45, 400, ClassNms.ALL, 200));
        assertThat(detector.coder().encode(BOX, ANCHOR))
                .isEqualTo(BoxCoder.torchvision().encode(BOX, ANCHOR));
        assertThat(graph.node("backbone").op()).isEqualTo(new L2Norm(1e-12, 20));
        assertThat(conv(graph, "backbone.extra.2.2").stride()).isEqualTo(Size.of(2));
        assertThat(conv(graph, "backbone.extra.3.2").padding()).isEqualTo(Padding.none());
        assertThat(conv(graph, "backbone.extra.1.0").initializer())
                .isEqualTo(new Initializer.Uniform(6.0 * 1024 / (1024 + 256)));
        assertThat(conv(graph, "head.classification_head.module_list.0").out()).isEqualTo(4 * 91);
        assertThat(conv(graph, "head.regression_head.module_list.1").out()).isEqualTo(6 * 4);
    }

    /** The published steps are for 300 pixels; elsewhere cells divide the picture. */
    @Test
    void ssd300DividesPicturesOfOtherSizesEvenly() {
        DenseDetector detector =
                (DenseDetector) Models.builtIn().get("ssd300_vgg16").detector();
        Size picture = new Size(300, 400);
        List<Size> grids = detector.grids(picture);
        DefaultBoxes all = DefaultBoxes.ssd300();
        assertThat(detector.anchors(picture))
                .isEqualTo(new DefaultBoxes(all.ratios(), all.scales(), List.of(), true).boxes(picture, grids));
    }

    /** 24564 boxes as in table 7 of the paper; the finest level's have 0.04 of the picture's side. */
    @Test
    void ssd512IsAsPublished() {
        Model model = SsdModels.ssd512(81);
        Graph graph = model.inference();
        DenseDetector detector = (DenseDetector) model.detector();
        Size picture = Size.of(512);
        assertThat(detector.grids(picture))
                .containsExactly(Size.of(64), Size.of(32), Size.of(16), Size.of(8), Size.of(4), Size.of(2), Size.of(1));
        float[] anchors = detector.anchors(picture);
        assertThat(anchors).hasSize(4 * 24564);
        double[] scales = {0.04, 0.1, 0.26, 0.42, 0.58, 0.74, 0.9, 1.06};
        int[] perCell = {4, 6, 6, 6, 6, 4, 4};
        int at = 0;
        for (int level = 0; level < perCell.length; level++) {
            double side = scales[level];
            int cells = 64 >> level;
            double half = 256.0 / cells; // the middle of the first cell
            assertBox(anchors, at, half, side, side);
            double between = Math.sqrt(side * scales[level + 1]);
            assertBox(anchors, at + 4, half, between, between);
            assertBox(anchors, at + 8, half, side * Math.sqrt(2), side / Math.sqrt(2));
            int last = perCell[level] - 1;
            double ratio = last == 3 ? 2 : 3;
            assertBox(anchors, at + 4 * last, half, side / Math.sqrt(ratio), side * Math.sqrt(ratio));
            at += 4 * perCell[level] * cells * cells;
        }
        assertThat(conv(graph, "backbone.extra.4.2").stride()).isEqualTo(Size.of(2));
        assertThat(conv(graph, "backbone.extra.5.2").kernel()).isEqualTo(Size.of(4));
    }

    /** A box around the middle of a cell; sides are shares of 512 pixels, at most 1. */
    private static void assertBox(float[] anchors, int at, double middle, double width, double height) {
        double w = Math.min(1, width) * 256;
        double h = Math.min(1, height) * 256;
        assertThat(Arrays.copyOfRange(anchors, at, at + 4))
                .as("box at %d", at / 4)
                .containsExactly(
                        new float[] {
                            (float) (middle - w), (float) (middle - h), (float) (middle + w), (float) (middle + h)
                        },
                        within(1e-3f));
    }

    @Test
    void tensorFlowsSsdIsAsPublished() {
        Model model = Models.builtIn().get("ssd_mobilenet_v1_075_coco");
        Graph graph = model.inference();
        DenseDetector detector = (DenseDetector) model.detector();
        assertThat(detector.scores()).isEqualTo(DenseDetector.Scores.SIGMOID);
        assertThat(detector.selection()).isEqualTo(new ClassNms(0.01, 0.6, 400, ClassNms.ALL, 100));
        assertThat(detector.coder().encode(BOX, ANCHOR))
                .isEqualTo(BoxCoder.tensorflow().encode(BOX, ANCHOR));
        assertThat(conv(graph, "neck.extra_layers.3.0.conv").out()).isEqualTo(48);
        assertThat(conv(graph, "neck.extra_layers.3.1.conv").out()).isEqualTo(96);
        assertThat(conv(graph, "bbox_head.cls_convs.0.0").out()).isEqualTo(3 * 91);
        assertThat(conv(graph, "bbox_head.cls_convs.0.0").initializer()).isEqualTo(new Initializer.Normal(0.03));
    }

    /** Sigmoid scores of classes begin at 0.01 (arXiv:1708.02002, section 4.1); nothing else is moved. */
    @Test
    void sigmoidScoresBeginRare() {
        Graph sigmoid = Models.builtIn().get("ssd_mobilenet_v1_075_coco").inference();
        Parameters start = Parameters.initialize(sigmoid, 3);
        for (int level = 0; level < 6; level++) {
            for (float bias : start.get("bbox_head.cls_convs." + level + ".0.bias")) {
                assertThat(1 / (1 + Math.exp(-bias))).isCloseTo(0.01, within(1e-8));
            }
            assertThat(start.get("bbox_head.reg_convs." + level + ".0.bias")).containsOnly(0);
        }
        Graph softmax = Models.builtIn().get("ssd300_vgg16").inference();
        assertThat(conv(softmax, "head.classification_head.module_list.0").initialBias())
                .isZero();
    }

    @Test
    void ssdLiteIsAsTorchvisions() {
        Model model = Model.of(
                Backbones.builtIn().get("mobilenet_v2"), Heads.builtIn().get("ssdlite"), 91);
        Graph graph = model.inference();
        DenseDetector detector = (DenseDetector) model.detector();
        assertThat(detector.grids(Size.of(320)))
                .containsExactly(Size.of(20), Size.of(10), Size.of(5), Size.of(3), Size.of(2), Size.of(1));
        assertThat(detector.anchors(Size.of(320)))
                .isEqualTo(DefaultBoxes.ssdlite320().boxes(Size.of(320), detector.grids(Size.of(320))));
        assertThat(detector.scores()).isEqualTo(DenseDetector.Scores.SOFTMAX);
        assertThat(detector.selection()).isEqualTo(new ClassNms(0.001, 0.55, 300, ClassNms.ALL, 300));
        assertThat(detector.coder().encode(BOX, ANCHOR))
                .isEqualTo(BoxCoder.torchvision().encode(BOX, ANCHOR));
        assertThat(conv(graph, "head.classification_head.module_list.0.0.0").groups())
                .isEqualTo(96);
        assertThat(conv(graph, "head.classification_head.module_list.0.1").out())
                .isEqualTo(6 * 91);
        assertThat(conv(graph, "head.regression_head.module_list.5.1").out()).isEqualTo(24);
        assertThat(graph.node("backbone.extra.0.1.1").op()).isEqualTo(new BatchNorm(1e-3, 0.03, false, 1));
        assertThat(conv(graph, "backbone.extra.0.1.0")).satisfies(c -> {
            assertThat(c.groups()).isEqualTo(256);
            assertThat(c.stride()).isEqualTo(Size.of(2));
            assertThat(c.initializer()).isEqualTo(new Initializer.Normal(0.03));
        });
        assertThat(conv(graph, "backbone.extra.3.2.0").out()).isEqualTo(128);
    }

    /** It looks at C4's expansion of 672 channels and at the last convolution, which has half of its 960 channels. */
    @Test
    void ssdLite320IsAsPublished() {
        Model model = Models.builtIn().get("ssdlite320_mobilenet_v3_large");
        Graph graph = model.inference();
        DenseDetector detector = (DenseDetector) model.detector();
        assertThat(detector.grids(Size.of(320)))
                .containsExactly(Size.of(20), Size.of(10), Size.of(5), Size.of(3), Size.of(2), Size.of(1));
        assertThat(detector.anchors(Size.of(320)))
                .isEqualTo(DefaultBoxes.ssdlite320().boxes(Size.of(320), detector.grids(Size.of(320))));
        assertThat(graph.node("head.classification_head.module_list.0.0.0")
                        .inputs()
                        .get(0)
                        .name())
                .isEqualTo("backbone.features.13.block.0.hard_swish");
        assertThat(conv(graph, "head.classification_head.module_list.0.0.0").groups())
                .isEqualTo(672);
        assertThat(conv(graph, "head.classification_head.module_list.1.0.0").groups())
                .isEqualTo(480);
        assertThat(conv(graph, "backbone.features.14.block.1.0").groups()).isEqualTo(480);
        assertThat(conv(graph, "backbone.features.15.block.3.0").out()).isEqualTo(80);
    }

    @Test
    void takesFewerOrMoreLevels() {
        Heads heads = Heads.builtIn();
        Model two = Model.of(
                Backbones.builtIn().get("mobilenet_v2"),
                heads.get("ssd").with(new SsdHead.Config(null, List.of(), null, null, null, null)),
                3);
        assertThat(two.detector().anchors(Size.of(64))).hasSize(4 * (3 * 16 + 6 * 4));
        Model seven = Model.of(
                Backbones.builtIn().get("mobilenet_v2"),
                heads.get("ssd").with(new SsdHead.Config(null, Collections.nCopies(5, 16), null, null, null, null)),
                3);
        assertThat(((DenseDetector) seven.detector()).grids(Size.of(64))).hasSize(7);
        Model torchvision = Model.of(
                Backbones.builtIn().get("mobilenet_v2"),
                heads.get("ssd")
                        .with(new SsdHead.Config(SsdHead.Style.TORCHVISION, List.of(16), null, null, null, null)),
                3);
        assertThat(torchvision.detector().anchors(Size.of(64))).hasSize(4 * (4 * 16 + 6 * 4 + 6));
    }

    @Test
    void checksItsOptions() {
        assertThatThrownBy(() -> new SsdHead.Config(
                        SsdHead.Style.TORCHVISION, Collections.nCopies(6, 16), null, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("extra_channels: must be at most 5, are 6");
        assertThatThrownBy(() -> new SsdLiteHead.Config(Collections.nCopies(15, 16), null, null, null, null))
                .hasMessage("extra_channels: must be at most 14, are 15");
        assertThatThrownBy(() -> new SsdHead.Config(null, List.of(1), null, null, null, null))
                .hasMessage("extra_channels: must be at least 2, is 1");
        assertThatThrownBy(() -> new SsdHead.Config(null, null, null, 1.5, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("iou");
        assertThatThrownBy(() -> new SsdHead.Config(null, null, null, null, 0, null))
                .hasMessageContaining("candidates");
        assertThatThrownBy(() -> new SsdLiteHead.Config(null, null, null, null, 0))
                .isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> new SsdLiteHead.Config(null, Double.NaN, null, null, null))
                .isInstanceOf(GraphException.class);
        assertThat(new SsdHead().defaults())
                .isEqualTo(
                        new SsdHead.Config(SsdHead.Style.TENSORFLOW, List.of(512, 256, 256, 128), 0.01, 0.6, 400, 100));
        assertThat(new SsdLiteHead().defaults())
                .isEqualTo(new SsdLiteHead.Config(List.of(512, 256, 256, 128), 0.001, 0.55, 300, 300));
    }
}
