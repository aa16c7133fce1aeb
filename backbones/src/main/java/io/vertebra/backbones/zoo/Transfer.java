package io.vertebra.backbones.zoo;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One try of a download: asks for what is missing of a file, after redirects, and adds it to the part file. */
final class Transfer {
    private static final int MOST_REDIRECTS = 5;
    private static final long BETWEEN_REPORTS = Duration.ofMillis(200).toNanos();
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final HttpClient client;
    private final Zoo.Weights weights;
    private final PartFile part;
    private final Limits limits;
    private final Consumer<DownloadProgress> progress;

    Transfer(
            HttpClient client, Zoo.Weights weights, PartFile part, Limits limits, Consumer<DownloadProgress> progress) {
        this.client = client;
        this.weights = weights;
        this.part = part;
        this.limits = limits;
        this.progress = progress;
    }

    /** Returns when the part file is whole. */
    void run() throws IOException, TransferException {
        Optional<PartFile.Origin> known = part.origin().filter(o -> o.url().equals(weights.url()));
        long have = part.size();
        if (known.isPresent() && have == known.get().total()) {
            return; // a process ended between the last byte and the new name
        }
        boolean resumes = known.isPresent() && have > 0 && have < known.get().total();
        HttpResponse<Chunks> response = ask(resumes ? known : Optional.empty(), have);
        try (Chunks body = response.body()) {
            switch (response.statusCode()) {
                case 200 -> receive(body, restart(response.headers()));
                case 206 -> {
                    if (!resumes) {
                        throw TransferException.lasting("the server answers with a part of the file, unasked");
                    }
                    receive(
                            body,
                            OptionalLong.of(checkRange(
                                    response.headers(), have, known.get().total())));
                }
                case 416 -> {
                    part.discard();
                    throw TransferException.passing("the server has not the rest of what is here", null);
                }
                default -> throw refusal(response.statusCode());
            }
        }
    }

    private static TransferException refusal(int status) {
        String reason = "the server answers " + status;
        boolean mayPass = status == 408 || status == 425 || status == 429 || status >= 500;
        return mayPass ? TransferException.passing(reason, null) : TransferException.lasting(reason);
    }

    private HttpResponse<Chunks> ask(Optional<PartFile.Origin> from, long have) throws IOException, TransferException {
        URI at = URI.create(weights.url());
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(at)
                    .timeout(limits.stall())
                    .header("User-Agent", "vertebra")
                    .GET();
            from.ifPresent(o -> request.header("Range", "bytes=" + have + "-").header("If-Range", o.validator()));
            HttpResponse<Chunks> response = send(request.build());
            if (!List.of(301, 302, 303, 307, 308).contains(response.statusCode())) {
                return response;
            }
            response.body().close();
            at = redirected(at, response.headers().firstValue("Location").orElse(""));
        }
        throw TransferException.lasting("more than " + MOST_REDIRECTS + " redirects");
    }

    static URI redirected(URI from, String location) throws TransferException {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw TransferException.lasting("is redirected to what is no address");
        }
        boolean isDowngraded = "http".equals(to.getScheme()) && "https".equals(from.getScheme()) && !isLoopback(to);
        boolean isSafe = List.of("http", "https").contains(String.valueOf(to.getScheme())) && !isDowngraded;
        if (to.getHost() == null || !isSafe) {
            throw TransferException.lasting("is redirected to " + to + ", which is not safe");
        }
        return to;
    }

    private static boolean isLoopback(URI address) {
        return address.getHost() != null && LOOPBACK.matcher(address.getHost()).matches();
    }

    private HttpResponse<Chunks> send(HttpRequest request) throws IOException, TransferException {
        try {
            return client.send(request, info -> new Chunks());
        } catch (IOException e) {
            throw TransferException.passing(reason(e), e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while downloading " + weights.url());
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private OptionalLong restart(HttpHeaders headers) throws IOException, TransferException {
        OptionalLong total = headers.firstValueAsLong("Content-Length");
        if (total.isEmpty() && weights.sha256() == null) {
            throw TransferException.lasting("the server does not say how long the file is");
        }
        if (total.orElse(0) > limits.largest()) {
            throw tooLarge();
        }
        Optional<String> validator = headers.firstValue("ETag")
                .filter(tag -> tag.startsWith("\""))
                .or(() -> headers.firstValue("Last-Modified"));
        part.restart(
                total.isPresent()
                        ? validator.map(v -> new PartFile.Origin(weights.url(), total.getAsLong(), v))
                        : Optional.empty());
        return total;
    }

    private TransferException tooLarge() {
        return TransferException.lasting("has more than " + limits.largest() + " bytes");
    }

    private long checkRange(HttpHeaders headers, long have, long total) throws IOException, TransferException {
        Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
        boolean fits = range.matches()
                && Long.parseLong(range.group(1)) == have
                && Long.parseLong(range.group(2)) == total - 1
                && Long.parseLong(range.group(3)) == total;
        if (!fits) {
            part.discard();
            throw TransferException.passing("the server sends another part than was asked for", null);
        }
        return total;
    }

    private void receive(Chunks body, OptionalLong total) throws IOException, TransferException {
        long first = part.size();
        long began = limits.nanoTime().getAsLong();
        long reported = began;
        long received = first;
        progress.accept(new DownloadProgress(weights, first, total, 0));
        try (FileChannel out = part.append()) {
            for (Optional<List<ByteBuffer>> next = next(body); next.isPresent(); next = next(body)) {
                for (ByteBuffer bytes : next.get()) {
                    received += bytes.remaining();
                    if (received > total.orElse(limits.largest())) {
                        throw total.isPresent() ? TransferException.lasting("sends more than it said") : tooLarge();
                    }
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                }
                long now = limits.nanoTime().getAsLong();
                if (now - reported >= BETWEEN_REPORTS) {
                    progress.accept(
                            new DownloadProgress(weights, received, total, rate(received - first, now - began)));
                    reported = now;
                }
            }
        }
        if (total.isPresent() && received < total.getAsLong()) {
            throw TransferException.passing(
                    "the connection ended after " + received + " of " + total.getAsLong() + " bytes", null);
        }
        double rate = rate(received - first, limits.nanoTime().getAsLong() - began);
        progress.accept(new DownloadProgress(weights, received, OptionalLong.of(received), rate));
    }

    private Optional<List<ByteBuffer>> next(Chunks body) throws IOException, TransferException {
        try {
            return body.next(limits.stall());
        } catch (IOException e) {
            throw TransferException.passing(reason(e), e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static double rate(long bytes, long nanos) {
        return nanos > 0 ? bytes * 1e9 / nanos : 0;
    }
}
