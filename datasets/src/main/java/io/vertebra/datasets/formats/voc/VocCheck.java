package io.vertebra.datasets.formats.voc;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.decode.LabelDecoder;
import io.vertebra.datasets.formats.segmentation.LabelCoding;
import io.vertebra.datasets.lint.BoxLint;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.datasets.lint.FindingList;
import io.vertebra.images.Box;
import io.vertebra.images.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Lint of VOC's XML files, and of the pictures and label maps that belong to them. */
public final class VocCheck {

    /** A box may end that many pixels outside: tools count from 0 or from 1. */
    private static final float SLACK = 1;

    private final List<String> classes;
    private final FindingList findings = new FindingList();
    private int images;

    private VocCheck(List<String> classes) {
        this.classes = List.copyOf(classes);
    }

    /**
     * Checks one XML file by itself, or a folder as VOC has it with its pictures, label maps and lists.
     *
     * @param classes the names that objects may have; empty for any
     */
    public static ImageCheck.Report check(Path path, List<String> classes) {
        VocCheck check = new VocCheck(classes);
        check.findings.guarded(path.toString(), () -> check.any(path));
        return new ImageCheck.Report(check.images, check.findings.findings());
    }

    private void any(Path path) {
        if (!Files.isDirectory(path)) {
            annotation(path);
            return;
        }
        VocFolder folder = new VocFolder(path);
        if (!folder.hasAnnotations() && !folder.hasLabelMaps()) {
            throw new DatasetException(path.toString(), "has neither a folder Annotations nor SegmentationClass in it");
        }
        List<String> ids = folder.all();
        if (ids.isEmpty()) {
            throw new DatasetException(path.toString(), "holds no annotation");
        }
        ids.forEach(id -> sample(folder, id));
        lists(folder).forEach(list -> findings.guarded(list.toString(), () -> list(folder, list)));
    }

    private Optional<VocFile> annotation(Path path) {
        String name = path.toString();
        Faults faults = findings.in(name);
        List<VocFile> read = new ArrayList<>();
        images++;
        findings.guarded(name, () -> {
            VocFile file = VocReader.read(path, classes, faults);
            read.add(file);
            file.size().ifPresent(size -> file.objects().forEach(item -> inside(item, size, faults)));
            List<String> names = VocFolder.names(List.of(file));
            Size all = file.size().orElse(new Size(1 << 20, 1 << 20));
            BoxLint.nearDuplicates(file.instances(names, all), "object", faults);
        });
        return read.stream().findFirst();
    }

    private static void inside(VocFile.Item item, Size size, Faults faults) {
        Box box = item.box();
        Box cut = box.window(0, 0, size.height(), size.width());
        String text = "x %s to %s, y %s to %s in %dx%d"
                .formatted(box.x1() + 1, box.x2(), box.y1() + 1, box.y2(), size.width(), size.height());
        if (cut.area() == 0) {
            faults.error("object " + item.number(), "the box lies outside its image: " + text);
        } else if (cut.x1() - box.x1() > SLACK
                || cut.y1() - box.y1() > SLACK
                || box.x2() - cut.x2() > SLACK
                || box.y2() - cut.y2() > SLACK) {
            faults.warning("object " + item.number(), "the box leaves its image and is cut: " + text);
        }
    }

    private void sample(VocFolder folder, String id) {
        Optional<VocFile> file = folder.hasAnnotations() ? annotation(folder.annotation(id)) : Optional.empty();
        Path picture = folder.picture(id);
        findings.guarded(picture.toString(), () -> {
            Size size = new ImageDecoder().read(picture).size();
            Size said = file.flatMap(VocFile::size).orElse(size);
            if (!said.equals(size)) {
                findings.in(folder.annotation(id).toString())
                        .error(
                                "",
                                "says %dx%d, its picture has %dx%d"
                                        .formatted(said.width(), said.height(), size.width(), size.height()));
            }
            Path map = folder.labelMap(id);
            if (Files.exists(map)) {
                LabelCoding.plain(classes.isEmpty() ? VocFormat.NAMES.size() + 1 : classes.size() + 1)
                        .decode(map.toString(), new LabelDecoder().read(map, size));
            }
        });
    }

    private static List<Path> lists(VocFolder folder) {
        Path root = folder.root().resolve("ImageSets");
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root, 2)) {
            return files.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".txt"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(root + ": cannot be listed", e);
        }
    }

    private void list(VocFolder folder, Path list) {
        for (String id : folder.listed(list)) {
            if (!Files.exists(folder.annotation(id)) && !Files.exists(folder.labelMap(id))) {
                findings.in(list.toString()).error("", "lists '" + id + "', which has no annotation");
            }
        }
    }
}
