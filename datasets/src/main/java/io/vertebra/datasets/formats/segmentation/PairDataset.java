package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.AnnotatedDataset;
import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Palette;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.decode.LabelDecoder;
import io.vertebra.datasets.formats.segmentation.SegmentationPairs.Pair;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import java.nio.file.Path;
import java.util.List;

/** Pictures with a label map each; the pictures have no class of their own. */
final class PairDataset implements AnnotatedDataset {

    private final List<Pair> pairs;
    private final List<String> classNames;
    private final Palette palette;
    private final LabelCoding coding;
    private final ImageDecoder pictures = new ImageDecoder();
    private final LabelDecoder labels = new LabelDecoder();

    PairDataset(List<Pair> pairs, List<String> classNames, Palette palette, LabelCoding coding) {
        this.pairs = List.copyOf(pairs);
        this.classNames = List.copyOf(classNames);
        this.palette = palette;
        this.coding = coding;
    }

    @Override
    public int size() {
        return pairs.size();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public List<String> pixelClassNames() {
        return classNames;
    }

    @Override
    public Palette palette() {
        return palette;
    }

    @Override
    public String id(int index) {
        return pairs.get(index).id();
    }

    @Override
    public Sample load(int index) {
        Pair pair = pairs.get(index);
        Raster picture = pictures.read(pair.picture());
        LabelMap map = decoded(pair.label(), labels.read(pair.label(), picture.size()));
        return new Sample(pair.id(), picture, 0, Annotations.of(map));
    }

    @Override
    public Annotations annotations(int index) {
        Path label = pairs.get(index).label();
        return Annotations.of(decoded(label, labels.read(label)));
    }

    private LabelMap decoded(Path label, LabelMap stored) {
        return coding.decode(label.toString(), stored);
    }
}
