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
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Our engine through its public door: host arrays in, host arrays out. */
final class VertebraContestant implements Contestant {
    private final String name;
    private final Session session;
    private final Batch batch;
    private final LongConsumer pass;
    private long number;

    private VertebraContestant(Engine engine, Precision precision, Session session, Batch batch, LongConsumer pass) {
        this.name = engine.name() + " " + precision.name().toLowerCase(Locale.ROOT);
        this.session = session;
        this.batch = batch;
        this.pass = pass;
    }

    /** Whatever is done with a session opened for inference; {@code batch} is for profiles. */
    static VertebraContestant inference(
            Engine engine,
            Graph graph,
            Parameters parameters,
            Precision precision,
            Batch batch,
            Consumer<Session> pass) {
        Session session = engine.open(graph, parameters, Options.inference(precision));
        return new VertebraContestant(engine, precision, session, batch, number -> pass.accept(session));
    }

    /** A step of SGD with momentum. */
    static VertebraContestant training(
            Engine engine, Graph graph, Parameters parameters, Precision precision, Batch batch) {
        Update update = Update.of(new Optimizer.Sgd(0.9, false));
        Groups groups = Groups.all(graph, 1e-4);
        Session session = engine.open(
                graph,
                TrainingState.fresh(graph, parameters, update, groups),
                Options.training(precision, update, groups, 1));
        return new VertebraContestant(
                engine, precision, session, batch, number -> session.step(batch, Scalars.of(0.01, number)));
    }

    /** Where the time goes. */
    List<Session.Timing> profile(int repetitions) {
        return session.profile(batch, repetitions);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        pass.accept(number++);
    }

    @Override
    public void close() {
        session.close();
    }
}
