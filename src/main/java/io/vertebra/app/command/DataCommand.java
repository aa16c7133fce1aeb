package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommandException;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Wiring;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.Merger;
import io.vertebra.app.recipe.DataSection;
import io.vertebra.app.recipe.OpenedData;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.datasets.decode.Finding.Severity;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.datasets.formats.coco.CocoCheck;
import io.vertebra.datasets.formats.segmentation.SegmentationCheck;
import io.vertebra.datasets.formats.voc.VocCheck;
import io.vertebra.datasets.formats.yolo.YoloCheck;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.pictures.Pictures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra data}: looks at pictures before a network does. */
@Command(
        name = "data",
        description = "Checks pictures, and shows them as the network will see them.",
        synopsisSubcommandLabel = "check|show",
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra data check photos --format folder",
            "  vertebra data check configs/finetune.yaml",
            "  vertebra data show configs/quickstart.yaml --output shown"
        })
public final class DataCommand {
    private static final String LINES = "Every finding is a line that names the file; warnings do not fail the check.";

    /** What {@code --format} names. */
    enum Format {
        image,
        folder,
        coco,
        voc,
        yolo,
        segmentation
    }

    private final Console console;

    @Mixin
    CommonOptions common;

    /** Prints to this console. */
    public DataCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "check",
            description = {
                "Decodes every picture and lists what is wrong: truncated, no picture at all, too large, a name that leads elsewhere.",
                LINES,
                "",
                "Give a recipe, or a path with --format: 'image' takes a picture, a folder of pictures, or a .txt list with one path a line;"
                        + " 'folder' takes a folder with a subfolder for each class; 'coco' a JSON file of instances; 'voc' and 'yolo' an"
                        + " annotation or a data set; 'segmentation' a folder with images and labels."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  vertebra data check photos --format folder",
                "  vertebra data check configs/finetune.yaml --json"
            })
    int check(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "CONFIG|PATH", description = "A recipe, or pictures.") Path path,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            description = "How the pictures are kept: ${COMPLETION-CANDIDATES}.")
                    Format format,
            @Option(
                            names = "--classes",
                            paramLabel = "NAMES",
                            split = ",",
                            description = "The classes that annotations may have, in order; left out: any.")
                    List<String> classes,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes a value of the recipe.")
                    List<String> sets,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        if (format == null && Files.isDirectory(path)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    path
                            + ": is a folder; say how it is kept: --format folder (a subfolder for each class), image, voc, yolo or"
                            + " segmentation");
        }
        ImageCheck.Report report =
                format == null ? recipe(path, sets) : report(format, path, classes == null ? List.of() : classes);
        if (json) {
            console.result(object(report));
        } else {
            report.findings().forEach(f -> console.result(f.toString()));
            long errors = report.findings().stream()
                    .filter(f -> f.severity() == Severity.ERROR)
                    .count();
            console.say(path + ": " + report.images() + " pictures, " + errors + " unusable, "
                    + (report.findings().size() - errors) + " warnings");
        }
        return report.hasErrors() ? ExitCode.DATA.code() : 0;
    }

    private static ImageCheck.Report report(Format format, Path path, List<String> classes) {
        return switch (format) {
            case image -> ImageCheck.image(path);
            case folder -> ImageCheck.folder(path);
            case coco -> CocoCheck.check(path);
            case voc -> VocCheck.check(path, classes);
            case yolo -> YoloCheck.check(path, classes);
            case segmentation -> SegmentationCheck.folder(path, classes, false);
        };
    }

    private static ObjectNode object(ImageCheck.Report report) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("images", report.images());
        ArrayNode list = object.putArray("findings");
        for (Finding finding : report.findings()) {
            list.addObject()
                    .put("severity", finding.severity() == Severity.ERROR ? "error" : "warning")
                    .put("file", finding.file())
                    .put("position", finding.position())
                    .put("reason", finding.reason());
        }
        return object;
    }

    private static ImageCheck.Report recipe(Path file, List<String> sets) {
        int images = 0;
        List<Finding> findings = new ArrayList<>();
        for (OpenedData.Part part : open(file, sets, new Wiring()).parts()) {
            for (int i = 0; i < part.data().size(); i++) {
                images++;
                try {
                    part.data().load(i);
                } catch (DatasetException e) {
                    findings.add(new Finding(Severity.ERROR, e.file(), e.position(), e.reason()));
                }
            }
        }
        return new ImageCheck.Report(images, findings);
    }

    private static OpenedData open(Path file, List<String> sets, Wiring wiring) {
        Binding<Recipe> binding = wiring.recipes().bind(Merger.load(file, sets == null ? List.of() : sets));
        DataSection section = binding.at("data", DataSection.class).orElse(null);
        if (section == null) {
            if (binding.faults().isEmpty()) {
                binding.fault("", "missing key data");
            }
            binding.value();
        }
        OpenedData opened = wiring.data()
                .open(binding, section, binding.at("seed", Long.class).orElse(1L));
        binding.value(); // all faults at once
        return opened;
    }

    @Command(
            name = "show",
            description = {
                "Writes pictures as the network sees them, after the recipe's transforms, as PNG files: the first samples of train and val,"
                        + " each with its class in the name. The same seed gives the same pictures as training.",
                "Pixels are tinted by their classes, ignored ones striped; objects are framed, dashed where they do not count."
            },
            footerHeading = "%nExample:%n",
            footer = "  vertebra data show configs/quickstart.yaml --count 20 --output shown")
    int show(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "CONFIG", description = "The recipe.") Path file,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes a value of the recipe.")
                    List<String> sets,
            @Option(
                            names = "--count",
                            paramLabel = "N",
                            defaultValue = "8",
                            description = "Pictures of each part; default: 8.")
                    int count,
            @Option(
                            names = "--output",
                            paramLabel = "DIR",
                            defaultValue = "shown",
                            description = "Where they go; default: shown.")
                    Path output,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        Wiring wiring = new Wiring();
        OpenedData opened = open(file, sets, wiring);
        long seed = wiring.recipes()
                .bind(Merger.load(file, sets == null ? List.of() : sets))
                .value()
                .seed();
        ArrayNode files = JsonNodeFactory.instance.arrayNode();
        for (OpenedData.Part part : opened.parts()) {
            String name = opened.train().filter(part::equals).isPresent() ? "train" : "val";
            for (int i = 0; i < Math.min(count, part.data().size()); i++) {
                Sample sample = part.pipeline().apply(part.data().load(i), seed, 0, i);
                Path target = output.resolve("%s_%03d%s.png".formatted(name, i, suffix(part.data(), sample)));
                write(target, Pictures.png(drawn(part.data(), sample)));
                files.add(target.toString());
            }
        }
        if (json) {
            console.result(JsonNodeFactory.instance.objectNode().set("files", files));
        } else {
            files.forEach(f -> console.result(f.textValue()));
        }
        return 0;
    }

    /** The class of the picture, where it has one. */
    private static String suffix(Dataset data, Sample sample) {
        return data.isLabelled()
                ? "_" + data.classNames().get(sample.label()).replaceAll("[^\\p{L}\\p{N}_-]", "_")
                : "";
    }

    private static BufferedImage drawn(Dataset data, Sample sample) {
        return TruthPicture.of(
                sample,
                Labels.of(data.classNames()), // a data set's own colours are those of its pixels
                new Labels(data.pixelClassNames(), data.palette()));
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
