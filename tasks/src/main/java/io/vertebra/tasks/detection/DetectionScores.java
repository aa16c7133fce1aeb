package io.vertebra.tasks.detection;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.NumberedData;
import io.vertebra.graph.op.Check;
import io.vertebra.images.Box;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.config.EvaluateConfig.Protocol;
import io.vertebra.tasks.report.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what was found and compares it with the truth by the rules of COCO or VOC. */
final class DetectionScores implements Scores {
    static final List<String> COCO_METRICS =
            List.of("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR_100");
    static final List<String> VOC_METRICS = List.of("mAP");

    /** Gives what was found in the valid rows of a batch in the coordinates of the photos, best first. */
    interface Finder {
        List<List<Found>> find(Batch batch, Forward network);
    }

    private final Labels labels;
    private final Dataset data;
    private final Finder finder;
    private final Protocol protocol;
    private final List<Integer> ownLabels;
    private final List<Picture> pictures = new ArrayList<>();
    private Standings standings;

    /**
     * What is known of a picture.
     *
     * @param index in the data set
     * @param found of classes that the data has, best first
     */
    record Picture(int index, List<Found> found, List<Instance> truths) {}

    /** @param labels the classes of the network; those of the data are among them, by name */
    DetectionScores(Labels labels, Dataset data, Protocol protocol, Finder finder) {
        this.labels = labels;
        this.data = data;
        this.protocol = protocol;
        this.finder = finder;
        this.ownLabels = data.classNames().stream().map(this::ownLabel).toList();
    }

    private int ownLabel(String name) {
        int label = labels.names().indexOf(name);
        Check.that(label >= 0, "classes", "the network does not know %s", name);
        return label;
    }

    @Override
    public void measure(Batch batch, Forward network) {
        List<List<Found>> found = finder.find(batch, network);
        for (int row = 0; row < batch.valid(); row++) {
            add(batch.indices()[row], found.get(row));
        }
    }

    void add(int index, List<Found> found) {
        List<Found> known =
                found.stream().filter(f -> ownLabels.contains(f.label())).toList();
        pictures.add(new Picture(index, known, data.annotations(index).objects()));
        standings = null;
    }

    private Standings standings() {
        if (standings == null) {
            standings = protocol == Protocol.COCO
                    ? CocoStandings.of(pictures, data.classNames(), ownLabels)
                    : VocStandings.of(pictures, data.classNames(), ownLabels, protocol);
        }
        return standings;
    }

    @Override
    public long samples() {
        return pictures.size();
    }

    @Override
    public Map<String, Double> values() {
        return standings().values();
    }

    /** Rows of a results file of COCO, with the ids of the data where it has numbers. */
    @Override
    public List<Map<String, Object>> predictions() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Picture picture : pictures) {
            picture.found().forEach(f -> rows.add(row(picture.index(), f)));
        }
        return rows;
    }

    private Map<String, Object> row(int index, Found found) {
        int label = ownLabels.indexOf(found.label());
        Box box = found.box();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("image_id", data instanceof NumberedData numbered ? numbered.imageId(index) : data.id(index));
        row.put("category_id", data instanceof NumberedData n ? n.categoryIds().get(label) : (Object) (label + 1));
        row.put("bbox", List.of(box.x1(), box.y1(), box.x2() - box.x1(), box.y2() - box.y1()));
        row.put("score", found.score());
        return row;
    }

    @Override
    public List<Part> parts() {
        DetectionPictures drawn = new DetectionPictures(labels, data, ownLabels, pictures);
        List<Part> parts = new ArrayList<>();
        parts.add(standings().table());
        standings().curves().ifPresent(parts::add);
        parts.add(drawn.confusion());
        parts.add(drawn.worst());
        return parts;
    }
}
