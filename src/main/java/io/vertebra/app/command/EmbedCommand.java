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
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.backbones.embed.EmbeddingIndex;
import io.vertebra.backbones.embed.FeatureExtractor;
import io.vertebra.backbones.embed.FeatureExtractorBuilder;
import io.vertebra.backbones.embed.Pooling;
import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Engine;
import io.vertebra.images.Normalization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vertebra embed}: a vector for every picture, and the pictures that are alike. */
@Command(
        name = "embed",
        description = {
            "Turns pictures into vectors: what a network sees before it classifies. Similar pictures have vectors of similar"
                    + " direction, so they serve to search, to group and to find duplicates, and as input of a simple classifier.",
            "",
            "--output F writes a safetensors file with the tensor 'embeddings' (pictures, values; fp32, not normalised) and beside it"
                    + " paths.txt: line i names the picture of row i. --similar PICTURE lists the pictures whose vectors point most nearly"
                    + " the same way, with the cosine of the angle: 1 is the same direction, 0 has nothing in common.",
            "",
            "Of a classifier the vector is what its last layer takes, of other models the mean of the coarsest level. Pictures are"
                    + " prepared as the recipe's validation data is, or as the weights say. A picture that cannot be read is named and"
                    + " left out; the exit code is then 11. Memory does not grow with the pictures but by their vectors, where they are written."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra embed --model mobilenet_v2 --weights imagenet1k_v2 photos --output vectors.safetensors",
            "  vertebra embed --model mobilenet_v2 --weights imagenet1k_v2 photos --similar cat.jpg --top 10",
            "  vertebra embed runs/finetune photos --output vectors.safetensors"
        })
public final class EmbedCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    CommonOptions common;

    @Mixin
    PictureSource given;

    @Option(names = "--output", paramLabel = "FILE", description = "Where the vectors go; paths.txt goes beside it.")
    Path output;

    @Option(names = "--similar", paramLabel = "PICTURE", description = "Lists what is most like this picture.")
    Path similar;

    @Option(
            names = "--top",
            paramLabel = "K",
            defaultValue = "5",
            description = "How many similar pictures; default: 5.")
    int top;

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    /** Prints to this console. */
    public EmbedCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (output == null && similar == null) {
            throw new CommandException(ExitCode.USAGE, "say --output FILE or --similar PICTURE, or both; see --help");
        }
        if (top < 1) {
            throw new CommandException(ExitCode.USAGE, "--top must be at least 1, is " + top);
        }
        if (output != null) {
            OutputFile.check(output);
        }
        List<Path> pictures = given.files("embed");
        Wiring wiring = new Wiring(console, common);
        Binding<Recipe> binding = given.recipe(wiring);
        Recipe recipe = binding.value();
        OpenedModel opened = wiring.model(recipe, given.source.publishedOutputs(wiring));
        if (opened.weights().isEmpty()) {
            console.say("no weights are given: these are the vectors of a random network");
        }
        Normalization normalization = recipe.normalization(opened.normalization());
        PictureReader reader = new PictureReader(wiring.data().predictionPipeline(binding, opened), normalization);
        try (FeatureExtractor extractor = extractor(recipe, opened, wiring)) {
            return embed(new Embedding(extractor, reader), recipe.evaluate().batchSize(), pictures);
        }
    }

    private FeatureExtractor extractor(Recipe recipe, OpenedModel opened, Wiring wiring) {
        Engine engine = wiring.engines().open(recipe.engine().name(), console::say);
        Graph graph = opened.model().inference();
        boolean isClassifier = opened.model().task().equals("classification");
        return new FeatureExtractorBuilder(opened.model().backbone())
                .weights(
                        opened.parameters(graph, recipe.seed(), false, console::say),
                        opened.model().conventions())
                .pooling(isClassifier ? Pooling.FEATURES : Pooling.MEAN)
                .precision(recipe.precision().on(engine))
                .engine(engine)
                .batching(recipe.evaluate().batchSize(), Duration.ZERO)
                .open();
    }

    private int embed(Embedding embedding, int batchSize, List<Path> pictures) {
        EmbeddingIndex<Path> query = new EmbeddingIndex<>();
        if (similar != null) {
            query.add(similar, embedding.of(similar));
        }
        List<Path> names = new ArrayList<>();
        List<float[]> vectors = new ArrayList<>();
        List<EmbeddingIndex.Match<Path>> best = new ArrayList<>();
        int done = 0;
        try (PictureProgress progress = new PictureProgress(console, pictures.size(), System::nanoTime)) {
            for (int from = 0; from < pictures.size(); from += batchSize) {
                List<Path> batch = pictures.subList(from, Math.min(from + batchSize, pictures.size()));
                for (Embedding.Vector vector : embedding.of(batch)) {
                    done++;
                    if (output != null) {
                        names.add(vector.file());
                        vectors.add(vector.values());
                    }
                    if (similar != null && !Embedding.isSame(vector.file(), similar)) {
                        keep(
                                best,
                                new EmbeddingIndex.Match<>(
                                        vector.file(),
                                        query.nearest(vector.values(), 1).get(0).similarity()));
                    }
                }
                progress.done(from + batch.size());
            }
        }
        embedding.unreadable().forEach((file, reason) -> console.say(file + ": " + reason + "; left out"));
        if (output != null && done > 0) {
            write(names, vectors);
        }
        report(done, best, embedding);
        return embedding.unreadable().isEmpty() ? 0 : ExitCode.DATA.code();
    }

    /** The best so far, the best first; of equals the earlier one. */
    private void keep(List<EmbeddingIndex.Match<Path>> best, EmbeddingIndex.Match<Path> match) {
        best.add(match);
        best.sort(Comparator.comparingDouble(m -> -m.similarity()));
        if (best.size() > top) {
            best.remove(top);
        }
    }

    private void write(List<Path> names, List<float[]> vectors) {
        new SafetensorsWriter()
                .add("embeddings", vectors.get(0).length, vectors)
                .write(output);
        StringBuilder lines = new StringBuilder();
        names.forEach(name -> lines.append(name).append('\n'));
        DurableFiles.write(paths(), lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private Path paths() {
        return output.resolveSibling("paths.txt");
    }

    private void report(int done, List<EmbeddingIndex.Match<Path>> best, Embedding embedding) {
        if (json) {
            ObjectNode object = JsonNodeFactory.instance
                    .objectNode()
                    .put("file", output == null || done == 0 ? null : output.toString())
                    .put("vectors", done)
                    .put("values", embedding.length());
            ArrayNode unreadable = object.putArray("unreadable");
            embedding
                    .unreadable()
                    .forEach((file, reason) ->
                            unreadable.addObject().put("file", file.toString()).put("reason", reason));
            ArrayNode alike = object.putArray("similar");
            best.forEach(m -> alike.addObject().put("file", m.key().toString()).put("similarity", m.similarity()));
            console.result(object);
            return;
        }
        best.forEach(m -> console.result(String.format(Locale.ROOT, "%.4f  %s", m.similarity(), m.key())));
        if (output != null && done > 0) {
            console.result(output + ": " + done + " vectors of " + embedding.length() + " values; the names are in "
                    + paths());
        }
    }
}
