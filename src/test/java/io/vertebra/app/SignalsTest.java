package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.tasks.training.StopSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Signals are sent to a process of its own, so that the tests survive them. */
@Tag("slow")
class SignalsTest {
    private static final long SECONDS = 60;
    private static final int INTERRUPT = 2;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Process start(String... more) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "this system has no kill");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Listener.class.getName()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // one that hears nothing must not hold up the build
        process.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).exceptionally(e -> process.destroyForcibly());
        started.add(process);
        return process;
    }

    /** A build that was started in the background with its signals ignored hands that on, and Java then leaves them alone. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) >> (INTERRUPT - 1) & 1) == 1;
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("/bin/kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static String line(Process process) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = process.getInputStream().read();
                c >= 0 && c != '\n';
                c = process.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** Listens, waits until it is asked to stop, then says with which code it would end. */
    static final class Listener {
        public static void main(String[] args) {
            Console console = Console.ofProcess(java.util.Map.of());
            StopSwitch stop = new StopSwitch();
            Signals signals = Signals.listen(stop, console);
            console.result("listening");
            // one whose test was killed must not keep a processor for ever
            ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
            while (parent.isAlive() && (!stop.isStopped() || args.length > 0)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            console.result("code " + signals.exitCode().code());
        }
    }

    @Test
    void theFirstSignalAsksToStop() throws IOException, InterruptedException {
        assumeFalse(ignoresInterrupts(), "this build was started with SIGINT ignored (nohup, or in the background)");
        for (String name : List.of("INT", "TERM")) {
            Process process = start();
            assertThat(line(process)).isEqualTo("listening");
            signal(process, name);
            assertThat(line(process)).startsWith("stopping after this update");
            assertThat(line(process)).isEqualTo(name.equals("INT") ? "code 130" : "code 143");
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theSecondLeavesAtOnce() throws IOException, InterruptedException {
        Process process = start("never stop");
        assertThat(line(process)).isEqualTo("listening");
        signal(process, "USR1"); // a checkpoint is asked for; the process goes on
        signal(process, "TERM");
        assertThat(line(process)).startsWith("stopping after this update");
        signal(process, "TERM");
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
    }
}
