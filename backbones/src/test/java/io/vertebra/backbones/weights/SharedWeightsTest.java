package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real files of shared/weights: totals of its README, values of its goldens. */
class SharedWeightsTest {

    @ParameterizedTest
    @CsvSource({
        "resnet20_cifar10.th, 97, 271098, cifar_resnet, resnet20_cifar, 10",
        "mobilenet_v1_0.75_224_in1k.safetensors, 137, 2601976, keras_mobilenet_v1, mobilenetv1_075, 1000",
        "mobilenet_v2_1.0_224_in1k.safetensors, 106, 3489097, tensorflow_mobilenet_v2, mobilenet_v2, 1000",
        "squeezenet1_1_in1k.safetensors, 52, 1235496, onnx_squeezenet1_1, squeezenet1_1, 1000",
        "ssd_mobilenet_v1_0.75_coco.safetensors, 95, 4108899, tensorflow_ssd_mobilenet_v1, ssd_mobilenet_v1_075_coco, 90",
        "deeplabv3_mobilenet_v2_voc.safetensors, 110, 2097013, tensorflow_deeplab_mobilenet_v2, deeplabv3_mobilenet_v2_voc, 21",
        "fastestdet_coco.pth, 420, 252938, , , 0",
        "shufflenetv2_0.5x_backbone.pth, 330, 149095, , , 0",
        "squeezenet1_1_notop_keras.h5, 50, 722496, , , 0",
        "cifar10_quick_caffe.h5, 10, 145578, , , 0",
    })
    void haveTheTensorsOfTheReadme(
            String name, int tensors, long parameters, String scheme, String architecture, int classes) {
        WeightsInspection inspection = WeightsInspection.of(Fixtures.shared("weights/" + name), Schemes.builtIn());

        assertThat(inspection.tensors()).hasSize(tensors);
        assertThat(inspection.parameters()).isEqualTo(parameters);
        assertThat(inspection.warnings()).isEmpty();
        assertThat(inspection.scheme().map(SchemeInfo::name).orElse(null)).isEqualTo(scheme);
        assertThat(inspection.scheme().flatMap(SchemeInfo::architecture).orElse(null))
                .isEqualTo(architecture);
        assertThat(inspection.scheme().map(s -> s.classes().orElseThrow()).orElse(0))
                .isEqualTo(classes);
    }

    /** The Keras goldens keep raw.LAYER.0 (kernel) and .1 (bias) as samples of the arrays as they are stored. */
    @Test
    void haveTheRawValuesOfTheKerasGoldens() {
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/squeezenet1_1_notop_keras.h5"));
                WeightFile golden =
                        WeightFile.open(Fixtures.shared("weights/squeezenet1_1_notop_keras.golden.safetensors"))) {
            for (String name : file.tensors().keySet()) {
                boolean bias = name.endsWith("_b");
                String layer = bias
                        ? name.substring(0, (name.length() - "/_b".length()) / 2)
                        : name.substring(0, name.lastIndexOf("/uniform"));
                float[] wanted = golden.read("raw." + layer + (bias ? ".1" : ".0") + ".sample64");
                assertThat(sample(file.read(name))).as(name).isEqualTo(wanted);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "data/conv1/0, raw.conv1.0",
        "data/conv1/1, raw.conv1.1",
        "data/ip2/0, raw.ip2.0",
        "data/ip2/1, raw.ip2.1"
    })
    void haveTheRawValuesOfTheCaffeGoldens(String name, String key) {
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/cifar10_quick_caffe.h5"));
                WeightFile golden =
                        WeightFile.open(Fixtures.shared("weights/cifar10_quick_caffe.golden.safetensors"))) {
            assertThat(file.format()).isEqualTo(WeightFormat.HDF5);
            assertThat(file.tensors().get(name).shape())
                    .isEqualTo(golden.tensors().get(key).shape());
            assertThat(file.read(name)).isEqualTo(golden.read(key));
        }
    }

    private static float[] sample(float[] values) {
        float[] sample = new float[64];
        for (int i = 0; i < 64; i++) {
            sample[i] = values[(int) ((long) i * (values.length - 1) / 63)];
        }
        return sample;
    }
}
