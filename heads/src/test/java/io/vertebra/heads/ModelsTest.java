package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.BackboneFamily;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.FamilyTable;
import io.vertebra.backbones.MobileNetV2;
import io.vertebra.backbones.ResNet;
import io.vertebra.backbones.SqueezeNet;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.op.GraphException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsTest {

    private final Models models = Models.builtIn();

    @Test
    void describesAPublishedModel() {
        assertThat(models.describe("squeezenet1_1"))
                .isEqualTo(new Models.Description(
                        "squeezenet1_1",
                        "classification",
                        1235496,
                        349151936,
                        List.of(3, 224, 224),
                        List.of(
                                new Models.Level(64, 2),
                                new Models.Level(128, 4),
                                new Models.Level(256, 8),
                                new Models.Level(512, 16)),
                        List.of("imagenet1k_v1"),
                        Optional.of(58.178)));
    }

    @Test
    void describesSmallPicturesAsTheyArePublished() {
        Models.Description description = models.describe("resnet20_cifar");
        assertThat(description.parameters()).isEqualTo(269722);
        assertThat(description.input()).containsExactly(3, 32, 32);
        assertThat(description.weights()).isEmpty();
        assertThat(description.top1()).isEmpty();
        assertThat(models.get("resnet20_cifar").classes()).isEqualTo(10);
        assertThat(models.inputSize("resnet20_cifar")).isEqualTo(32);
    }

    @Test
    void describesAModelWithOptions() {
        Model half = models.get("mobilenet_v2")
                .with(Backbones.builtIn()
                        .get("mobilenet_v2", new MobileNetV2.Config(0.5, null, null, null, null, null, null)));
        Models.Description description = models.describe(half);
        assertThat(description.parameters()).isEqualTo(1968680);
        assertThat(description.macs()).isEqualTo(97131840);
        assertThat(description.pyramid()).contains(new Models.Level(160, 32));
    }

    @Test
    void countsPicturesOfOtherChannels() {
        Model gray = models.get("resnet18")
                .with(Backbones.builtIn().get("resnet18", new ResNet.Config(null, null, null, null, null, null, 1)));
        assertThat(models.describe(gray).input()).containsExactly(1, 224, 224);
        assertThat(models.describe(gray).parameters()).isEqualTo(11689512 - 2 * 64 * 49);
    }

    /** A family from outside has no entry in the zoo. */
    @Test
    void takesBackbonesThatTheZooDoesNotKnow() {
        record Renamed(SqueezeNet network) implements BackboneFamily<SqueezeNet.Config> {
            @Override
            public FamilyTable<SqueezeNet.Config> table() {
                return new FamilyTable<>(List.of("own"), network.config());
            }

            @Override
            public io.vertebra.backbones.Pyramid build(
                    String variant,
                    SqueezeNet.Config config,
                    io.vertebra.graph.Node input,
                    io.vertebra.graph.GraphBuilder g) {
                return network.build("squeezenet1_1", config, input, g);
            }

            @Override
            public io.vertebra.graph.Node classifier(
                    String variant,
                    SqueezeNet.Config config,
                    io.vertebra.graph.Node features,
                    int classes,
                    io.vertebra.graph.GraphBuilder g) {
                return g.linear("head", features, classes);
            }
        }
        Models own =
                new Models(new Backbones(Map.of("own", new Renamed(new SqueezeNet()))), Heads.builtIn(), Zoo.builtIn());
        Models.Description description = own.describe("own");
        assertThat(description.parameters()).isEqualTo(1235496); // the mean of the last level, and a linear layer
        assertThat(description.input()).containsExactly(3, 224, 224);
        assertThat(description.weights()).isEmpty();
        assertThat(own.get("own").classes()).isEqualTo(1000);
    }

    @Test
    void describesCompleteNetworks() {
        Models.Description description = models.describe("fcn_resnet50");
        assertThat(description.kind()).isEqualTo("segmentation");
        assertThat(description.parameters()).isEqualTo(32957013);
        assertThat(description.macs()).isEqualTo(142725772800L);
        assertThat(description.input()).containsExactly(3, 520, 520);
        assertThat(description.pyramid())
                .containsExactly(
                        new Models.Level(64, 2),
                        new Models.Level(256, 4),
                        new Models.Level(512, 8),
                        new Models.Level(1024, 8),
                        new Models.Level(2048, 8));
        assertThat(models.describe("ssd300_vgg16", models.get("ssd300_vgg16").withClasses(21))
                        .parameters())
                .isEqualTo(26285486);
        assertThat(models.inputSize("deeplabv3_mobilenet_v2_voc")).isEqualTo(513);
        assertThat(models.inputSize("ssd_mobilenet_v1_075_coco")).isEqualTo(300);
        assertThat(models.inputSize("ssdlite320_mobilenet_v3_large")).isEqualTo(320);
        assertThat(models.get("ssd_mobilenet_v1_075_coco").classes()).isEqualTo(91);
        assertThat(models.get("deeplabv3_mobilenet_v2_voc").classes()).isEqualTo(21);
        assertThat(models.get("deeplabv3_mobilenet_v2_voc").conventions().samePadding())
                .isTrue();
        assertThat(models.get("ssd300_vgg16").conventions().samePadding()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "lraspp_mobilenet_v3_large, 3221538, 2086219688, 520, 21, 0, 5",
        "pspnet_resnet50_ade20k, 46678006, 178597658624, 512, 150, 49076364, 5",
        "pspnet_resnet101_ade20k, 65670134, 256175505408, 512, 150, 68068492, 5",
        "pspnet_resnet50_voc, 46611829, 178327126016, 512, 21, 48977034, 5",
        "upernet_resnet50_voc, 64051573, 236776849408, 512, 21, 66416778, 5",
        "upernet_resnet101_ade20k, 83109878, 257253441536, 512, 150, 85508236, 5",
        "upernet_convnext_tiny_ade20k, 59318838, 234636115968, 512, 150, 60242636, 4",
        "upernet_convnext_xlarge_ade20k, 388742038, 833602355200, 640, 150, 391140396, 4"
    })
    void describesNetworksOfPyramids(
            String name, long parameters, long macs, int side, int classes, long withAuxiliary, int levels) {
        Models.Description description = models.describe(name);
        assertThat(description.parameters()).isEqualTo(parameters);
        assertThat(description.macs()).isEqualTo(macs);
        assertThat(description.input()).containsExactly(3, side, side);
        assertThat(description.pyramid()).hasSize(levels);
        Model model = models.get(name);
        assertThat(model.classes()).isEqualTo(classes);
        assertThat(model.part().auxiliary().isPresent()).isEqualTo(withAuxiliary > 0);
        if (withAuxiliary > 0) {
            Assembly assembly = model.assembleForTraining();
            assembly.outputs().forEach(assembly.builder()::output);
            assertThat(assembly.builder().build().parameterCount()).isEqualTo(withAuxiliary);
        }
    }

    @Test
    void describesDetectorsOfTwoStages() {
        Models.Description rcnn = models.describe("fasterrcnn_resnet50_fpn");
        assertThat(rcnn.kind()).isEqualTo("detection");
        assertThat(rcnn.parameters()).isEqualTo(41808406);
        assertThat(rcnn.input()).containsExactly(3, 800, 800);
        assertThat(rcnn.pyramid()).hasSize(5).last().isEqualTo(new Models.Level(2048, 32));
        assertThat(rcnn.weights()).containsExactly("coco_v1");
        assertThat(models.get("fasterrcnn_resnet50_fpn").conventions().frozenNorm())
                .isTrue();
        assertThat(models.get("fasterrcnn_resnet50_fpn_v2").conventions()).isEqualTo(Conventions.DEFAULT);
        assertThat(models.get("fasterrcnn_mobilenet_v3_large_fpn").conventions())
                .isEqualTo(new Conventions(false, 1e-5, true));
        assertThat(models.inputSize("fasterrcnn_mobilenet_v3_large_320_fpn")).isEqualTo(320);
    }

    @Test
    void namesCompleteNetworksLast() {
        List<String> backbones = Backbones.builtIn().names();
        assertThat(models.names().subList(0, backbones.size())).isEqualTo(backbones);
        assertThat(models.names().subList(backbones.size(), models.names().size()))
                .containsExactly(
                        "fcn_resnet50",
                        "fcn_resnet101",
                        "deeplabv3_resnet50",
                        "deeplabv3_resnet101",
                        "deeplabv3_mobilenet_v2_voc",
                        "deeplabv3_mobilenet_v3_large",
                        "lraspp_mobilenet_v3_large",
                        "pspnet_resnet50_ade20k",
                        "pspnet_resnet101_ade20k",
                        "pspnet_resnet50_cityscapes",
                        "pspnet_resnet101_cityscapes",
                        "pspnet_resnet50_voc",
                        "pspnet_resnet101_voc",
                        "upernet_resnet50_ade20k",
                        "upernet_resnet101_ade20k",
                        "upernet_resnet50_cityscapes",
                        "upernet_resnet101_cityscapes",
                        "upernet_resnet50_voc",
                        "upernet_resnet101_voc",
                        "upernet_convnext_tiny_ade20k",
                        "upernet_convnext_small_ade20k",
                        "upernet_convnext_base_ade20k",
                        "upernet_convnext_large_ade20k",
                        "upernet_convnext_xlarge_ade20k",
                        "ssd300_vgg16",
                        "ssd_mobilenet_v1_075_coco",
                        "ssdlite320_mobilenet_v3_large",
                        "fasterrcnn_resnet50_fpn",
                        "fasterrcnn_resnet50_fpn_v2",
                        "fasterrcnn_mobilenet_v3_large_fpn",
                        "fasterrcnn_mobilenet_v3_large_320_fpn");
        Heads few = new Heads(Map.of("classifier", new ClassifierHead()));
        assertThat(new Models(Backbones.builtIn(), few, Zoo.builtIn()).names()).isEqualTo(backbones);
    }

    @Test
    void refusesUnknownNames() {
        assertThatThrownBy(() -> models.get("resnet51"))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("resnet51: is no model; there are lenet5, ");
    }
}
