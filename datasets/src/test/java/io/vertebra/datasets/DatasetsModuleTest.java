package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import io.vertebra.datasets.formats.Cifar10Format;
import io.vertebra.datasets.formats.FolderFormat;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.formats.coco.CocoFormat;
import io.vertebra.datasets.formats.segmentation.Ade20kFormat;
import io.vertebra.datasets.formats.segmentation.CamvidFormat;
import io.vertebra.datasets.formats.segmentation.PairsFormat;
import io.vertebra.datasets.formats.voc.VocFormat;
import io.vertebra.datasets.formats.yolo.YoloFormat;
import io.vertebra.datasets.transforms.CenterCrop;
import io.vertebra.datasets.transforms.CutMix;
import io.vertebra.datasets.transforms.Expand;
import io.vertebra.datasets.transforms.MinIouCrop;
import io.vertebra.datasets.transforms.Mixup;
import io.vertebra.datasets.transforms.Pad;
import io.vertebra.datasets.transforms.PhotometricDistortion;
import io.vertebra.datasets.transforms.RandomCrop;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.datasets.transforms.RandomResize;
import io.vertebra.datasets.transforms.RandomResizedCrop;
import io.vertebra.datasets.transforms.Resize;
import io.vertebra.datasets.transforms.ResizeExact;
import io.vertebra.datasets.transforms.ResizeShort;
import io.vertebra.datasets.transforms.Step;
import io.vertebra.datasets.transforms.TransformFamily;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class DatasetsModuleTest {

    private final Injector injector = Guice.createInjector(Stage.PRODUCTION, new DatasetsModule());
    private final Map<String, DatasetFormat<?>> formats =
            injector.getInstance(Key.get(new TypeLiteral<Map<String, DatasetFormat<?>>>() {}));
    private final Map<String, TransformFamily<?>> transforms =
            injector.getInstance(Key.get(new TypeLiteral<Map<String, TransformFamily<?>>>() {}));

    @Test
    void knowsTheNamesThatConfigsUse() {
        assertThat(formats)
                .containsOnlyKeys("folder", "cifar10", "shapes", "camvid", "ade20k", "pairs", "coco", "voc", "yolo");
        assertThat(formats.get("folder")).isInstanceOf(FolderFormat.class);
        assertThat(formats.get("cifar10")).isInstanceOf(Cifar10Format.class);
        assertThat(formats.get("shapes")).isInstanceOf(ShapesFormat.class);
        assertThat(formats.get("coco")).isInstanceOf(CocoFormat.class);
        assertThat(formats.get("voc")).isInstanceOf(VocFormat.class);
        assertThat(formats.get("yolo")).isInstanceOf(YoloFormat.class);
        assertThat(formats.get("camvid")).isInstanceOf(CamvidFormat.class);
        assertThat(formats.get("ade20k")).isInstanceOf(Ade20kFormat.class);
        assertThat(formats.get("pairs")).isInstanceOf(PairsFormat.class);
        assertThat(transforms)
                .containsOnlyKeys(
                        "resize",
                        "center_crop",
                        "random_crop",
                        "random_resized_crop",
                        "random_horizontal_flip",
                        "random_resize",
                        "pad",
                        "photometric_distortion",
                        "expand",
                        "min_iou_crop",
                        "resize_short",
                        "resize_exact",
                        "mixup",
                        "cutmix");
    }

    @Test
    void familiesMakeTheTransformOfTheirName() {
        assertThat(create(transforms.get("resize"), new Resize.Config(8, null))).isInstanceOf(Resize.class);
        assertThat(create(transforms.get("center_crop"), new CenterCrop.Config(8)))
                .isInstanceOf(CenterCrop.class);
        assertThat(create(transforms.get("random_crop"), new RandomCrop.Config(8, 1)))
                .isInstanceOf(RandomCrop.class);
        assertThat(create(transforms.get("random_resized_crop"), new RandomResizedCrop.Config(8, null, null, null)))
                .isInstanceOf(RandomResizedCrop.class);
        assertThat(create(transforms.get("random_horizontal_flip"), new RandomHorizontalFlip.Config(null)))
                .isInstanceOf(RandomHorizontalFlip.class);
        assertThat(create(transforms.get("random_resize"), new RandomResize.Config(List.of(8, 8), null, null)))
                .isInstanceOf(RandomResize.class);
        assertThat(create(transforms.get("pad"), new Pad.Config(List.of(8)))).isInstanceOf(Pad.class);
        assertThat(create(
                        transforms.get("photometric_distortion"),
                        new PhotometricDistortion.Config(null, null, null, null)))
                .isInstanceOf(PhotometricDistortion.class);
        assertThat(transforms.get("expand").config()).isEqualTo(Expand.Config.class);
        assertThat(transforms.get("min_iou_crop").config()).isEqualTo(MinIouCrop.Config.class);
        assertThat(transforms.get("resize_short").config()).isEqualTo(ResizeShort.Config.class);
        assertThat(transforms.get("resize_exact").config()).isEqualTo(ResizeExact.Config.class);
        assertThat(create(transforms.get("mixup"), new Mixup.Config(null))).isInstanceOf(Mixup.class);
        assertThat(create(transforms.get("cutmix"), new CutMix.Config(null))).isInstanceOf(CutMix.class);
    }

    private static <C> Step create(TransformFamily<C> family, Object config) {
        return family.create(family.config().cast(config));
    }

    @TestFactory
    Stream<DynamicTest> everyConfigIsARecord() {
        return Stream.concat(
                        formats.entrySet().stream()
                                .map(e -> Map.entry(e.getKey(), e.getValue().config())),
                        transforms.entrySet().stream()
                                .map(e -> Map.entry(e.getKey(), e.getValue().config())))
                .map(e -> DynamicTest.dynamicTest(
                        e.getKey(), () -> assertThat(e.getValue()).isRecord()));
    }
}
