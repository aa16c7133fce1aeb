package io.vertebra.backbones.zoo;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer, piece by piece; unlike the client's stream it does not wait for ever. The next piece is asked for when
 * one is taken, so that no more than two are held.
 */
final class Chunks implements HttpResponse.BodySubscriber<Chunks>, AutoCloseable {

    /** Exactly one is not null; both are null at the end. */
    private record Arrival(List<ByteBuffer> bytes, Throwable failure) {}

    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private Flow.Subscription subscription;
    private boolean isClosed;

    /** The next bytes; empty at the end. */
    Optional<List<ByteBuffer>> next(Duration stall) throws IOException, InterruptedException {
        Arrival arrival = arrivals.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
        if (arrival == null) {
            throw new HttpTimeoutException("nothing arrived for " + stall.toMillis() / 1000.0 + " s");
        }
        if (arrival.failure() != null) {
            throw new IOException(arrival.failure().getMessage(), arrival.failure());
        }
        if (arrival.bytes() != null) {
            request();
        }
        return Optional.ofNullable(arrival.bytes());
    }

    @Override
    public CompletionStage<Chunks> getBody() {
        return CompletableFuture.completedStage(this);
    }

    private synchronized void request() {
        subscription.request(1);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (isClosed) {
            given.cancel(); // the answer was given up before its body began
        } else {
            given.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        arrivals.add(new Arrival(bytes, null));
    }

    @Override
    public void onError(Throwable failure) {
        arrivals.add(new Arrival(null, failure));
    }

    @Override
    public void onComplete() {
        arrivals.add(new Arrival(null, null));
    }

    /** Wants no more: the client closes the connection unless all of the body has come. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
