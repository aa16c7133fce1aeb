package io.vertebra.backbones;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The published counts of {@code anchors/backbones.tsv} by our names; which row is whose as in {@code checks/anchors.py}. */
final class Anchors {

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
        Row counts = best(name, Comparator.comparingInt(Row::rank));
        String timm = name.equals("mobilenet_v2") ? "mobilenetv2_100" : name;
        Row pyramid = best(timm, Comparator.comparingInt(r -> r.rank() == 1 ? 0 : 1));
        return new Anchor(
                Long.parseLong(counts.get("params")),
                Long.parseLong(counts.get("macs")),
                pyramid.numbers("pyramid_channels"),
                pyramid.numbers("pyramid_reductions"));
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
        return ours.equals(name) && variant.isEmpty() && row.get("classes").equals("1000");
    }
}
