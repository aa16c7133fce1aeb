package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Hundreds of sessions opened, used and closed leave no native memory behind. */
final class LeakContract {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int PHASE = 100;
    private static final int PHASES = 15;

    /**
     * Growth of the process, in KiB, that a phase may show: 32 KiB a session. A leak shows in every phase, so that one
     * without it is enough: the Java heap and the code cache grow now and then, and stop.
     */
    private static final long ALLOWED = PHASE * 32L;

    private LeakContract() {}

    /** The precisions take turns. */
    static void leavesNothingBehind(Engine engine, Set<Precision> precisions) {
        assumeTrue(Files.isReadable(STATUS), "resident memory is read from /proc/self/status");
        run(engine, List.copyOf(precisions), PHASE);
        List<Long> growth = new ArrayList<>();
        do {
            assertThat(growth).as("growth in KiB of each %d sessions", PHASE).hasSizeLessThan(PHASES);
            long before = residentKibibytes();
            run(engine, List.copyOf(precisions), PHASE);
            growth.add(residentKibibytes() - before);
        } while (growth.get(growth.size() - 1) >= ALLOWED);
    }

    /** One in two trains. */
    private static void run(Engine engine, List<Precision> precisions, int sessions) {
        TrainingCase one = TrainingCases.named("adamw, clipped, 2 batches, moving average");
        for (int i = 0; i < sessions; i++) {
            Precision precision = precisions.get(i / 2 % precisions.size());
            if (i % 2 == 0) {
                try (Session session = engine.open(one.graph(), one.fresh(), one.options(precision))) {
                    session.step(one.batch(0, 0), one.scalars(0, 0));
                    session.step(one.batch(0, 1), one.scalars(0, 1));
                }
            } else {
                try (Session session = engine.open(one.graph(), one.parameters(), Options.inference(precision))) {
                    session.evaluate(one.batch(0, 0));
                }
            }
        }
    }

    private static long residentKibibytes() {
        System.gc();
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
