package io.vertebra.dl4j;

import io.vertebra.graph.engine.EngineException;
import java.util.function.Supplier;
import org.deeplearning4j.util.CrashReportingUtil;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native library behind ND4J: loads it, and sets what is global to the process, under this class's lock.
 *
 * @param version library, instruction set and threads
 */
record Nd4jLibrary(String version) {
    private static final String RELEASE = "1.0.0-M2.1";

    /** Runs work whose arrays belong to no workspace that the calling thread may have open. */
    static <T> T outsideWorkspaces(Supplier<T> work) {
        MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        try {
            return work.get();
        } finally {
            outside.close();
        }
    }

    /** Loads the natives (once a process) and turns DL4J's crash files off. */
    static synchronized Nd4jLibrary load() {
        try {
            CrashReportingUtil.crashDumpsEnabled(false);
            String backend = Nd4j.getBackend().getClass().getSimpleName();
            int threads = Nd4j.getEnvironment().maxThreads();
            return new Nd4jLibrary("ND4J " + RELEASE + ", " + backend + ", " + threads + " threads");
        } catch (LinkageError | RuntimeException e) {
            throw new EngineException(
                    EngineException.Kind.UNAVAILABLE,
                    "dl4j: the native library of ND4J cannot be loaded on this machine (" + e + "); use another engine",
                    e);
        }
    }
}
