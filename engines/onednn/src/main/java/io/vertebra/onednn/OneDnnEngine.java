package io.vertebra.onednn;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.OpeningChecks;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.onednn.natives.Dnnl;
import io.vertebra.onednn.session.OneDnnBackend;
import java.util.EnumSet;
import java.util.Set;

/** The CPU engine: compiled static plans over oneDNN's primitives, in fp32 and bf16. */
final class OneDnnEngine implements Engine {
    static final String NAME = "onednn";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        String bf16 = Dnnl.hasBf16() ? "bf16" : Dnnl.servesBf16() ? "bf16 emulated, slow" : "no bf16";
        return "oneDNN " + Dnnl.version() + ", " + Dnnl.instructionSet() + ", " + bf16 + ", " + Dnnl.threads()
                + (Dnnl.threads() == 1 ? " thread" : " threads");
    }

    @Override
    public Set<Precision> precisions() {
        return Dnnl.servesBf16() ? EnumSet.of(Precision.FP32, Precision.BF16) : EnumSet.of(Precision.FP32);
    }

    @Override
    public Precision preferred() {
        return Dnnl.hasBf16() ? Precision.BF16 : Precision.FP32;
    }

    @Override
    public Session open(Graph graph, Parameters parameters, Options options) {
        OpeningChecks.requireForParameters(this, options, advice());
        return OneDnnBackend.open(graph, parameters, options);
    }

    @Override
    public Session open(Graph graph, TrainingState state, Options options) {
        OpeningChecks.requireForState(this, graph, options, advice());
        return OneDnnBackend.open(graph, state, options);
    }

    private String advice() {
        return "use precision fp32, or engine dl4j for fp64 (this machine: " + version() + ")";
    }
}
