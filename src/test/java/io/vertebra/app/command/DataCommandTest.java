package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.CommandRun;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir
    Path folder;

    private Path photos() throws IOException {
        Path images = Shared.path("data/bad_inputs/images");
        for (String name : new String[] {"a/ok.jpg", "a/ok.png", "b/gray.jpg", "b/truncated_half.jpg"}) {
            Path target = folder.resolve("photos").resolve(name);
            Files.createDirectories(target.getParent());
            Files.copy(images.resolve(target.getFileName()), target);
        }
        return folder.resolve("photos");
    }

    @Test
    void findsTheBrokenPictureOfAFolder() throws IOException {
        CommandRun run = CommandRun.of("data", "check", photos().toString(), "--format", "folder");
        assertThat(run.code()).isEqualTo(ExitCode.DATA.code());
        assertThat(run.out().lines()).hasSize(1).allSatisfy(l -> assertThat(l).contains("truncated_half.jpg"));
        assertThat(run.err()).isEqualTo(photosPath() + ": 4 pictures, 1 unusable, 0 warnings\n");
    }

    private Path photosPath() {
        return folder.resolve("photos");
    }

    @Test
    void asksHowAFolderIsKept() throws IOException {
        CommandRun run = CommandRun.of("data", "check", photos().toString());
        assertThat(run.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(run.err())
                .isEqualTo(photosPath()
                        + ": is a folder; say how it is kept: --format folder (a subfolder for each class),"
                        + " image, voc, yolo or segmentation\n");
    }

    @Test
    void namesShownPicturesByTheirClassInAnyAlphabet() throws IOException {
        Path image = Shared.path("data/bad_inputs/images/ok.jpg");
        Path target = folder.resolve("photos/Gro\u00dfe Ameisen/a.jpg");
        Files.createDirectories(target.getParent());
        Files.copy(image, target);
        Path recipe = Files.writeString(
                folder.resolve("r.yaml"),
                "task: classification\nmodel: {backbone: {name: resnet18}}\ndata: {train: {format: folder, path: "
                        + photosPath() + ", transforms: [{name: center_crop, size: 16}]}}\n");
        Path shown = folder.resolve("shown");
        CommandRun run = CommandRun.of("data", "show", recipe, "--output", shown);
        assertThat(run.out()).isEqualTo(shown.resolve("train_000_Gro\u00dfe_Ameisen.png") + "\n");
    }

    @Test
    void findsTheSameThroughARecipe() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("r.yaml"),
                "task: classification\nmodel: {backbone: {name: resnet18}}\ndata: {train: {format: folder, path: "
                        + photos() + ", transforms: [{name: center_crop, size: 16}]}}\n");
        CommandRun run = CommandRun.of("data", "check", recipe.toString(), "--json");
        assertThat(run.code()).isEqualTo(ExitCode.DATA.code());
        var object = run.asJson();
        assertThat(object.get("images").intValue()).isEqualTo(4);
        assertThat(object.get("findings")).hasSize(1);
        assertThat(object.at("/findings/0/severity").textValue()).isEqualTo("error");
        Files.delete(photosPath().resolve("b/truncated_half.jpg"));
        assertThat(CommandRun.of("data", "check", recipe.toString()).code()).isZero();
    }

    @Test
    void showsWhatTheNetworkSees() throws IOException {
        Path recipe = Files.writeString(folder.resolve("r.yaml"), """
                task: classification
                model: {backbone: {name: resnet18}}
                data: {train: {format: shapes, count: 4, size: 24, transforms: [{name: random_horizontal_flip}]}}
                """);
        Path shown = folder.resolve("shown");
        CommandRun run = CommandRun.of("data", "show", recipe.toString(), "--count", "9", "--output", shown.toString());
        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .hasSize(4)
                .first()
                .isEqualTo(shown.resolve("train_000_circle.png").toString());
        var image =
                javax.imageio.ImageIO.read(shown.resolve("train_003_star.png").toFile());
        assertThat(image.getWidth()).isEqualTo(320); // large enough for names of its objects
        byte[] before = Files.readAllBytes(shown.resolve("train_001_square.png"));
        CommandRun.of("data", "show", recipe.toString(), "--output", shown.toString());
        assertThat(Files.readAllBytes(shown.resolve("train_001_square.png"))).isEqualTo(before);
    }

    @Test
    void namesPicturesWithoutAClassByTheirNumber() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("r.yaml"),
                "task: segmentation\nmodel: {backbone: {name: resnet18}, head: {name: fcn}}\n"
                        + "data: {bucket: 1, val: {format: camvid, path: " + Shared.path("data/camvid")
                        + ", split: val}}\n");
        Path shown = folder.resolve("shown");
        CommandRun run = CommandRun.of(
                "data", "show", recipe.toString(), "--count", "2", "--output", shown.toString(), "--json");
        assertThat(run.orFail().asJson().get("files").toString())
                .isEqualTo("[\"" + shown.resolve("val_000.png") + "\",\"" + shown.resolve("val_001.png") + "\"]");
    }

    @Test
    void wantsARecipeWithData() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("r.yaml"), "task: classification\nmodel: {backbone: {name: resnet18}}\n");
        CommandRun run = CommandRun.of("data", "check", recipe.toString());
        assertThat(run.code()).isEqualTo(ExitCode.CONFIG.code());
        assertThat(run.err()).isEqualTo(recipe + ":1:1: missing key data\n");
    }
}
