package io.vertebra.app.command;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Detections;
import io.vertebra.heads.Detector;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Model;
import io.vertebra.images.Size;
import io.vertebra.tasks.segmentation.Enlargement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** What is made of a network's outputs outside of it: label maps of the picture's size, boxes. */
final class Answers {
    private Answers() {}

    /**
     * The outputs, and for each head {@code labels}, or {@code boxes}, {@code scores}, {@code classes} and {@code count}.
     *
     * @param fed what the network was asked with: pictures, perhaps the sizes of each, perhaps regions in place of its own
     */
    static Outputs with(Model model, Outputs outputs, Map<String, Tensor.Floats> fed) {
        Map<String, Tensor.Floats> all = new LinkedHashMap<>();
        outputs.names().forEach(name -> all.put(name, outputs.get(name)));
        Shape picture = fed.get(Input.PICTURES).shape();
        Size size = new Size(picture.h(), picture.w());
        model.heads().forEach((key, part) -> {
            switch (part.task()) {
                case "segmentation" ->
                    all.put(
                            Assembly.name(key, "labels"),
                            labels(part, outputs.get(Assembly.name(key, "logits")), size));
                case "detection" ->
                    all.putAll(
                            detections(model.detector(key), key, name -> all.getOrDefault(name, fed.get(name)), fed));
                default -> {} // logits say it all
            }
        });
        return new Outputs(all);
    }

    private static Tensor.Floats labels(HeadPart part, Tensor.Floats logits, Size size) {
        int n = logits.shape().n();
        int length = size.height() * size.width();
        float[] labels = new float[Math.multiplyExact(n, length)];
        for (int row = 0; row < n; row++) {
            byte[] map = Enlargement.of(part.alignCorners())
                    .labels(logits, row, size)
                    .data();
            for (int i = 0; i < length; i++) {
                labels[row * length + i] = map[i] & 0xFF;
            }
        }
        return Tensor.of(labels, n, size.height(), size.width());
    }

    /** As many rows for every picture as the fullest has; those behind {@code count} are zeros. */
    private static Map<String, Tensor.Floats> detections(
            Detector detector, String key, Function<String, Tensor.Floats> outputs, Map<String, Tensor.Floats> fed) {
        Shape pictures = fed.get(Input.PICTURES).shape();
        int n = pictures.n();
        io.vertebra.graph.op.Size whole = new io.vertebra.graph.op.Size(pictures.h(), pictures.w());
        Detections[] found = new Detections[n];
        int most = 1;
        for (int row = 0; row < n; row++) {
            found[row] = detector.decode(
                    name -> outputs.apply(Assembly.name(key, name)),
                    row,
                    whole,
                    size(fed.get(Input.SIZES), row, whole));
            most = Math.max(most, found[row].count());
        }
        float[] boxes = new float[n * most * 4];
        float[] scores = new float[n * most];
        float[] classes = new float[n * most];
        float[] counts = new float[n];
        for (int row = 0; row < n; row++) {
            Detections d = found[row];
            counts[row] = d.count();
            System.arraycopy(d.boxes(), 0, boxes, row * most * 4, 4 * d.count());
            System.arraycopy(d.scores(), 0, scores, row * most, d.count());
            for (int i = 0; i < d.count(); i++) {
                classes[row * most + i] = d.classes()[i];
            }
        }
        Map<String, Tensor.Floats> all = new LinkedHashMap<>();
        all.put(Assembly.name(key, "boxes"), Tensor.of(boxes, n, most, 4));
        all.put(Assembly.name(key, "scores"), Tensor.of(scores, n, most));
        all.put(Assembly.name(key, "classes"), Tensor.of(classes, n, most));
        all.put(Assembly.name(key, "count"), Tensor.of(counts, n));
        return all;
    }

    /** The size of one picture without padding. */
    private static io.vertebra.graph.op.Size size(Tensor.Floats sizes, int row, io.vertebra.graph.op.Size whole) {
        return sizes == null
                ? whole
                : new io.vertebra.graph.op.Size((int) sizes.data()[2 * row], (int) sizes.data()[2 * row + 1]);
    }
}
