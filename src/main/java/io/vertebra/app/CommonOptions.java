package io.vertebra.app;

import picocli.CommandLine.Option;

/** What every command understands. */
public final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Explains the command.")
    boolean help;

    @Option(names = "--debug", description = "Prints the stack trace of a failure.")
    boolean debug;

    @Option(
            names = "--offline",
            description = "Downloads nothing; published weights must be on this machine, as with VERTEBRA_OFFLINE=1.")
    boolean offline;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads to compute with, read by the launcher; default: OMP_NUM_THREADS, else all cores.")
    Integer threads;

    /** Whether nothing may be downloaded. */
    boolean isOffline() {
        return offline;
    }
}
