package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.ConvNeXt;
import io.vertebra.backbones.MobileNetV1;
import io.vertebra.backbones.MobileNetV2;
import io.vertebra.backbones.MobileNetV3;
import io.vertebra.backbones.ResNet;
import io.vertebra.backbones.Vgg;
import io.vertebra.graph.Conventions;
import io.vertebra.heads.detection.SsdHead;
import io.vertebra.heads.detection.SsdLiteHead;
import io.vertebra.heads.segmentation.DeepLabV3Head;
import io.vertebra.heads.segmentation.FcnHead;
import io.vertebra.heads.segmentation.LrAsppHead;
import io.vertebra.heads.segmentation.PspNetHead;
import io.vertebra.heads.segmentation.UperNetHead;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The networks for segmentation and detection that were published as a whole: backbone, head, options and class count. */
final class CompleteModels {

    /**
     * A row.
     *
     * @param backbone name of the backbone
     * @param options of its family
     * @param head name of the head
     * @param config of its family
     * @param classes outputs
     * @param auxiliary head of the training form
     * @param side of the pictures that its counts are given for
     * @param tensorFlow whether its only weights are TensorFlow's: SAME padding, folded norms
     */
    private record Row(
            String backbone,
            Record options,
            String head,
            Record config,
            int classes,
            Optional<Auxiliary> auxiliary,
            int side,
            boolean tensorFlow) {}

    private static final ResNet.Config DILATED = new ResNet.Config(8, null, null, null, null, null, null);
    private static final FcnHead.Config FCN =
            new FcnHead.Config(FcnHead.Style.TORCHVISION, null, null, null, null, null);
    private static final DeepLabV3Head.Config DEEPLAB =
            new DeepLabV3Head.Config(DeepLabV3Head.Style.TORCHVISION, null, null, null, null);
    private static final UperNetHead.Config UPERNET = new UperNetHead.Config(null, null, null, null);

    /** torchvision takes the first map of each reduction. */
    private static final MobileNetV3.Config MOBILE =
            new MobileNetV3.Config(null, 16, null, null, null, null, null, null, true, null);

    /** Suffix of the names of mmsegmentation's networks → classes of that data set. */
    private static final Map<String, Integer> MMSEG_CLASSES = mmsegClasses();

    private static Map<String, Integer> mmsegClasses() {
        Map<String, Integer> classes = new LinkedHashMap<>();
        classes.put("ade20k", 150);
        classes.put("cityscapes", 19);
        classes.put("voc", 21);
        return classes;
    }

    private static final Optional<Auxiliary> NONE = Optional.empty();
    private static final Optional<Auxiliary> AUX = Optional.of(new Auxiliary(null, null, null, 0.5));

    private static final Optional<Auxiliary> MMSEG_AUX = Optional.of(new Auxiliary(null, null, null, null));

    /** On the level of reduction 8. */
    private static final Optional<Auxiliary> AUX8 = Optional.of(new Auxiliary(-3, null, null, 0.5));

    private static final Map<String, Row> ROWS = rows();

    private static Map<String, Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        // spotless:off
        rows.put("fcn_resnet50",        new Row("resnet50",  DILATED, "fcn",       FCN,     21, AUX, 520, false));
        rows.put("fcn_resnet101",       new Row("resnet101", DILATED, "fcn",       FCN,     21, AUX, 520, false));
        rows.put("deeplabv3_resnet50",  new Row("resnet50",  DILATED, "deeplabv3", DEEPLAB, 21, AUX, 520, false));
        rows.put("deeplabv3_resnet101", new Row("resnet101", DILATED, "deeplabv3", DEEPLAB, 21, AUX, 520, false));
        rows.put("deeplabv3_mobilenet_v2_voc", new Row(
            "mobilenet_v2", new MobileNetV2.Config(null, 8, null, null, null, null, null),
            "deeplabv3", new DeepLabV3Head.Config(DeepLabV3Head.Style.TENSORFLOW, null, null, null, null),
            21, NONE, 513, true));
        rows.put("deeplabv3_mobilenet_v3_large", new Row(
            "mobilenet_v3_large", MOBILE,
            "deeplabv3", DEEPLAB,
            21, AUX8, 520, false));
        rows.put("lraspp_mobilenet_v3_large", new Row(
            "mobilenet_v3_large", MOBILE,
            "lraspp", new LrAsppHead.Config(null, null),
            21, NONE, 520, false));
        MMSEG_CLASSES.forEach((data, classes) -> {
            for (String resnet : List.of("resnet50", "resnet101")) {
                rows.put("pspnet_" + resnet + "_" + data, new Row(
                    resnet, new ResNet.Config(8, null, null, null, null, true, null),
                    "pspnet", new PspNetHead.Config(null, null, null, null),
                    classes, MMSEG_AUX, 512, false));
            }
        });
        MMSEG_CLASSES.forEach((data, classes) -> {
            for (String resnet : List.of("resnet50", "resnet101")) {
                rows.put("upernet_" + resnet + "_" + data, new Row(
                    resnet, new ResNet.Config(null, null, null, null, null, true, null),
                    "upernet", UPERNET,
                    classes, MMSEG_AUX, 512, false));
            }
        });
        for (String size : List.of("tiny", "small", "base", "large", "xlarge")) {
            rows.put("upernet_convnext_" + size + "_ade20k", new Row(
                "convnext_" + size, new ConvNeXt.Config(null, null, null, null, null),
                "upernet", UPERNET,
                150, MMSEG_AUX, List.of("tiny", "small").contains(size) ? 512 : 640, false));
        }
        rows.put("ssd300_vgg16", new Row(
            "vgg16", new Vgg.Config(null, null, null, null, true, null),
            "ssd", new SsdHead.Config(SsdHead.Style.TORCHVISION, null, null, null, null, null),
            91, NONE, 300, false));
        rows.put("ssd_mobilenet_v1_075_coco", new Row(
            "mobilenetv1_075", new MobileNetV1.Config(null, null, null, null, null),
            "ssd", new SsdHead.Config(SsdHead.Style.TENSORFLOW, List.of(384, 192, 192, 96), null, null, null, null),
            91, NONE, 300, true));
        rows.put("ssdlite320_mobilenet_v3_large", new Row(
            "mobilenet_v3_large", new MobileNetV3.Config(null, null, null, null, null, null, true, true, null, null),
            "ssdlite", new SsdLiteHead.Config(null, null, null, null, null),
            91, NONE, 320, false));
        // spotless:on
        return rows;
    }

    private CompleteModels() {}

    static List<String> names(Backbones backbones, Heads heads) {
        return ROWS.entrySet().stream()
                .filter(e -> backbones.names().contains(e.getValue().backbone())
                        && heads.names().contains(e.getValue().head()))
                .map(Map.Entry::getKey)
                .toList();
    }

    static boolean has(String name) {
        return ROWS.containsKey(name);
    }

    static int side(String name) {
        return ROWS.get(name).side();
    }

    static Model get(String name, Backbones backbones, Heads heads) {
        Row row = ROWS.get(name);
        Backbone<?> backbone = backbones.get(row.backbone(), row.options());
        HeadPart part = new HeadPart(heads.get(row.head()).with(row.config()), row.classes(), row.auxiliary());
        Conventions conventions = row.tensorFlow() ? new Conventions(true, null, false) : Conventions.DEFAULT;
        return new Model(backbone, Map.of("", part), conventions);
    }
}
