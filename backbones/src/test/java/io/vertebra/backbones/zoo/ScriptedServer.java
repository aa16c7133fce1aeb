package io.vertebra.backbones.zoo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** An HTTP server on loopback that answers one request after another by a script: the last answer again and again. */
final class ScriptedServer implements AutoCloseable {

    /** Writes an answer, malformed as it may be; the connection is closed after it. */
    @FunctionalInterface
    interface Answer {
        void to(Request request, Socket socket) throws IOException, InterruptedException;
    }

    /** What was asked; names of headers in any case. */
    record Request(String path, Map<String, String> headers) {
        String header(String name) {
            return headers.get(name);
        }
    }

    private final ServerSocket server;
    private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::serve, "scripted-server");

    ScriptedServer(Answer... answers) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        script.addAll(Arrays.asList(answers));
        thread.setDaemon(true);
        thread.start();
    }

    /** The address of a path. */
    String url(String path) {
        return "http://127.0.0.1:" + server.getLocalPort() + path;
    }

    /** What was asked so far. */
    List<Request> requests() {
        return requests;
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                Request request = read(socket);
                requests.add(request);
                Answer answer = script.size() > 1 ? script.remove() : script.element();
                answer.to(request, socket);
            } catch (IOException e) {
                // the client went away, or the test is over
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static Request read(Socket socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        String first = in.readLine();
        if (first == null) {
            throw new IOException("no request");
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            headers.put(
                    line.substring(0, line.indexOf(':')),
                    line.substring(line.indexOf(':') + 1).strip());
        }
        return new Request(first.split(" ", -1)[1], headers);
    }

    @Override
    public void close() {
        try {
            server.close();
            thread.interrupt();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A head and part of a body. */
    static Answer answer(String status, String headers, byte[] body) {
        return (request, socket) -> write(socket, status, headers, body);
    }

    private static void write(Socket socket, String status, String headers, byte[] body) throws IOException {
        OutputStream out = socket.getOutputStream();
        String head = "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    /** All of a file that goes by this validator ({@code ETag: "1"}). */
    static Answer file(byte[] content, String validator) {
        return cut(content, validator, content.length);
    }

    /** The file, but the connection ends after some of its bytes. */
    static Answer cut(byte[] content, String validator, int after) {
        String headers = "Content-Length: " + content.length + "\r\n" + validator + "\r\n";
        return answer("200 OK", headers, Arrays.copyOf(content, after));
    }

    /** The range that is asked for, which must be one to the end. */
    static Answer rest(byte[] content) {
        return rest(content, content.length);
    }

    /** The range that is asked for, but the connection ends where so many bytes of the file have been sent. */
    static Answer rest(byte[] content, int end) {
        return (request, socket) -> {
            int from = Integer.parseInt(request.header("Range").replaceAll("bytes=(\\d+)-", "$1"));
            String headers = "Content-Length: " + (content.length - from) + "\r\nContent-Range: bytes " + from + "-"
                    + (content.length - 1) + "/" + content.length + "\r\n";
            write(socket, "206 Partial Content", headers, Arrays.copyOfRange(content, from, end));
        };
    }

    /** What another answers, but then the connection stays open, and nothing comes. */
    static Answer stalls(Answer first) {
        return (request, socket) -> {
            first.to(request, socket);
            while (socket.getInputStream().read() >= 0) {
                // until the client goes away
            }
        };
    }

    /** Silence from the beginning. */
    static Answer silence() {
        return stalls((request, socket) -> {});
    }

    /** What another answers, when the latch opens. */
    static Answer when(CountDownLatch latch, Answer then) {
        return (request, socket) -> {
            latch.await();
            then.to(request, socket);
        };
    }

    /** Only a status. */
    static Answer status(String status) {
        return answer(status, "Content-Length: 0\r\n", new byte[0]);
    }

    /** A redirect. */
    static Answer redirect(String location) {
        return answer("302 Found", "Content-Length: 0\r\nLocation: " + location + "\r\n", new byte[0]);
    }
}
