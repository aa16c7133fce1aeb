package io.vertebra.datasets;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.MapBinder;
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
import io.vertebra.datasets.transforms.TransformFamily;

/** The data formats and transforms that come with Vertebra, under the names that configs use. */
public final class DatasetsModule extends AbstractModule {

    @Override
    protected void configure() {
        MapBinder<String, DatasetFormat<?>> formats =
                MapBinder.newMapBinder(binder(), new TypeLiteral<String>() {}, new TypeLiteral<DatasetFormat<?>>() {});
        formats.addBinding("folder").toInstance(new FolderFormat());
        formats.addBinding("cifar10").toInstance(new Cifar10Format());
        formats.addBinding("shapes").toInstance(new ShapesFormat());
        formats.addBinding("camvid").toInstance(new CamvidFormat());
        formats.addBinding("ade20k").toInstance(new Ade20kFormat());
        formats.addBinding("pairs").toInstance(new PairsFormat());
        formats.addBinding("coco").toInstance(new CocoFormat());
        formats.addBinding("voc").toInstance(new VocFormat());
        formats.addBinding("yolo").toInstance(new YoloFormat());

        MapBinder<String, TransformFamily<?>> transforms = MapBinder.newMapBinder(
                binder(), new TypeLiteral<String>() {}, new TypeLiteral<TransformFamily<?>>() {});
        // spotless:off
        transforms.addBinding("resize")                .toInstance(TransformFamily.of(Resize.Config.class, Resize::new));
        transforms.addBinding("random_resize")         .toInstance(TransformFamily.of(RandomResize.Config.class, RandomResize::new));
        transforms.addBinding("pad")                   .toInstance(TransformFamily.of(Pad.Config.class, Pad::new));
        transforms.addBinding("photometric_distortion").toInstance(TransformFamily.of(PhotometricDistortion.Config.class, PhotometricDistortion::new));
        transforms.addBinding("center_crop")           .toInstance(TransformFamily.of(CenterCrop.Config.class, CenterCrop::new));
        transforms.addBinding("random_crop")           .toInstance(TransformFamily.of(RandomCrop.Config.class, RandomCrop::new));
        transforms.addBinding("random_resized_crop")   .toInstance(TransformFamily.of(RandomResizedCrop.Config.class, RandomResizedCrop::new));
        transforms.addBinding("random_horizontal_flip").toInstance(TransformFamily.of(RandomHorizontalFlip.Config.class, RandomHorizontalFlip::new));
        transforms.addBinding("expand")                .toInstance(TransformFamily.of(Expand.Config.class, Expand::new));
        transforms.addBinding("min_iou_crop")          .toInstance(TransformFamily.of(MinIouCrop.Config.class, MinIouCrop::new));
        transforms.addBinding("resize_short")          .toInstance(TransformFamily.of(ResizeShort.Config.class, ResizeShort::new));
        transforms.addBinding("resize_exact")          .toInstance(TransformFamily.of(ResizeExact.Config.class, ResizeExact::new));
        transforms.addBinding("mixup")                 .toInstance(TransformFamily.of(Mixup.Config.class, Mixup::new));
        transforms.addBinding("cutmix")                .toInstance(TransformFamily.of(CutMix.Config.class, CutMix::new));
        // spotless:on
    }
}
