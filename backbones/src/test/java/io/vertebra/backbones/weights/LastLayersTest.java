package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastLayersTest {

    /** The layers, without {@code .weight}, among layers of weight and bias. */
    private static List<String> found(String... layers) {
        List<String> names = Arrays.stream(layers)
                .flatMap(l -> List.of(l + ".weight", l + ".bias").stream())
                .toList();
        return new LastLayers(names)
                .names().stream()
                        .filter(n -> n.endsWith(".weight"))
                        .map(n -> n.substring(0, n.length() - 7))
                        .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "conv1 layer4.2.conv3 fc, fc",
        "features.0.0 features.18.0 classifier.1, classifier.1",
        "features.0 classifier.0 classifier.3 classifier.6, classifier.6",
        "conv_stem classifier, classifier",
        "conv1 linear, linear",
        "stem.0 head.norm head.fc, head.fc",
        "stem.0 cls.head.norm cls.head.fc seg.decode_head.conv_seg, cls.head.fc seg.decode_head.conv_seg",
        "layer0.conv1 layer1.0.se_module.fc1 last_linear, last_linear",
        "features.0.0 classifier.0 classifier.3, classifier.3",
        "features.0 classifier.1 classifier.4 classifier.6, classifier.6",
        "c1 f5 f6 output, output",
        "features.stage1.unit1.conv output.fc1.fc output.fc2.fc output.fc3, output.fc3",
        "features.stage1.unit1.conv output.final_conv.conv, output.final_conv.conv",
        "conv4_1 conv4_2 conv4_3, conv4_3",
        "conv4_1 conv4_2 classifier, classifier",
        "conv1.conv aux1.fc1 aux1.fc2 aux2.fc1 aux2.fc2 fc, fc aux1.fc2 aux2.fc2",
        "Conv2d_1a_3x3.conv AuxLogits.conv0.conv AuxLogits.fc fc, fc AuxLogits.fc",
        "backbone.conv1 classifier.0 classifier.1 classifier.4 aux_classifier.0 aux_classifier.4, classifier.4 aux_classifier.4",
        "backbone.conv1 decode_head.convs.0.conv decode_head.conv_seg auxiliary_head.convs.0.conv auxiliary_head.conv_seg, decode_head.conv_seg auxiliary_head.conv_seg",
        "decoder.blocks.0.conv1.0 segmentation_head.0, segmentation_head.0",
        "bbox_head.cls_convs.0.0 bbox_head.cls_convs.1.0 bbox_head.reg_convs.0.0, bbox_head.cls_convs.0.0 bbox_head.cls_convs.1.0",
        "head.classification_head.module_list.0 head.regression_head.module_list.0, head.classification_head.module_list.0",
        "head.classification_head.module_list.0.0.0 head.classification_head.module_list.0.0.1 head.classification_head.module_list.0.1, head.classification_head.module_list.0.1",
        "a.fc b.decode_head.conv_seg c.bbox_head.cls_convs.0.0, a.fc b.decode_head.conv_seg c.bbox_head.cls_convs.0.0",
        "rpn.head.cls_logits roi_heads.box_head.fc6 roi_heads.box_predictor.cls_score roi_heads.box_predictor.bbox_pred, roi_heads.box_predictor.cls_score roi_heads.box_predictor.bbox_pred",
        "rpn_head.rpn_cls det.roi_head.bbox_head.shared_fcs.0 det.roi_head.bbox_head.fc_cls det.roi_head.bbox_head.fc_reg, det.roi_head.bbox_head.fc_cls det.roi_head.bbox_head.fc_reg",
        "seg.auxiliary_head.conv_seg seg.decode_head.conv_seg, seg.decode_head.conv_seg seg.auxiliary_head.conv_seg"
    })
    void areFoundByName(String layers, String last) {
        assertThat(found(layers.split(" ", -1))).containsExactlyInAnyOrder(last.split(" ", -1));
    }

    @Test
    void areWeightsAndBiasesThatThereAre() {
        assertThat(new LastLayers(List.of("fc.weight", "x.weight")).names()).containsExactly("fc.weight");
        assertThat(new LastLayers(List.of("fc.weight", "fc.bias")).names()).containsExactly("fc.weight", "fc.bias");
        assertThat(new LastLayers(List.of("conv.weight")).names()).isEmpty();
    }

    @Test
    void countTheClassesOfASingleHead() {
        assertThat(outputs(Map.of("fc.weight", List.of(7, 3)))).hasValue(7);
        assertThat(outputs(Map.of("seg.decode_head.conv_seg.weight", List.of(7, 3))))
                .hasValue(7);
        assertThat(outputs(Map.of("head.fc.weight", List.of(7, 3)))).hasValue(7);
        assertThat(outputs(Map.of("fc.weight", List.of()))).isEmpty();
        assertThat(outputs(Map.of("a.fc.weight", List.of(7, 3), "b.fc.weight", List.of(7, 3))))
                .isEmpty();
        assertThat(outputs(Map.of("conv.weight", List.of(7, 3)))).isEmpty();
    }

    /** With two stages each class has a row, and four for its box. */
    @Test
    void countTheClassesOfADetectorOfTwoStages() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put("roi_heads.box_predictor.bbox_pred.weight", List.of(28, 8));
        shapes.put("roi_heads.box_predictor.cls_score.weight", List.of(7, 8));
        assertThat(outputs(shapes)).hasValue(7);
        shapes.forEach((name, shape) ->
                assertThat(LastLayers.classes(name, shape, shapes)).hasValue(7));
        assertThat(LastLayers.classes("roi_head.bbox_head.fc_reg.bias", List.of(28), Map.of()))
                .hasValue(7);
        assertThat(LastLayers.classes("roi_head.bbox_head.fc_cls.bias", List.of(28), Map.of()))
                .hasValue(28);
    }

    /** A detector's rows are anchors times classes; beside them four rows an anchor say the boxes. */
    @ParameterizedTest
    @CsvSource({"273, 12, 91", "546, 24, 91", "6, 4, 6", "7, 8, -1", "7, 3, -1", "7, , -1"})
    void countTheClassesOfADetectorByItsBoxes(int rows, Integer boxes, int classes) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put("det.head.classification_head.module_list.0.weight", List.of(rows, 8, 3, 3));
        if (boxes != null) {
            shapes.put("det.head.regression_head.module_list.0.weight", List.of(boxes, 8, 3, 3));
        }
        OptionalInt wanted = classes < 0 ? OptionalInt.empty() : OptionalInt.of(classes);
        assertThat(outputs(shapes)).isEqualTo(wanted);
        Map<String, List<Integer>> mmdetection = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> mmdetection.put(
                name.replace("head.classification_head.module_list.0", "bbox_head.cls_convs.0.0")
                        .replace("head.regression_head.module_list.0", "bbox_head.reg_convs.0.0"),
                shape));
        assertThat(outputs(mmdetection)).isEqualTo(wanted);
    }

    private static OptionalInt outputs(Map<String, List<Integer>> shapes) {
        return new LastLayers(shapes.keySet()).outputs(shapes);
    }
}
