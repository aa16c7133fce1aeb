package io.vertebra.backbones;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.graph.op.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The published counts of {@code anchors/backbones.tsv} by our names; which row is whose as in {@code checks/anchors.py}. Where
 * there is no row, those of the PyTorch module that a forward golden of ours was made with.
 */
final class Anchors {

    /** torchvision's name → timm's name of the same network. */
    private static final Map<String, String> TWINS = Map.of(
            "mobilenet_v2", "mobilenetv2_100",
            "mobilenet_v3_small", "mobilenetv3_small_100",
            "mobilenet_v3_large", "mobilenetv3_large_100",
            "efficientnet_v2_s", "efficientnetv2_s",
            "efficientnet_v2_m", "efficientnetv2_m",
            "efficientnet_v2_l", "efficientnetv2_l",
            "mnasnet1_0", "mnasnet_100",
            "regnet_y_400mf", "regnety_004");

    /** A row of the table. */
    private record Row(Map<String, String> cells) {
        String get(String column) {
            return cells.get(column);
        }

        /** Counts come from torchvision if it has the model, else from timm. */
        int rank() {
            return get("source").startsWith("torchvision") ? 0 : get("source").startsWith("timm") ? 1 : 2;
        }

        List<Integer> numbers(String column) {
            return Arrays.stream(get(column).split(",", -1))
                    .filter(cell -> !cell.isEmpty())
                    .map(Integer::valueOf)
                    .toList();
        }
    }

    /** What is published of a model. */
    record Anchor(long parameters, long macs, List<Integer> channels, List<Integer> reductions) {}

    private final List<Row> rows;

    private Anchors(List<Row> rows) {
        this.rows = rows;
    }

    static Anchors read() {
        try {
            List<String> lines = Files.readAllLines(Shared.path("anchors/backbones.tsv"));
            String[] columns = lines.get(0).split("\t", -1);
            List<Row> rows = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split("\t", -1);
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 0; i < columns.length; i++) {
                    row.put(columns[i], cells[i]);
                }
                rows.add(new Row(row));
            }
            return new Anchors(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The counts of one of our models, and the pyramid, which is timm's where timm has the network. */
    Anchor of(String name) {
        if (!has(name)) {
            return counted(ForwardGoldens.of(name));
        }
        Row counts = best(name, Comparator.comparingInt(Row::rank));
        Row pyramid = best(TWINS.getOrDefault(name, name), Comparator.comparingInt(r -> r.rank() == 1 ? 0 : 1));
        return new Anchor(
                Long.parseLong(counts.get("params")),
                Long.parseLong(counts.get("macs")),
                pyramid.numbers("pyramid_channels"),
                pyramid.numbers("pyramid_reductions"));
    }

    /** The picture that the counts of one of our models are given for. */
    Shape picture(String name) {
        if (!has(name)) {
            List<Integer> extents = numbers(ForwardGoldens.of(name).path("input"));
            return Shape.of(extents.stream().mapToInt(Integer::intValue).toArray());
        }
        String[] extents =
                best(name, Comparator.comparingInt(Row::rank)).get("input").split("x", -1);
        int side = Integer.parseInt(extents[extents.length - 1]);
        return Shape.of(1, extents.length == 1 ? 3 : Integer.parseInt(extents[0]), side, side);
    }

    /** The counts of a row that is a variant of a model: {@code width_mult=0.5}. */
    Anchor variant(String name, String variant) {
        Row row = rows.stream()
                .filter(r -> r.get("name").equals(name) && r.get("variant").equals(variant))
                .findFirst()
                .orElseThrow();
        return new Anchor(
                Long.parseLong(row.get("params")),
                Long.parseLong(row.get("macs")),
                row.numbers("pyramid_channels"),
                row.numbers("pyramid_reductions"));
    }

    private static Anchor counted(JsonNode golden) {
        int side = golden.path("input").get(2).asInt();
        List<List<Integer>> levels = golden.path("features")
                .valueStream()
                .map(f -> numbers(f.path("shape")))
                .toList();
        return new Anchor(
                golden.path("parameters").asLong(),
                golden.path("macs").asLong(),
                levels.stream().map(shape -> shape.get(1)).toList(),
                levels.stream().map(shape -> side / shape.get(2)).toList());
    }

    private static List<Integer> numbers(JsonNode array) {
        return array.valueStream().map(JsonNode::asInt).toList();
    }

    private boolean has(String ours) {
        return rows.stream().anyMatch(r -> r.get("count_kind").equals("instantiated") && isFor(ours, r));
    }

    private Row best(String ours, Comparator<Row> order) {
        return rows.stream()
                .filter(r -> r.get("count_kind").equals("instantiated") && isFor(ours, r))
                .min(order)
                .orElseThrow(() -> new IllegalStateException("no anchor for " + ours));
    }

    private static boolean isFor(String ours, Row row) {
        String name = row.get("name");
        String variant = row.get("variant");
        if (name.equals("mobilenetv1_100") && variant.startsWith("channel_multiplier=")) {
            long percent = Math.round(100 * Double.parseDouble(variant.substring(variant.indexOf('=') + 1)));
            return ours.equals(String.format("mobilenetv1_%03d", percent));
        }
        if (name.endsWith("_cifar")) {
            return ours.equals(name) && variant.equals("shortcut A, 10 classes");
        }
        if (name.matches("(preresnet|densenet).+_cifar10")) {
            return ours.equals(name.substring(0, name.length() - 2));
        }
        if (name.equals("lenet5")) {
            return ours.equals(name) && variant.startsWith("32x32 gray, full C3");
        }
        if (name.startsWith("nin")) {
            return ours.equals(name);
        }
        return ours.equals(name) && variant.isEmpty() && row.get("classes").equals("1000");
    }
}
