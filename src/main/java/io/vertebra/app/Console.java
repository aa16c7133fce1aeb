package io.vertebra.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Where results and remarks go: results to standard output, everything for people to standard error. */
public final class Console {
    /** Made when it is first needed: help should not wait for it. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    }

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean isTerminal;

    /** A console whose standard error may show a bar that rewrites itself, or may not. */
    public Console(PrintWriter out, PrintWriter err, boolean isTerminal) {
        this.out = out;
        this.err = err;
        this.isTerminal = isTerminal;
    }

    /** The console of this process; the launcher tells by a property whether standard error is a terminal. */
    static Console ofProcess(Map<String, String> environment) {
        boolean isTerminal = Boolean.getBoolean("vertebra.terminal") && !"dumb".equals(environment.get("TERM"));
        return new Console(
                writer(System.out),
                writer(System.err),
                isTerminal && environment.getOrDefault("CI", "").isEmpty());
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** A line of the result. */
    public void result(String line) {
        out.println(line);
    }

    /** The result for programs: one JSON object. */
    public void result(JsonNode object) {
        try {
            out.println(Json.MAPPER.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON that cannot be written", e);
        }
    }

    /** A value as JSON, for parts of a result. */
    public static JsonNode json(Object value) {
        return Json.MAPPER.valueToTree(value);
    }

    /** A remark for people. */
    public void say(String line) {
        err.println(line);
    }

    /** Whether remarks may rewrite their line. */
    public boolean isTerminal() {
        return isTerminal;
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }
}
