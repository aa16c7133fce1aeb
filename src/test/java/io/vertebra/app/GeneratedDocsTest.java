package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.config.Goldens;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.backbones.zoo.Zoo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The pages and files that are made from the program; {@code -Ddocs.write=true} writes them anew. */
class GeneratedDocsTest {
    private static final String MADE = "<!-- made by GeneratedDocsTest -->\n";
    private static final Pattern RECORD = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*?)\\*/\\s*(?:@\\S+\\s+)*(?:public |private )?record (\\w+)\\(", Pattern.DOTALL);
    /** A value that all implementations of an interface have. */
    private static final Pattern VALUE = Pattern.compile("/\\*\\* ([^*]*)\\. \\*/\\s+\\w+ (\\w+)\\(\\);");

    private static final Pattern PARAMETER =
            Pattern.compile("@param (\\w+) ((?:(?!@param|@see|@throws).)*)", Pattern.DOTALL);

    @Test
    void descriptionsAreCutFromTheRecords() throws IOException {
        Map<String, String> lines = new TreeMap<>();
        for (Path file : Repository.files("(.*/)?main/java/.*\\.java")) {
            cut(Files.readString(file), file.getFileName().toString().replace(".java", ""), lines);
        }
        Set<String> asked = new TreeSet<>();
        UnaryOperator<String> ofInterface = name -> name.replaceFirst("\\.[^.]*(?=\\.[^.]*$)", "");
        new Wiring()
                .recipes()
                .schema(name -> {
                    asked.add(name);
                    return null;
                })
                .write("all keys", Recipe.class);
        asked.forEach(name -> Optional.ofNullable(lines.get(ofInterface.apply(name)))
                .ifPresent(line -> lines.putIfAbsent(name, line)));
        assertThat(lines.keySet())
                .as("every key of a recipe has a line in its record's Javadoc")
                .containsAll(asked);
        lines.keySet().retainAll(asked);
        StringBuilder text = new StringBuilder("# made by GeneratedDocsTest\n");
        lines.forEach((name, line) -> text.append(name).append('=').append(line).append('\n'));
        Goldens.assertFile(Path.of("main/resources/io/vertebra/app/command/descriptions.properties"), text.toString());
        try (InputStream built = Recipe.class.getResourceAsStream("/io/vertebra/app/command/descriptions.properties")) {
            assertThat(new String(built.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n"))
                    .as("the pages were made with the descriptions of before; run the same once more")
                    .isEqualTo(text.toString());
        }
    }

    private static void cut(String source, String outer, Map<String, String> lines) {
        Matcher value = VALUE.matcher(source);
        while (value.find()) {
            String line = value.group(1);
            lines.put(outer + "." + value.group(2), line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1));
        }
        Matcher record = RECORD.matcher(source);
        while (record.find()) {
            String name = record.group(2).equals(outer) ? outer : outer + "." + record.group(2);
            Matcher parameter = PARAMETER.matcher(record.group(1).replaceAll("\\s*\\n\\s*\\*\\s*", " "));
            while (parameter.find()) {
                String line = parameter
                        .group(2)
                        .replaceAll("\\{@(?:code|link) ([^}]*)}", "$1")
                        .replaceAll("\\s+", " ")
                        .strip();
                lines.put(name + "." + parameter.group(1), line.replace("\\", "\\\\"));
            }
        }
    }

    private static JsonNode schema() {
        return CommandRun.json("config", "schema");
    }

    @Test
    void schemaBesideTheRecipesIsCurrent() {
        Goldens.assertFile(
                Path.of("../configs/vertebra.schema.json"),
                CommandRun.of("config", "schema").out());
    }

    @Test
    void configReferenceIsCurrent() throws IOException {
        Goldens.assertFile(Path.of("../docs/config.md"), MADE + ConfigPage.of(schema()));
    }

    @Test
    void commandsPageIsCurrent() {
        CommandLine root = Main.commandLine(CommandRun.quiet());
        root.setUsageHelpWidth(100);
        StringBuilder page = new StringBuilder(MADE + "# Commands\n\n```\n" + root.getUsageMessage(Ansi.OFF) + "```\n");
        root.getSubcommands().forEach((name, command) -> add(command, page));
        Goldens.assertFile(Path.of("../docs/commands.md"), page.toString().replace("\r\n", "\n"));
    }

    private static void add(CommandLine command, StringBuilder page) {
        if (!command.getCommandSpec().usageMessage().hidden()) {
            command.setUsageHelpWidth(100);
            page.append("\n## ")
                    .append(command.getCommandSpec().qualifiedName())
                    .append("\n\n```\n");
            page.append(command.getUsageMessage(Ansi.OFF)).append("```\n");
            command.getSubcommands().values().forEach(sub -> add(sub, page));
        }
    }

    @Test
    void exitCodesPageIsCurrent() {
        String rows = Arrays.stream(ExitCode.values())
                .map(c -> "| " + c.code() + " | " + c.meaning() + " |\n")
                .collect(Collectors.joining());
        Goldens.assertFile(
                Path.of("../docs/exit-codes.md"), MADE + "# Exit codes\n\n| code | meaning |\n| --- | --- |\n" + rows);
    }

    @Test
    void modelZooIsCurrent() throws IOException {
        JsonNode models = CommandRun.json("models", "--json").get("models");
        Goldens.assertFile(Path.of("../docs/model-zoo.md"), MADE + ModelZooPage.of(models, Zoo.builtIn()));
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return java.util.stream.StreamSupport.stream(array.spliterator(), false);
    }
}
