package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopesTest {

    private static Scopes scopes(List<String> inFile, List<String> wanted) {
        return new Scopes(new LinkedHashSet<>(inFile), Set.copyOf(wanted));
    }

    @Test
    void leavesNamesThatAreWantedAlone() {
        Scopes scopes = scopes(List.of("conv1.weight", "fc.weight", "x"), List.of("conv1.weight", "fc.weight"));
        assertThat(scopes.sources()).isEqualTo(Map.of("conv1.weight", "conv1.weight", "fc.weight", "fc.weight"));
        assertThat(scopes.unexpected()).containsExactly("x");
        assertThat(scopes.leftOut()).isEmpty();
        assertThat(scopes.isNew("fc.weight")).isFalse();
    }

    @Test
    void putsABackboneBelowItsScope() {
        Scopes scopes = scopes(
                List.of("conv1.weight", "layer1.0.conv1.weight", "fc.weight", "fc.bias", "x"),
                List.of("backbone.conv1.weight", "backbone.layer1.0.conv1.weight", "decode_head.conv_seg.weight"));
        assertThat(scopes.sources())
                .isEqualTo(Map.of(
                        "backbone.conv1.weight", "conv1.weight",
                        "backbone.layer1.0.conv1.weight", "layer1.0.conv1.weight"));
        assertThat(scopes.leftOut()).containsExactly("fc.weight", "fc.bias");
        assertThat(scopes.unexpected()).containsExactly("x");
        assertThat(scopes.isNew("decode_head.conv_seg.weight")).isTrue();
        assertThat(scopes.isNew("backbone.conv1.weight")).isFalse();
        assertThat(scopes.isNew("backbone.extra.1.0.weight")).isTrue();
        assertThat(scopes.isNew("backbone.scale_weight")).isTrue();
    }

    @Test
    void putsABackboneBesideANeck() {
        Scopes scopes = scopes(
                List.of("conv1.weight", "fc.weight", "x"),
                List.of(
                        "backbone.body.conv1.weight",
                        "backbone.fpn.inner_blocks.0.0.weight",
                        "rpn.head.conv.0.0.bias"));
        assertThat(scopes.sources()).isEqualTo(Map.of("backbone.body.conv1.weight", "conv1.weight"));
        assertThat(scopes.leftOut()).containsExactly("fc.weight");
        assertThat(scopes.unexpected()).containsExactly("x");
        assertThat(scopes.isNew("backbone.fpn.inner_blocks.0.0.weight")).isTrue();
        assertThat(scopes.isNew("rpn.head.conv.0.0.bias")).isTrue();
        assertThat(scopes.isNew("backbone.body.conv1.weight")).isFalse();
    }

    /** torchvision's FCN calls a norm classifier.1, MobileNet V2 its classifier. */
    @Test
    void doesNotTakeABackbonesClassifierForALayerOfAHead() {
        Scopes scopes = scopes(
                List.of("features.0.0.weight", "features.18.0.weight", "features.18.1.weight", "classifier.1.weight"),
                List.of("backbone.features.0.0.weight", "classifier.1.weight", "classifier.4.weight"));
        assertThat(scopes.sources()).isEqualTo(Map.of("backbone.features.0.0.weight", "features.0.0.weight"));
        assertThat(scopes.leftOut())
                .containsExactly("features.18.0.weight", "features.18.1.weight", "classifier.1.weight");
        assertThat(scopes.isNew("classifier.1.weight")).isTrue();
    }

    /** vgg11 has a convolution of the number that MobileNet V2's last one has. */
    @Test
    void wantsEveryConvolutionOfVgg() {
        Scopes scopes = scopes(
                List.of("features.16.weight", "features.18.weight", "classifier.0.weight"),
                List.of("backbone.features.16.weight", "decode_head.conv_seg.weight"));
        assertThat(scopes.unexpected()).containsExactly("features.18.weight");
        assertThat(scopes.leftOut()).containsExactly("classifier.0.weight");
    }

    /** The layers of each family that stand behind the last level of a pyramid. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "head.norm.weight head.fc.bias",
                "last_linear.weight",
                "classifier.0.weight classifier.3.bias",
                "features.8.0.weight features.8.1.running_mean",
                "features.7.0.weight features.7.1.running_var",
                "conv5.0.weight conv5.1.bias",
                "f5.weight f6.bias output.weight"
            })
    void leavesOutWhatStandsBehindTheLastLevel(String spare) {
        List<String> inFile = new ArrayList<>(List.of("stem.weight"));
        inFile.addAll(List.of(spare.split(" ", -1)));
        Scopes scopes = scopes(inFile, List.of("backbone.stem.weight", "decode_head.conv_seg.weight"));
        assertThat(scopes.leftOut()).containsExactly(spare.split(" ", -1));
        assertThat(scopes.unexpected()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"features.8.weight", "features.7.0.block.0.0.weight", "conv5.weight", "heads.x", "f7.weight"})
    void doesNotLeaveOutLayersOfBackbones(String layer) {
        Scopes scopes =
                scopes(List.of("stem.weight", layer), List.of("backbone.stem.weight", "decode_head.conv_seg.weight"));
        assertThat(scopes.unexpected()).containsExactly(layer);
    }

    /** GoogLeNet and Inception v3 are published with heads that only training has. */
    @Test
    void leavesAuxiliaryClassifiersOut() {
        List<String> inFile = List.of("AuxLogits.fc.weight", "fc.weight", "aux1.fc1.weight", "aux2.conv.bn.bias");
        assertThat(scopes(inFile, List.of("fc.weight")).leftOut())
                .containsExactly("AuxLogits.fc.weight", "aux1.fc1.weight", "aux2.conv.bn.bias");
        assertThat(scopes(inFile, List.of("fc.weight")).sources()).isEqualTo(Map.of("fc.weight", "fc.weight"));
        Scopes training = scopes(inFile.subList(1, 4), List.of("fc.weight", "aux1.fc1.weight"));
        assertThat(training.sources()).containsKey("aux1.fc1.weight");
        assertThat(training.unexpected()).containsExactly("aux2.conv.bn.bias");
        assertThat(scopes(List.of("fc.weight", "aux3.fc1.weight"), List.of("fc.weight"))
                        .unexpected())
                .containsExactly("aux3.fc1.weight");
    }

    @Test
    void movesAClassifierBelowItsKey() {
        Scopes scopes = scopes(
                List.of("features.0.0.weight", "features.18.0.weight", "classifier.1.weight"),
                List.of(
                        "backbone.features.0.0.weight",
                        "cls.features.18.0.weight",
                        "cls.classifier.1.weight",
                        "seg.decode_head.conv_seg.weight"));
        assertThat(scopes.sources())
                .isEqualTo(Map.of(
                        "backbone.features.0.0.weight", "features.0.0.weight",
                        "cls.features.18.0.weight", "features.18.0.weight",
                        "cls.classifier.1.weight", "classifier.1.weight"));
        assertThat(scopes.leftOut()).isEmpty();
    }

    @Test
    void movesOneHeadBelowItsKeyAndBack() {
        List<String> single =
                List.of("backbone.conv1.weight", "decode_head.conv_seg.weight", "backbone.extra.1.0.bias");
        List<String> keyed =
                List.of("backbone.conv1.weight", "seg.decode_head.conv_seg.weight", "seg.backbone.extra.1.0.bias");
        assertThat(scopes(single, keyed).sources())
                .containsEntry("seg.decode_head.conv_seg.weight", "decode_head.conv_seg.weight")
                .containsEntry("seg.backbone.extra.1.0.bias", "backbone.extra.1.0.bias")
                .hasSize(3);
        assertThat(scopes(keyed, single).sources())
                .containsEntry("decode_head.conv_seg.weight", "seg.decode_head.conv_seg.weight")
                .containsEntry("backbone.extra.1.0.bias", "seg.backbone.extra.1.0.bias")
                .hasSize(3);
        assertThat(scopes(single, keyed).isNew("seg.decode_head.conv_seg.weight"))
                .isFalse();
    }

    @Test
    void doesNotChooseBetweenTwoKeys() {
        Scopes scopes = scopes(
                List.of("backbone.conv1.weight", "decode_head.conv_seg.weight"),
                List.of(
                        "backbone.conv1.weight",
                        "near.decode_head.conv_seg.weight",
                        "far.decode_head.conv_seg.weight"));
        assertThat(scopes.sources()).containsOnlyKeys("backbone.conv1.weight");
        assertThat(scopes.unexpected()).containsExactly("decode_head.conv_seg.weight");
    }

    @Test
    void takesABackboneOutOfItsScope() {
        Scopes scopes = scopes(List.of("backbone.conv1.weight"), List.of("conv1.weight", "fc.weight"));
        assertThat(scopes.sources()).isEqualTo(Map.of("conv1.weight", "backbone.conv1.weight"));
    }

    @Test
    void leavesOutAnAuxiliaryHeadOnlyWhereThereIsNone() {
        List<String> file = List.of("backbone.conv1.weight", "aux_classifier.0.weight", "seg.auxiliary_head.x.weight");
        Scopes without = scopes(file, List.of("backbone.conv1.weight"));
        assertThat(without.leftOut()).containsExactly("aux_classifier.0.weight", "seg.auxiliary_head.x.weight");
        assertThat(without.unexpected()).isEmpty();
        Scopes with = scopes(file, List.of("backbone.conv1.weight", "aux_classifier.4.weight"));
        assertThat(with.leftOut()).isEmpty();
        assertThat(with.unexpected()).containsExactly("aux_classifier.0.weight", "seg.auxiliary_head.x.weight");
    }

    /** torchvision's SSD: pool 4 is number 23 of VGG16, the convolution behind it 24. */
    @Test
    void cutsVggInTwoBelowSsd() {
        Scopes scopes = scopes(
                List.of(
                        "features.21.weight",
                        "features.24.weight",
                        "features.28.bias",
                        "features.31.x",
                        "classifier.0.weight"),
                List.of(
                        "backbone.features.21.weight",
                        "backbone.extra.0.1.weight",
                        "backbone.extra.0.5.bias",
                        "backbone.extra.0.7.1.weight"));
        assertThat(scopes.sources())
                .isEqualTo(Map.of(
                        "backbone.features.21.weight", "features.21.weight",
                        "backbone.extra.0.1.weight", "features.24.weight",
                        "backbone.extra.0.5.bias", "features.28.bias"));
        assertThat(scopes.unexpected()).containsExactly("features.31.x");
        assertThat(scopes.leftOut()).containsExactly("classifier.0.weight");
        assertThat(scopes.isNew("backbone.extra.0.7.1.weight")).isTrue();
    }
}
