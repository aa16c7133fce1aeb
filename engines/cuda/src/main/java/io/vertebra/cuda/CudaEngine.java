package io.vertebra.cuda;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.session.CudaBackend;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.OpeningChecks;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The engine for NVIDIA cards: compiled static plans in fp32, tf32 and, on cards of capability 8.0 and newer, bf16. Each session
 * has a device of its own.
 */
public final class CudaEngine implements Engine {
    static final String NAME = "cuda";
    /** From which on cuDNN has engines for bf16, as 10 * major + minor. */
    private static final int AMPERE = 80;

    private final Supplier<Device> devices;
    private final String version;
    private final int capability;

    /**
     * On one card.
     *
     * @param devices gives a new queue on it, which a session owns
     * @param version of card and libraries, for logs
     * @param capability of the card, 75 for 7.5
     */
    public CudaEngine(Supplier<Device> devices, String version, int capability) {
        this.devices = devices;
        this.version = version;
        this.capability = capability;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Set<Precision> precisions() {
        Set<Precision> served = EnumSet.of(Precision.FP32, Precision.TF32);
        if (capability >= AMPERE) {
            served.add(Precision.BF16);
        }
        return served;
    }

    private String advice(Options options) {
        String served = capability < AMPERE ? "fp32 or tf32" : "fp32, tf32 or bf16";
        return options.precision() == Precision.BF16
                ? "cuDNN computes it on cards of capability 8.0 and newer, this one has " + capability / 10 + "."
                        + capability % 10 + "; use precision " + served
                : "use precision " + served + ", or engine dl4j for fp64";
    }

    @Override
    public Precision preferred() {
        return capability < AMPERE ? Precision.FP32 : Precision.BF16;
    }

    @Override
    public Session open(Graph graph, Parameters parameters, Options options) {
        OpeningChecks.requireForParameters(this, options, advice(options));
        return CudaBackend.open(graph, parameters, options, devices.get());
    }

    @Override
    public Session open(Graph graph, TrainingState state, Options options) {
        OpeningChecks.requireForState(this, graph, options, advice(options));
        return CudaBackend.open(graph, state, options, devices.get());
    }
}
