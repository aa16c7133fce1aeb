package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.config.Goldens;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path folder;

    @Test
    void answersAWrongCommandLineWithOneLine() {
        Map<String, CommandRun> cases = new LinkedHashMap<>();
        for (String line : List.of(
                "trian",
                "frobnicate",
                "train",
                "train --epoch 3 x.yaml",
                "train --sett a=b x.yaml",
                "models --jsn",
                "config chekc x",
                "forward --model resnet18",
                "benchmark --mode slow --model resnet18",
                "benchmark --batch two --model resnet18",
                "evaluate",
                "evaluate x.yaml --model resnet18",
                "predict --model resnet18",
                "evaluate --model resnet18 --fail-under top1=x",
                "data check x --format cocoa",
                "score coco --truth a.json --results b.json",
                "score coco --truth a.json --results b.json --type box")) {
            cases.put(line, CommandRun.of(line.split(" ", -1)));
        }
        assertThat(cases.values()).allSatisfy(run -> {
            assertThat(run.code()).isEqualTo(ExitCode.USAGE.code());
            assertThat(run.err().lines()).hasSize(1);
            assertThat(run.out()).isEmpty();
        });
        Goldens.assertMessages(
                "command_line",
                cases.entrySet().stream()
                        .map(c ->
                                "# vertebra " + c.getKey() + "\n" + c.getValue().err())
                        .collect(Collectors.joining("\n")));
    }

    @Test
    void explainsItselfOnStandardOutput() {
        for (String command :
                Main.commandLine(CommandRun.quiet()).getSubcommands().keySet()) {
            CommandRun run = CommandRun.of(command, "--help");
            assertThat(run.code()).as(command).isZero();
            assertThat(run.out())
                    .as(command)
                    .startsWith("Usage: vertebra " + command)
                    .hasSizeGreaterThan(200);
            assertThat(run.err()).as(command).isEmpty();
        }
        assertThat(CommandRun.of("--help").out()).startsWith("Usage: vertebra");
        assertThat(CommandRun.of("--version").out()).matches("vertebra [0-9]+\\.[0-9]+\\.[0-9]+.*\n");
    }

    @Test
    void showsHelpWhereNothingIsAsked() {
        CommandRun run = CommandRun.of();
        assertThat(run.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(run.err()).startsWith("Usage: vertebra");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void coloursHelpOnlyWhereColoursAreWanted() {
        String escape = "\u001b[";
        assertThat(CommandRun.with(Map.of("FORCE_COLOR", "1"), "--help").out()).contains(escape);
        assertThat(CommandRun.with(Map.of("FORCE_COLOR", "1", "NO_COLOR", "1"), "--help")
                        .out())
                .doesNotContain(escape);
        assertThat(CommandRun.with(Map.of("NO_COLOR", ""), "--help").out()).doesNotContain(escape);
    }

    @Test
    void wrapsHelpAtTheColumnsOfTheTerminal() {
        assertThat(widest(CommandRun.with(Map.of("COLUMNS", "70"), "train", "--help")))
                .isBetween(60, 70);
        assertThat(widest(CommandRun.with(Map.of("COLUMNS", "wide"), "train", "--help")))
                .isBetween(80, 100);
        assertThat(widest(CommandRun.with(Map.of("COLUMNS", "20"), "train", "--help")))
                .isBetween(50, 60);
    }

    private static int widest(CommandRun run) {
        return run.out()
                .lines()
                .filter(l -> !l.startsWith("  vertebra"))
                .mapToInt(String::length)
                .max()
                .orElseThrow();
    }

    @Test
    void printsATraceOnlyWhenAsked() {
        String absent = folder.resolve("absent.safetensors").toString();
        CommandRun plain = CommandRun.of("weights", "inspect", absent);
        assertThat(plain.err().lines()).hasSize(1);
        assertThat(plain.err()).startsWith(absent);
        CommandRun debug = CommandRun.of("weights", "inspect", absent, "--debug");
        assertThat(debug.code()).isEqualTo(plain.code());
        assertThat(debug.err()).startsWith(plain.err()).contains("\tat io.vertebra.");
    }

    @Test
    void writesACompletionScript() {
        assertThat(CommandRun.of("generate-completion").out()).contains("complete -F _complete_vertebra");
    }

    @Test
    void helpForACommandThatIsNotThereIsRefused() {
        CommandRun run = CommandRun.of("serve", "--help");
        assertThat(run.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(run.err()).contains("unknown command serve");
        assertThat(run.out()).isEmpty();
        assertThat(CommandRun.of("train", "--help").code()).isZero();
    }
}
