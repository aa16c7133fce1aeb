package io.vertebra.backbones.embed;

import io.vertebra.backbones.Engines;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.EngineInFront;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** The onednn engine behind a gate: notes the batches and options that it is given, and lets evaluations wait for a permit. */
final class GatedEngine implements EngineInFront {
    private final Engine engine = Engines.named("onednn");
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    final List<Options> options = new CopyOnWriteArrayList<>();
    final List<Graph> graphs = new CopyOnWriteArrayList<>();
    final AtomicInteger closed = new AtomicInteger();
    final CountDownLatch firstArrived = new CountDownLatch(1);
    private final Semaphore permits;

    private GatedEngine(int permits) {
        this.permits = new Semaphore(permits);
    }

    /** Lets everything pass. */
    static GatedEngine open() {
        return new GatedEngine(1 << 20);
    }

    /** Lets nothing pass before {@link #release}. */
    static GatedEngine shut() {
        return new GatedEngine(0);
    }

    void release() {
        permits.release(1 << 20);
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Session open(Graph graph, Parameters parameters, Options wanted) {
        graphs.add(graph);
        options.add(wanted);
        Session session = engine.open(graph, parameters, wanted);
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("close")) {
                closed.incrementAndGet();
            }
            if (method.getName().equals("evaluate")) {
                Tensor.Floats input =
                        (Tensor.Floats) ((Batch) arguments[0]).inputs().get("input");
                batches.add(input.shape().n());
                firstArrived.countDown();
                permits.acquireUninterruptibly();
            }
            try {
                return method.getName().equals("evaluate") && arguments.length == 1
                        ? session.evaluate((Batch) arguments[0])
                        : method.invoke(session, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Session) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Session.class}, handler);
    }
}
