package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.Merger;
import io.vertebra.app.recipe.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages name is there: links, files, classes, commands with their options, and keys of recipes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
    private static final Path ROOT = Repository.ROOT;
    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern PATH = Pattern.compile("[A-Za-z.][\\w.-]*(?:/[\\w.-]+)+/?(?![\\w.*{<-])");
    /** A name of Java's in two humps; one hump could be a word of any kind. */
    private static final Pattern TYPE = Pattern.compile("\\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\\b");

    private static final Pattern COMMAND = Pattern.compile("^(?:\\./)?vertebra ([a-z]+ .*)$");
    /** Folders that exist once something has run, or lie in data that is described. */
    private static final Set<String> MADE = Set.of("runs", "checkpoints", "weights", "predictions", "labels", "images");

    @TempDir
    Path folder;

    static List<Path> pages() throws IOException {
        return Repository.files(".*\\.md");
    }

    private static String read(Path page) {
        try {
            return Files.readString(page).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(r -> r.group(r.groupCount() == 0 ? 0 : 1));
    }

    /** The words in back quotes outside of blocks. */
    private static Stream<String> quoted(Path page) {
        return found(CODE, FENCE.matcher(read(page)).replaceAll(""));
    }

    private static Stream<String> blocks(Path page, Predicate<String> language) {
        return FENCE.matcher(read(page))
                .results()
                .filter(r -> language.test(r.group(1)))
                .map(r -> r.group(2));
    }

    @Test
    void thereArePages() throws IOException {
        assertThat(pages())
                .contains(ROOT.resolve("README.md"), ROOT.resolve("docs/results.md"))
                .contains(ROOT.resolve("docs/architecture.md"), ROOT.resolve("docs/adr/0001-javacpp-line.md"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) {
        for (String link : found(LINK, read(page)).toList()) {
            if (link.contains("://")) {
                continue;
            }
            String[] parts = link.split("#", 2);
            Path target =
                    parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
            assertThat(target).as("%s links to %s", page, link).exists();
            if (parts.length == 2) {
                assertThat(found(HEADING, read(target)).map(PagesTest::anchor))
                        .as("%s links to %s", page, link)
                        .contains(parts[1]);
            }
        }
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-');
    }

    @ParameterizedTest
    @MethodSource("pages")
    void filesThatAreNamedExist(Path page) throws IOException {
        Set<String> tops;
        try (Stream<Path> top = Files.list(ROOT)) {
            tops = top.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
        }
        tops.removeAll(MADE);
        quoted(page).flatMap(code -> found(PATH, code)).forEach(path -> {
            String name = path.startsWith("./") ? path.substring(2) : path;
            if (tops.contains(name.replaceFirst("/.*", "")) && !name.contains("/target/")) {
                assertThat(ROOT.resolve(name))
                        .as("%s names the file %s", page, path)
                        .exists();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("pages")
    void typesThatAreNamedExist(Path page) throws IOException {
        Set<String> words = words();
        quoted(page)
                .filter(code -> !code.contains(" -D"))
                .flatMap(code -> found(TYPE, code))
                .forEach(name -> assertThat(words).as("%s names %s", page, name).contains(name));
    }

    private final Set<String> known = new HashSet<>();

    /** Whatever stands in a source, as types of libraries are named too. */
    private Set<String> words() throws IOException {
        if (known.isEmpty()) {
            Repository.files("(.*/)?src/.*\\.java").stream()
                    .filter(f -> !f.endsWith("PagesTest.java"))
                    .forEach(f -> found(TYPE, read(f)).forEach(known::add));
        }
        return known;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void commandsAreOnesThatTheProgramTakes(Path page) {
        Stream<String> inBlocks = blocks(page, language -> !language.equals("java"))
                .flatMap(block -> block.replace("\\\n", " ").lines().map(String::strip));
        Stream.concat(inBlocks, quoted(page).filter(code -> code.startsWith("./vertebra ")))
                .map(COMMAND::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1))
                .filter(line -> !line.matches(".*([<>|]|\\.\\.\\.|\\[-).*")) // redirected, shortened, or a synopsis
                .forEach(line -> assertTakes(page, line));
    }

    private static void assertTakes(Path page, String line) {
        String[] words = line.replaceAll("\\s+#.*", "").strip().split("\\s+");
        if (words.length == 1 || (words.length == 2 && words[1].matches("[a-z]+"))) {
            return; // the command as such
        }
        assertThatCode(() -> Main.commandLine(CommandRun.quiet()).parseArgs(words))
                .as("%s: vertebra %s", page, line)
                .doesNotThrowAnyException();
        for (String word : words) {
            if (word.matches("configs/.*\\.yaml")) {
                assertThat(ROOT.resolve(word)).as("%s: vertebra %s", page, line).exists();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void recipesBind(Path page) throws IOException {
        for (String block : blocks(page, "yaml"::equals).toList()) {
            if (block.startsWith("task:")) {
                Path recipe = Files.writeString(folder.resolve("recipe.yaml"), block);
                Binding<Recipe> binding = new Wiring().recipes().bind(Merger.load(recipe, List.of()));
                assertThat(binding.faults()).as("%s:\n%s", page, block).isEmpty();
            }
        }
    }

    /** The names in the line of the plan that lists what is registered, against the schema that the program makes. */
    @Test
    void thePlanListsWhatIsRegistered() {
        String line = read(ROOT.resolve("docs/architecture.md"))
                .lines()
                .filter(l -> l.startsWith("Registered names: "))
                .findFirst()
                .orElseThrow();
        List<Set<String>> lists = new ArrayList<>();
        CODE.matcher(line)
                .results()
                .map(MatchResult::group)
                .forEach(names ->
                        lists.add(new TreeSet<>(List.of(names.replace("`", "").split(" ")))));
        JsonNode kinds = CommandRun.json("config", "schema").get("$defs");
        assertThat(lists).hasSize(2);
        assertThat(lists.get(0)).isEqualTo(choices(kinds.get("Head"), "name"));
        assertThat(lists.get(1)).isEqualTo(choices(kinds.get("Source"), "format"));
    }

    private static Set<String> choices(JsonNode kind, String key) {
        Set<String> names = new TreeSet<>();
        kind.get("oneOf")
                .forEach(option ->
                        option.get("properties").get(key).get("enum").forEach(name -> names.add(name.textValue())));
        return names;
    }
}
