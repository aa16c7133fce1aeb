package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.zoo.DownloadProgress;
import io.vertebra.backbones.zoo.Zoo;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DownloadReportTest {
    private static final int MIB = 1 << 20;

    private final StringWriter said = new StringWriter();
    private long seconds;

    private static DownloadProgress progress(String model, int mebibytes) {
        Zoo.Weights weights = Zoo.builtIn().weights(model, "imagenet1k_v1").orElseThrow();
        return new DownloadProgress(
                weights, (long) mebibytes * MIB, OptionalLong.of(40L * MIB), mebibytes == 0 ? 0 : 2.0 * MIB);
    }

    @Test
    void isALineEveryTenSecondsWhereThereIsNoTerminal() {
        Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(said, true), false);
        DownloadReport report = new DownloadReport(console, () -> seconds * 1_000_000_000);
        for (int i = 0; i <= 40; i++) {
            seconds = i / 2;
            report.accept(progress("resnet18", i));
        }
        report.accept(progress("resnet34", 0));
        assertThat(said.toString().lines())
                .containsExactly(
                        "downloading https://download.pytorch.org/models/resnet18-f37072fd.pth",
                        "resnet18-f37072fd.pth: 0.0 of 40.0 MiB",
                        "resnet18-f37072fd.pth: 20.0 of 40.0 MiB, 2.0 MiB/s, 10 s left",
                        "resnet18-f37072fd.pth: 40.0 of 40.0 MiB, 2.0 MiB/s",
                        "downloading https://download.pytorch.org/models/resnet34-b627a593.pth",
                        "resnet34-b627a593.pth: 0.0 of 40.0 MiB");
    }

    @Test
    void saysOfAFileThatIsFetchedAgainThatItIs() {
        Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(said, true), false);
        DownloadReport report = new DownloadReport(console, () -> 0);
        report.accept(progress("resnet18", 40));
        report.accept(progress("resnet18", 0));
        assertThat(said.toString().lines().filter(l -> l.startsWith("downloading")))
                .hasSize(2);
    }
}
