package io.vertebra.app;

import static io.vertebra.app.ExitCode.BUSY;
import static io.vertebra.app.ExitCode.CONFIG;
import static io.vertebra.app.ExitCode.DATA;
import static io.vertebra.app.ExitCode.DIVERGED;
import static io.vertebra.app.ExitCode.DONE;
import static io.vertebra.app.ExitCode.ENGINE;
import static io.vertebra.app.ExitCode.INTERRUPTED;
import static io.vertebra.app.ExitCode.IO;
import static io.vertebra.app.ExitCode.LIMIT;
import static io.vertebra.app.ExitCode.MEMORY;
import static io.vertebra.app.ExitCode.MODEL;
import static io.vertebra.app.ExitCode.TERMINATED;
import static io.vertebra.app.ExitCode.USAGE;

import io.vertebra.app.command.BenchmarkCommand;
import io.vertebra.app.command.ConfigCommand;
import io.vertebra.app.command.DataCommand;
import io.vertebra.app.command.DevicesCommand;
import io.vertebra.app.command.EmbedCommand;
import io.vertebra.app.command.EvaluateCommand;
import io.vertebra.app.command.ExportCommand;
import io.vertebra.app.command.ForwardCommand;
import io.vertebra.app.command.ModelsCommand;
import io.vertebra.app.command.PredictCommand;
import io.vertebra.app.command.ScoreCommand;
import io.vertebra.app.command.TrainCommand;
import io.vertebra.app.command.WeightsCommand;
import io.vertebra.app.config.EditDistance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code vertebra}: parses the command line, runs a command, answers every failure with a line and an exit code. */
@Command(
        name = "vertebra",
        description = {
            "Trains, evaluates and embeds convolutional vision models from one YAML file.",
            "",
            "Start with:  vertebra train configs/quickstart.yaml"
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  VERTEBRA_CACHE       where published weights lie, in its folder weights",
            "  VERTEBRA_OFFLINE     1: nothing is downloaded; --offline does the same",
            "  OMP_NUM_THREADS      threads to compute with; --threads N does the same",
            "  VERTEBRA_JAVA_OPTS   options for Java",
            "  VERTEBRA_PROFILES    Maven profiles to build with: cuda, or cuda-11.6 for the engine dl4j on cards",
            "  NO_COLOR             no colours",
            "",
            "'vertebra COMMAND --help' explains a command, with examples."
        })
public final class Main {
    private static final int WIDTH = 100;

    @Mixin
    CommonOptions common;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version.")
    boolean version;

    private Main() {}

    /** Runs and exits. */
    public static void main(String[] args) {
        Console console = Console.ofProcess(System.getenv());
        int code = run(args, console, System.getenv());
        console.out().flush();
        console.err().flush();
        System.exit(code);
    }

    /** Runs a command line and gives the exit code. */
    static int run(String[] args, Console console, Map<String, String> environment) {
        CommandLine root = commandLine(console);
        root.setColorScheme(CommandLine.Help.defaultColorScheme(ansi(environment)));
        root.setUsageHelpWidth(width(environment));
        if (args.length == 0) {
            root.usage(console.err());
            return USAGE.code();
        }
        boolean debug = Arrays.asList(args).contains("--debug");
        root.setExecutionExceptionHandler((e, command, result) -> failed(unwrapped(e), console, debug));
        try {
            return root.execute(args);
        } catch (Error e) { // OutOfMemoryError too, which JavaCPP throws when native memory ends
            return failed(e, console, debug);
        }
    }

    /** The command tree, as help and manual show it. */
    static CommandLine commandLine(Console console) {
        CommandLine root = new CommandLine(new Main());
        root.addSubcommand(
                "train",
                with(
                        new TrainCommand(console),
                        DONE,
                        USAGE,
                        CONFIG,
                        DATA,
                        MODEL,
                        IO,
                        DIVERGED,
                        BUSY,
                        MEMORY,
                        ENGINE,
                        INTERRUPTED,
                        TERMINATED));
        root.addSubcommand(
                "evaluate",
                with(new EvaluateCommand(console), DONE, USAGE, CONFIG, DATA, MODEL, MEMORY, LIMIT, ENGINE));
        root.addSubcommand(
                "predict", with(new PredictCommand(console), DONE, USAGE, CONFIG, DATA, MODEL, IO, MEMORY, ENGINE));
        root.addSubcommand(
                "embed", with(new EmbedCommand(console), DONE, USAGE, CONFIG, DATA, MODEL, IO, MEMORY, ENGINE));
        root.addSubcommand(
                "forward", with(new ForwardCommand(console), DONE, USAGE, CONFIG, MODEL, IO, MEMORY, ENGINE));
        root.addSubcommand("models", with(new ModelsCommand(console), DONE, USAGE, CONFIG));
        root.addSubcommand("weights", with(new WeightsCommand(console), DONE, USAGE, MODEL, IO));
        root.addSubcommand("score", with(new ScoreCommand(console), DONE, USAGE, DATA, IO, MEMORY));
        root.addSubcommand("data", with(new DataCommand(console), DONE, USAGE, CONFIG, DATA, IO));
        root.addSubcommand(
                "benchmark", with(new BenchmarkCommand(console), DONE, USAGE, CONFIG, MODEL, MEMORY, LIMIT, ENGINE));
        root.addSubcommand("config", with(new ConfigCommand(console), DONE, USAGE, CONFIG));
        root.addSubcommand("export", with(new ExportCommand(console), DONE, USAGE, CONFIG, MODEL, IO, MEMORY, ENGINE));
        root.addSubcommand("devices", with(new DevicesCommand(console), DONE, USAGE, ENGINE));
        root.addSubcommand("generate-completion", hidden(new CommandLine(new AutoComplete.GenerateCompletion())));
        root.setOut(console.out());
        root.setErr(console.err());
        root.getCommandSpec().versionProvider(() -> new String[] {"vertebra " + version()});
        root.setParameterExceptionHandler((e, args) -> refused(e, console));
        root.setExecutionStrategy(
                result -> result.unmatched().isEmpty() // picocli lets --help excuse a word that it does not know
                        ? new CommandLine.RunLast().execute(result)
                        : refused(new UnmatchedArgumentException(root, result.unmatched()), console));
        root.setExitCodeExceptionMapper(e -> Failures.code(e).code());
        return root;
    }

    private static CommandLine with(Object command, ExitCode... codes) {
        CommandLine line = new CommandLine(command);
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitCode code : codes) {
            meanings.put(String.valueOf(code.code()), code.meaning());
        }
        line.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(meanings);
        return line;
    }

    private static CommandLine hidden(CommandLine line) {
        line.getCommandSpec().usageMessage().hidden(true);
        return line;
    }

    /** What a command threw; picocli wraps an Error that comes out of a method. */
    private static Throwable unwrapped(Exception e) {
        return e instanceof CommandLine.ExecutionException && e.getCause() != null ? e.getCause() : e;
    }

    private static int failed(Throwable failure, Console console, boolean debug) {
        console.say(Failures.message(failure));
        if (debug) {
            failure.printStackTrace(console.err());
        }
        return Failures.code(failure).code();
    }

    private static int refused(ParameterException e, Console console) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String reason =
                e instanceof UnmatchedArgumentException unmatched ? unmatched(unmatched, command) : e.getMessage();
        String line = reason.lines().findFirst().orElse("");
        String lower = line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
        console.say(name + ": " + lower + "; see " + name + " --help");
        return USAGE.code();
    }

    private static String unmatched(UnmatchedArgumentException e, CommandLine command) {
        String argument = e.getUnmatched().get(0);
        if (argument.startsWith("-")) {
            List<String> names = command.getCommandSpec().options().stream()
                    .flatMap(o -> Arrays.stream(o.names()))
                    .toList();
            return "unknown option " + argument + " " + EditDistance.hint(argument, names);
        }
        List<String> names = command.getSubcommands().entrySet().stream()
                .filter(s -> !s.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
        return names.isEmpty()
                ? "unexpected argument " + argument
                : "unknown command " + argument + " " + EditDistance.hint(argument, names);
    }

    private static Ansi ansi(Map<String, String> environment) {
        if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return Ansi.OFF;
        }
        return environment.getOrDefault("FORCE_COLOR", "").isEmpty() ? Ansi.AUTO : Ansi.ON;
    }

    private static int width(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[0-9]{2,4}") ? Math.max(60, Integer.parseInt(columns)) : WIDTH;
    }

    /** The version of this build. */
    public static String version() {
        Properties properties = new Properties();
        try (var in = Main.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("version.properties is malformed", e);
        }
        return properties.getProperty("version");
    }
}
