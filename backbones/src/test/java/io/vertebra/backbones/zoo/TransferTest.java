package io.vertebra.backbones.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferTest {

    @ParameterizedTest
    @CsvSource({
        "https://a.org/x, https://b.org/y",
        "http://a.org/x, http://b.org/y",
        "http://a.org/x, https://b.org/y",
        "https://a.org/x, http://127.0.0.1:8080/y",
        "https://a.org/x, http://localhost/y",
        "https://a.org/x, http://[::1]/y"
    })
    void followsToSafePlaces(String from, String to) throws TransferException {
        assertThat(Transfer.redirected(URI.create(from), to)).isEqualTo(URI.create(to));
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.org/x, http://a.org/x",
        "https://a.org/x, http://127.0.0.1.evil.org/y",
        "https://a.org/x, http://localhost.evil.org/y",
        "https://a.org/x, http://x127.0.0.1/y"
    })
    void doesNotLeaveHttps(String from, String to) {
        assertThatThrownBy(() -> Transfer.redirected(URI.create(from), to))
                .isInstanceOf(TransferException.class)
                .hasMessage("is redirected to " + to + ", which is not safe");
    }

    @Test
    void resolvesAgainstWhereItIs() throws TransferException {
        assertThat(Transfer.redirected(URI.create("https://a.org/x/y"), "z"))
                .isEqualTo(URI.create("https://a.org/x/z"));
    }
}
