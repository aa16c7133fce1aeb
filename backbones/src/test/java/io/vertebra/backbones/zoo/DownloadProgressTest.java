package io.vertebra.backbones.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DownloadProgressTest {

    private static DownloadProgress progress(long received, long total, double rate) {
        OptionalLong known = total < 0 ? OptionalLong.empty() : OptionalLong.of(total);
        return new DownloadProgress(Published.weights("http://localhost/", null), received, known, rate);
    }

    @Test
    void saysHowLongTheRestTakes() {
        assertThat(progress(1000, 4000, 200).remaining()).contains(Duration.ofSeconds(15));
        assertThat(progress(1000, 4000, 0).remaining()).isEmpty();
        assertThat(progress(1000, -1, 200).remaining()).isEmpty();
    }

    @Test
    void isALineForPeople() {
        long mib = 1 << 20;
        assertThat(progress(3 * mib / 2, 6 * mib, 0.25 * mib).line())
                .isEqualTo("net.pth: 1.5 of 6.0 MiB, 0.3 MiB/s, 18 s left");
        assertThat(progress(0, 6 * mib, 0).line()).isEqualTo("net.pth: 0.0 of 6.0 MiB");
        assertThat(progress(mib, -1, 2.0 * mib).line()).isEqualTo("net.pth: 1.0 MiB, 2.0 MiB/s");
        assertThat(progress(6 * mib, 6 * mib, 1.0 * mib).line()).isEqualTo("net.pth: 6.0 of 6.0 MiB, 1.0 MiB/s");
        assertThat(progress(5, 6, 1).isComplete()).isFalse();
        assertThat(progress(6, 6, 1).isComplete()).isTrue();
    }
}
