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

/** The engine for NVIDIA cards: compiled static plans in fp32, tf32 and bf16. Each session has a device of its own. */
public final class CudaEngine implements Engine {
    static final String NAME = "cuda";
    private static final String ADVICE = "use precision fp32, tf32 or bf16, or engine dl4j for fp64";

    private final Supplier<Device> devices;
    private final String version;

    /**
     * On one card.
     *
     * @param devices gives a new queue on it, which a session owns
     * @param version of card and libraries, for logs
     */
    public CudaEngine(Supplier<Device> devices, String version) {
        this.devices = devices;
        this.version = version;
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
        return EnumSet.of(Precision.FP32, Precision.TF32, Precision.BF16);
    }

    @Override
    public Precision preferred() {
        return Precision.BF16;
    }

    @Override
    public Session open(Graph graph, Parameters parameters, Options options) {
        OpeningChecks.requireForParameters(this, options, ADVICE);
        return CudaBackend.open(graph, parameters, options, devices.get());
    }

    @Override
    public Session open(Graph graph, TrainingState state, Options options) {
        OpeningChecks.requireForState(this, graph, options, ADVICE);
        return CudaBackend.open(graph, state, options, devices.get());
    }
}
