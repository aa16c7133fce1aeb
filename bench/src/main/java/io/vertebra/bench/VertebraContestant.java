package io.vertebra.bench;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import java.util.Locale;

/** Our engine through its public door: host arrays in, host arrays out. */
final class VertebraContestant implements Contestant {
    private final String name;
    private final Session session;
    private final Batch batch;
    private final boolean training;
    private long step;

    VertebraContestant(Engine engine, Graph graph, boolean training, Precision precision, int batch, int size) {
        this.name = engine.name() + " " + precision.name().toLowerCase(Locale.ROOT);
        this.training = training;
        Parameters parameters = Parameters.initialize(graph, 1);
        Tensor.Floats images = Tensor.of(Pixels.of(batch * 3 * size * size), batch, 3, size, size);
        if (training) {
            Update update = Update.of(new Optimizer.Sgd(0.9, false));
            Groups groups = Groups.all(graph, 1e-4);
            session = engine.open(
                    graph,
                    TrainingState.fresh(graph, parameters, update, groups),
                    Options.training(precision, update, groups, 1));
            this.batch = Batch.of(images, Tensor.of(Pixels.labels(batch), batch));
        } else {
            session = engine.open(graph, parameters, Options.inference(precision));
            this.batch = Batch.of(images);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        if (training) {
            session.step(batch, Scalars.of(0.01, step++));
        } else {
            session.evaluate(batch);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
