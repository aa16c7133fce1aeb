package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptCodeTest {
    @TempDir
    Path home;

    private Optional<CodeCache> cache;
    private final List<String> done = new ArrayList<>();
    private boolean isReadable = true;
    private boolean isWritable = true;

    @BeforeEach
    void makeCache() {
        CodeCacheTest.requireOwners();
        cache = Optional.of(new CodeCache(home.resolve("cuda"), 1 << 20));
    }

    /** Something of this name, or what was made before of the same texts. */
    private String make(String name, String... madeOf) {
        return KeptCode.of(cache, madeOf)
                .make(
                        code -> {
                            done.add("read");
                            return isReadable
                                    ? Optional.of(new String(code, StandardCharsets.UTF_8))
                                    : Optional.empty();
                        },
                        () -> {
                            done.add("compile");
                            return name;
                        },
                        made -> isWritable ? Optional.of(made.getBytes(StandardCharsets.UTF_8)) : Optional.empty());
    }

    @Test
    void isCompiledOnceAndReadAfterwards() {
        assertThat(make("first", "card", "graph")).isEqualTo("first");
        assertThat(make("second", "card", "graph")).isEqualTo("first");
        assertThat(done).containsExactly("compile", "read");
    }

    @Test
    void isCompiledForEachOfWhatItIsMadeOf() {
        make("first", "card", "graph");
        assertThat(make("second", "card", "other graph")).isEqualTo("second");
        assertThat(make("third", "cardgraph")).isEqualTo("third");
        assertThat(make("fourth", "cardg", "raph")).isEqualTo("fourth");
    }

    @Test
    void isCompiledAgainWhereItCannotBeRead() {
        make("first", "graph");
        isReadable = false;
        assertThat(make("second", "graph")).isEqualTo("second");
        isReadable = true;
        assertThat(make("third", "graph")).isEqualTo("second");
        assertThat(done).containsExactly("compile", "read", "compile", "read");
    }

    @Test
    void isNotKeptWhereThereIsNothingToKeepOrNoPlace() {
        isWritable = false;
        make("first", "graph");
        assertThat(make("second", "graph")).isEqualTo("second");
        isWritable = true;
        cache = Optional.empty();
        make("third", "graph");
        assertThat(make("fourth", "graph")).isEqualTo("fourth");
        assertThat(done).containsExactly("compile", "compile", "compile", "compile");
        assertThat(home.resolve("cuda")).doesNotExist();
    }
}
