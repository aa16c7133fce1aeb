package io.vertebra.app.command;

import io.vertebra.app.CommandException;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.ExitCode;
import io.vertebra.tasks.metrics.coco.CocoEvaluation;
import io.vertebra.tasks.metrics.coco.CocoFiles;
import io.vertebra.tasks.metrics.coco.CocoKind;
import io.vertebra.tasks.metrics.coco.CocoResults;
import io.vertebra.tasks.metrics.coco.CocoSummary;
import io.vertebra.tasks.metrics.coco.CocoTruth;
import io.vertebra.tasks.metrics.miou.IouMeter;
import io.vertebra.tasks.metrics.miou.IouResult;
import io.vertebra.tasks.metrics.miou.LabelFolders;
import io.vertebra.tasks.metrics.voc.VocDetection;
import io.vertebra.tasks.metrics.voc.VocEvaluation;
import io.vertebra.tasks.metrics.voc.VocFiles;
import io.vertebra.tasks.metrics.voc.VocMetric;
import io.vertebra.tasks.metrics.voc.VocObject;
import io.vertebra.tasks.metrics.voc.VocSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vertebra score}: measures results that lie in files, whoever made them. */
@Command(
        name = "score",
        description = {
            "Measures results that lie in files, whoever made them, as mmsegmentation, pycocotools and the VOC development kit do.",
            "",
            "Models are measured by 'vertebra evaluate'; this command needs no model."
        },
        synopsisSubcommandLabel = "miou|coco|voc",
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra score miou --predictions out --labels data/val/labels --classes 11 --ignore 255",
            "  vertebra score coco --truth instances_val2017.json --results detections.json --type bbox",
            "  vertebra score voc --truth VOCdevkit/VOC2007 --results results --metric 07"
        })
public final class ScoreCommand {
    private static final int MOST_VALUES = 256;

    private final Console console;

    @Mixin
    CommonOptions common;

    /** Prints to this console. */
    public ScoreCommand(Console console) {
        this.console = console;
    }

    /** What {@code --type} names. */
    enum Type {
        bbox(CocoKind.BOX),
        segm(CocoKind.MASK);

        private final CocoKind kind;

        Type(CocoKind kind) {
            this.kind = kind;
        }
    }

    @Command(
            name = "miou",
            description = {
                "Compares label maps: PNG files of one number a pixel, gray or with a palette. Each file of the labels needs a"
                        + " prediction of the same name and size.",
                "",
                "Pixels are counted over all pictures and divided then. A class that is neither there nor predicted has no"
                        + " IoU and is left out of the mean. Labels that are no class and not ignored count as wrong predictions."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  vertebra score miou --predictions out --labels camvid/labels --classes 11 --ignore 11",
                "  vertebra score miou --predictions out --labels ade20k/annotations/validation --classes 150 \\",
                "      --ignore 255 --reduce-zero-label --json"
            })
    int miou(
            @Mixin CommonOptions options,
            @Option(
                            names = "--predictions",
                            required = true,
                            paramLabel = "DIR",
                            description = "Folder of the predicted label maps.")
                    Path predictions,
            @Option(names = "--labels", required = true, paramLabel = "DIR", description = "Folder of the true ones.")
                    Path labels,
            @Option(
                            names = "--classes",
                            required = true,
                            paramLabel = "N",
                            description = "How many classes there are; they are 0 to N-1.")
                    int classes,
            @Option(
                            names = "--ignore",
                            paramLabel = "VALUE",
                            description = "Value of the true map whose pixels do not count; by default all do.")
                    Integer ignore,
            @Option(
                            names = "--reduce-zero-label",
                            description = "0 of the true map becomes 255 and the others one less, as ADE20K wants it;"
                                    + " --ignore is compared after that.")
                    boolean reduceZero,
            @Option(
                            names = "--beta",
                            paramLabel = "B",
                            defaultValue = "1",
                            description = "How much more recall weighs than precision in Fscore; default: 1.")
                    double beta,
            @Option(
                            names = "--nan-to-num",
                            paramLabel = "X",
                            description =
                                    "What an undefined figure of a class counts in the means; by default it is left out.")
                    Double nanToNum,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        require(
                classes >= 1 && classes <= MOST_VALUES,
                "--classes must lie in [1, " + MOST_VALUES + "], is " + classes);
        require(beta > 0 && Double.isFinite(beta), "--beta must be above 0, is " + beta);
        LabelFolders folders = new LabelFolders(predictions, labels);
        IouMeter meter =
                new IouMeter(classes, ignore == null ? OptionalInt.empty() : OptionalInt.of(ignore), reduceZero);
        folders.addTo(meter);
        sayIf(folders.strays(), predictions, "files are of no label and do not count");
        IouResult result = meter.result(beta, nanToNum == null ? OptionalDouble.empty() : OptionalDouble.of(nanToNum));
        if (json) {
            console.result(ScoreJson.of(meter, result, folders.size()));
        } else {
            ScoreTables.of(meter, result).forEach(console::result);
        }
        return 0;
    }

    @Command(
            name = "coco",
            description = {
                "Compares detections with a file of instances and gives the twelve numbers of COCO, for all classes and for each.",
                "-1 stands for a figure without anything to find; it is left out of means. Results of classes that the truth does"
                        + " not have do not count; an annotation with id 0 counts as pycocotools counts it: who finds it is wrong.",
                "",
                "Results are a list of {\"image_id\", \"category_id\", \"score\"} with \"bbox\" [x, y, width, height],"
                        + " or \"segmentation\" {\"size\", \"counts\"}."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  vertebra score coco --truth instances_val2017.json --results detections.json --type bbox",
                "  vertebra score coco --truth gt.json --results masks.json --type segm --curves curves.csv --json"
            })
    int coco(
            @Mixin CommonOptions options,
            @Option(
                            names = "--truth",
                            required = true,
                            paramLabel = "FILE",
                            description = "Instances: images, categories, annotations.")
                    Path truthFile,
            @Option(names = "--results", required = true, paramLabel = "FILE", description = "What was found.")
                    Path resultsFile,
            @Option(
                            names = "--type",
                            required = true,
                            paramLabel = "TYPE",
                            description = "What is compared: ${COMPLETION-CANDIDATES}.")
                    Type type,
            @Option(
                            names = "--curves",
                            paramLabel = "FILE",
                            description = "Also writes precision over recall of each class and threshold, as CSV.")
                    Path curves,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        CocoTruth truth = CocoFiles.truth(truthFile, type.kind);
        CocoResults results = CocoFiles.results(resultsFile, truth, type.kind);
        CocoSummary summary = CocoEvaluation.evaluate(truth, results, type.kind);
        sayIf(summary.strayDetections(), resultsFile, "results are of classes that the truth does not have");
        if (truth.annotations().stream().anyMatch(a -> a.id() == 0)) {
            console.say(truthFile + ": an annotation has id 0; whoever finds it counts as wrong, as in pycocotools");
        }
        if (curves != null) {
            CurveFile.write(curves, summary);
        }
        if (json) {
            console.result(ScoreJson.of(summary, truth, results));
        } else {
            ScoreTables.of(summary).forEach(console::result);
        }
        return 0;
    }

    @Command(
            name = "voc",
            description = {
                "Compares detections with a folder of PASCAL VOC and gives the average precision of each class and their mean.",
                "",
                "The truth is VOCDIR/Annotations/*.xml of the pictures in VOCDIR/ImageSets/Main/SET.txt. Results are files"
                        + " comp4_det_test_CLASS.txt with lines 'image score xmin ymin xmax ymax'; corner pixels belong to the box."
                        + " A class without results has 0; a class with nothing but difficult objects has no figure."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  vertebra score voc --truth VOCdevkit/VOC2007 --results results/VOC2007/Main --metric 07",
                "  vertebra score voc --truth VOCdevkit/VOC2012 --set val --results out --metric 10 --iou 0.75"
            })
    int voc(
            @Mixin CommonOptions options,
            @Option(names = "--truth", required = true, paramLabel = "VOCDIR", description = "Folder of the data set.")
                    Path truthFolder,
            @Option(
                            names = "--results",
                            required = true,
                            paramLabel = "DIR",
                            description = "Folder of the files of results.")
                    Path resultsFolder,
            @Option(
                            names = "--metric",
                            required = true,
                            paramLabel = "07|10",
                            description =
                                    "07: eleven points of recall (VOC 2007); 10: area below the curve (VOC 2010 on).")
                    String metric,
            @Option(
                            names = "--iou",
                            paramLabel = "X",
                            defaultValue = "0.5",
                            description = "Least overlap of a hit; default: 0.5.")
                    double iou,
            @Option(
                            names = "--set",
                            paramLabel = "SET",
                            defaultValue = "test",
                            description = "Which list of pictures; default: test.")
                    String set,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        require(iou > 0 && iou <= 1, "--iou must lie in (0, 1], is " + iou);
        require(metric.equals("07") || metric.equals("10"), "--metric must be 07 or 10, is " + metric);
        Map<String, List<VocObject>> truth = VocFiles.truth(truthFolder, set);
        Map<String, List<VocDetection>> results = VocFiles.results(resultsFolder, truth);
        VocSummary summary = VocEvaluation.evaluate(
                truth, results, iou, metric.equals("07") ? VocMetric.ELEVEN_POINTS : VocMetric.AREA);
        summary.classes().keySet().stream()
                .filter(name -> !results.containsKey(name))
                .forEach(name -> console.say(resultsFolder + ": has no results of " + name + ", which counts as 0"));
        if (json) {
            console.result(ScoreJson.of(summary));
        } else {
            ScoreTables.of(summary).forEach(console::result);
        }
        return 0;
    }

    private void sayIf(int count, Path where, String what) {
        if (count > 0) {
            console.say(where + ": " + count + " " + what);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new CommandException(ExitCode.USAGE, message);
        }
    }
}
