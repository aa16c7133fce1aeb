package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserFoldersTest {
    private static final Map<String, String> EMPTY = Map.of("VERTEBRA_CACHE", "", "XDG_CACHE_HOME", "", "HOME", "");

    @Test
    void variables_come_before_the_home() {
        assertThat(UserFolders.cache(Map.of("VERTEBRA_CACHE", "v", "XDG_CACHE_HOME", "x", "HOME", "h")))
                .contains(Path.of("v"));
        assertThat(UserFolders.cache(Map.of("XDG_CACHE_HOME", "x", "HOME", "h")))
                .contains(Path.of("x", "vertebra"));
        assertThat(UserFolders.cache(Map.of("HOME", "h", "USERPROFILE", "u")))
                .contains(Path.of("h", ".cache", "vertebra"));
        assertThat(UserFolders.cache(Map.of("USERPROFILE", "u"))).contains(Path.of("u", ".cache", "vertebra"));
    }

    @Test
    void empty_variables_are_absent() {
        assertThat(UserFolders.cache(EMPTY)).isEmpty();
        assertThat(UserFolders.caches(Map.of("XDG_CACHE_HOME", "", "HOME", "h")))
                .contains(Path.of("h", ".cache"));
        assertThat(UserFolders.cache(Map.of())).isEmpty();
    }
}
