package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.ConvNeXt;
import io.vertebra.backbones.MobileNetV1;
import io.vertebra.backbones.MobileNetV2;
import io.vertebra.backbones.MobileNetV3;
import io.vertebra.backbones.Norm;
import io.vertebra.backbones.ResNet;
import io.vertebra.backbones.Vgg;
import io.vertebra.graph.Conventions;
import io.vertebra.heads.detection.FasterRcnnConfig;
import io.vertebra.heads.detection.SsdHead;
import io.vertebra.heads.detection.SsdLiteHead;
import io.vertebra.heads.neck.FpnNeck;
import io.vertebra.heads.segmentation.DeepLabV3Head;
import io.vertebra.heads.segmentation.FcnHead;
import io.vertebra.heads.segmentation.LrAsppHead;
import io.vertebra.heads.segmentation.PyramidPoolingConfig;
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
     * @param neck between backbone and head
     * @param head name of the head
     * @param config of its family
     * @param classes outputs
     * @param auxiliary head of the training form
     * @param side of the pictures that its counts are given for
     * @param conventions of its weights
     */
    private record Row(
            String backbone,
            Record options,
            Optional<FpnNeck.Config> neck,
            String head,
            Record config,
            int classes,
            Optional<Auxiliary> auxiliary,
            int side,
            Conventions conventions) {

        /** Without a neck. */
        private Row(
                String backbone,
                Record options,
                String head,
                Record config,
                int classes,
                Optional<Auxiliary> auxiliary,
                int side,
                Conventions conventions) {
            this(backbone, options, Optional.empty(), head, config, classes, auxiliary, side, conventions);
        }

        /** A two-stage detector for COCO. */
        private Row(
                String backbone,
                Record options,
                FpnNeck.Config neck,
                FasterRcnnConfig config,
                int side,
                Conventions conventions) {
            this(backbone, options, Optional.of(neck), "faster_rcnn", config, 91, NONE, side, conventions);
        }
    }

    private static final ResNet.Config DILATED = new ResNet.Config(8, null, null, null, null, null, null);
    private static final FcnHead.Config FCN =
            new FcnHead.Config(FcnHead.Style.TORCHVISION, null, null, null, null, null);
    private static final DeepLabV3Head.Config DEEPLAB =
            new DeepLabV3Head.Config(DeepLabV3Head.Style.TORCHVISION, null, null, null, null);

    /** torchvision takes the first map of each reduction. */
    private static final MobileNetV3.Config MOBILE =
            new MobileNetV3.Config(null, 16, null, null, null, null, null, null, true, null, null);

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

    private static final Conventions PLAIN = Conventions.DEFAULT;

    /** Only TensorFlow's weights: SAME padding, folded norms. */
    private static final Conventions TENSORFLOW = new Conventions(true, null, false);

    /** torchvision's frozen norms do not take MobileNet's own ε. */
    private static final Conventions NORMS = new Conventions(false, 1e-5, false);

    private static final ResNet.Config TRAINED = new ResNet.Config(null, null, null, null, null, null, null);
    private static final ResNet.Config KEPT = new ResNet.Config(null, Norm.FROZEN, null, null, null, null, null);
    private static final MobileNetV3.Config TAIL =
            new MobileNetV3.Config(null, null, Norm.FROZEN, null, null, null, null, null, null, true, null);
    private static final FpnNeck.Config PYRAMID = new FpnNeck.Config(FpnNeck.Style.TORCHVISION, null, null, null, null);
    private static final FpnNeck.Config NORMED = new FpnNeck.Config(FpnNeck.Style.TORCHVISION, null, null, null, true);
    private static final FpnNeck.Config LAST_TWO =
            new FpnNeck.Config(FpnNeck.Style.TORCHVISION, null, null, List.of(-2, -1), null);
    private static final FasterRcnnConfig RCNN = rcnn(null, null, null);
    private static final FasterRcnnConfig RCNN2 = rcnn(
            null,
            new FasterRcnnConfig.Proposals(null, null, null, null, null, null, null, null, null, null, null, 2),
            new FasterRcnnConfig.Box(null, null, null, null, null, null, null, 4));

    private static final Map<String, Row> ROWS = rows();

    private static FasterRcnnConfig rcnn(
            FasterRcnnConfig.AnchorOptions anchors, FasterRcnnConfig.Proposals proposals, FasterRcnnConfig.Box box) {
        return new FasterRcnnConfig(FasterRcnnConfig.Style.TORCHVISION, anchors, proposals, box, null, null);
    }

    /** On few coarse levels, which all have the anchors of every size; regions that are hardly objects are dropped. */
    private static FasterRcnnConfig rcnn(int regions) {
        return rcnn(
                new FasterRcnnConfig.AnchorOptions(List.of(32.0, 64.0, 128.0, 256.0, 512.0), null, true),
                new FasterRcnnConfig.Proposals(
                        null, null, regions, regions, null, null, 0.05, null, null, null, null, null),
                null);
    }

    private static Map<String, Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        // spotless:off
        rows.put("fcn_resnet50",        new Row("resnet50",  DILATED, "fcn",       FCN,     21, AUX, 520, PLAIN));
        rows.put("fcn_resnet101",       new Row("resnet101", DILATED, "fcn",       FCN,     21, AUX, 520, PLAIN));
        rows.put("deeplabv3_resnet50",  new Row("resnet50",  DILATED, "deeplabv3", DEEPLAB, 21, AUX, 520, PLAIN));
        rows.put("deeplabv3_resnet101", new Row("resnet101", DILATED, "deeplabv3", DEEPLAB, 21, AUX, 520, PLAIN));
        rows.put("deeplabv3_mobilenet_v2_voc", new Row(
            "mobilenet_v2", new MobileNetV2.Config(null, 8, null, null, null, null, null),
            "deeplabv3", new DeepLabV3Head.Config(DeepLabV3Head.Style.TENSORFLOW, null, null, null, null),
            21, NONE, 513, TENSORFLOW));
        rows.put("deeplabv3_mobilenet_v3_large", new Row(
            "mobilenet_v3_large", MOBILE,
            "deeplabv3", DEEPLAB,
            21, AUX8, 520, PLAIN));
        rows.put("lraspp_mobilenet_v3_large", new Row(
            "mobilenet_v3_large", MOBILE,
            "lraspp", new LrAsppHead.Config(null, null),
            21, NONE, 520, PLAIN));
        MMSEG_CLASSES.forEach((data, classes) -> {
            for (String resnet : List.of("resnet50", "resnet101")) {
                rows.put("pspnet_" + resnet + "_" + data, new Row(
                    resnet, new ResNet.Config(8, null, null, null, null, true, null),
                    "pspnet", PyramidPoolingConfig.DEFAULTS,
                    classes, MMSEG_AUX, 512, PLAIN));
            }
        });
        MMSEG_CLASSES.forEach((data, classes) -> {
            for (String resnet : List.of("resnet50", "resnet101")) {
                rows.put("upernet_" + resnet + "_" + data, new Row(
                    resnet, new ResNet.Config(null, null, null, null, null, true, null),
                    "upernet", PyramidPoolingConfig.DEFAULTS,
                    classes, MMSEG_AUX, 512, PLAIN));
            }
        });
        for (String size : List.of("tiny", "small", "base", "large", "xlarge")) {
            rows.put("upernet_convnext_" + size + "_ade20k", new Row(
                "convnext_" + size, new ConvNeXt.Config(null, null, null, null, null),
                "upernet", PyramidPoolingConfig.DEFAULTS,
                150, MMSEG_AUX, List.of("tiny", "small").contains(size) ? 512 : 640, PLAIN));
        }
        rows.put("ssd300_vgg16", new Row(
            "vgg16", new Vgg.Config(null, null, null, null, true, null),
            "ssd", new SsdHead.Config(SsdHead.Style.TORCHVISION, null, null, null, null, null),
            91, NONE, 300, PLAIN));
        rows.put("ssd_mobilenet_v1_075_coco", new Row(
            "mobilenetv1_075", new MobileNetV1.Config(null, null, null, null, null),
            "ssd", new SsdHead.Config(SsdHead.Style.TENSORFLOW, List.of(384, 192, 192, 96), null, null, null, null),
            91, NONE, 300, TENSORFLOW));
        rows.put("ssdlite320_mobilenet_v3_large", new Row(
            "mobilenet_v3_large", new MobileNetV3.Config(null, null, null, null, null, null, true, true, null, null, null),
            "ssdlite", new SsdLiteHead.Config(null, null, null, null, null),
            91, NONE, 320, PLAIN));
        rows.put("fasterrcnn_resnet50_fpn",              new Row("resnet50", KEPT, PYRAMID, RCNN, 800, PLAIN));
        rows.put("fasterrcnn_resnet50_fpn_v2",           new Row("resnet50", TRAINED, NORMED, RCNN2, 800, PLAIN));
        rows.put("fasterrcnn_mobilenet_v3_large_fpn",
            new Row("mobilenet_v3_large", TAIL, LAST_TWO, rcnn(1000), 800, NORMS));
        rows.put("fasterrcnn_mobilenet_v3_large_320_fpn",
            new Row("mobilenet_v3_large", TAIL, LAST_TWO, rcnn(150), 320, NORMS));
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
        Optional<Neck<?>> neck =
                row.neck().map(options -> Neck.of("fpn", new FpnNeck()).with(options));
        return new Model(backbone, neck, Map.of("", part), row.conventions());
    }
}
