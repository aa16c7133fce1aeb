package io.vertebra.app.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.backbones.zoo.WeightStore;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Labels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenedModelTest {
    private static final ModelOpener OPENER =
            new ModelOpener(WeightStore.at(Path.of("none")).offline(true), Zoo.builtIn(), Models.builtIn());

    private static final Normalization OWN = new Normalization(List.of(0.5, 0.4, 0.3), List.of(0.25, 0.2, 0.3));

    @TempDir
    Path folder;

    private static ModelSection section(String weights) {
        Model model = Models.builtIn().get("resnet20_cifar");
        return new ModelSection(model.backbone(), null, model.head(), null, null, weights, null);
    }

    private static Map<String, Labels> named(List<String> classes) {
        return Map.of("", Labels.of(classes));
    }

    private static Map<String, Integer> outputs(int count) {
        return Map.of("", count);
    }

    /** A file of ours for these classes, built by other conventions than PyTorch's. */
    private Path file(List<String> classes) {
        Model model = Models.builtIn()
                .get("resnet20_cifar")
                .withClasses(classes.size())
                .with(new Conventions(true, 0.001, true));
        Graph graph = model.inference();
        Parameters parameters = Parameters.initialize(graph, 7);
        SafetensorsWriter writer = new SafetensorsWriter()
                .metadata(WeightFacts.metadata(new OpenedModel(model, Optional.empty()), named(classes), OWN));
        for (ParameterSpec spec : graph.parameters()) {
            writer.add(
                    spec.name(),
                    spec.shape().extents().stream().mapToInt(Integer::intValue).toArray(),
                    parameters.get(spec.name()));
        }
        Path file = folder.resolve("weights.safetensors");
        writer.write(file);
        return file;
    }

    @Test
    void buildsByTheConventionsThatTheFileTells() {
        Path file = file(List.of("ant", "bee", "wasp"));
        OpenedModel opened = OPENER.open(section(file.toString()), Map.of());
        assertThat(opened.model().conventions()).isEqualTo(new Conventions(true, 0.001, true));
        assertThat(opened.model().classes()).isEqualTo(3);
        assertThat(opened.weights().orElseThrow().classes("")).containsExactly("ant", "bee", "wasp");
        assertThat(opened.normalization()).isEqualTo(OWN);
    }

    @Test
    void letsTheRecipeOverrideConventions() {
        Path file = file(List.of("ant", "bee"));
        ModelSection plain = section(file.toString());
        ModelSection section = new ModelSection(
                plain.backbone(),
                null,
                plain.head(),
                null,
                null,
                plain.weights(),
                new ConventionsSection(false, null, null));
        assertThat(OPENER.open(section, Map.of()).model().conventions()).isEqualTo(new Conventions(false, 0.001, true));
    }

    @Test
    void takesTheClassCountOfDataThenWeightsThenThePublishedModel() {
        Path file = file(List.of("ant", "bee"));
        assertThat(OPENER.open(section(file.toString()), outputs(5)).model().classes())
                .isEqualTo(5);
        assertThat(OPENER.open(section(file.toString()), Map.of()).model().classes())
                .isEqualTo(2);
        assertThat(OPENER.open(section(null), Map.of()).model().classes()).isEqualTo(10);
    }

    @Test
    void reinitialisesAClassifierOnlyForTraining() {
        OpenedModel opened = OPENER.open(section(file(List.of("ant", "bee")).toString()), outputs(3));
        Graph graph = opened.model().inference();
        List<String> said = new ArrayList<>();
        Parameters trained = opened.parameters(graph, 1, true, said::add);
        assertThat(trained.get("linear.weight"))
                .isEqualTo(Parameters.initialize(graph, 1).get("linear.weight"));
        assertThat(trained.get("conv1.weight"))
                .isEqualTo(Parameters.initialize(graph, 7).get("conv1.weight"));
        assertThat(said).hasSize(1).first().asString().contains("classifier re-initialised");
        assertThatThrownBy(() -> opened.parameters(graph, 1, false, said::add)).isInstanceOf(WeightsException.class);
    }

    @Test
    void refusesWeightsForOtherClasses() {
        OpenedModel opened = OPENER.open(section(file(List.of("ant", "bee")).toString()), outputs(2));
        opened.checkClasses(named(List.of("ant", "bee")));
        assertThatThrownBy(() -> opened.checkClasses(named(List.of("ant", "wasp"))))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.MODEL))
                .hasMessageEndingWith("is for 2 classes, the data has 2; class 1 is bee there and wasp here");
        assertThatThrownBy(() -> opened.checkClasses(named(List.of("ant"))))
                .hasMessageEndingWith("is for 2 classes, the data has 1; class 1 is bee there and absent here");
        OPENER.open(section(null), outputs(2)).checkClasses(named(List.of("anything")));
    }
}
