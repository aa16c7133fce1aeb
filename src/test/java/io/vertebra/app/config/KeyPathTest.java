package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPathTest {
    @Test
    void readsKeysAndIndices() {
        assertThat(KeyPath.parse("data.train.transforms[0].size[12]").steps())
                .extracting(KeyPath.Step::toString)
                .containsExactly("data", "train", "transforms", "[0]", "size", "[12]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "[0]", "a[", "a[x]", "a[0]b", "a[-1]", "a[1234567]"})
    void refusesWhatIsNoPath(String text) {
        assertThatThrownBy(() -> KeyPath.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no key path");
    }
}
