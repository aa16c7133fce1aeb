package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a command line did, run inside the test.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 */
public record CommandRun(int code, String out, String err) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A console that nobody reads. */
    public static Console quiet() {
        return new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false);
    }

    /** Runs the program on a console that is no terminal, without any environment. */
    public static CommandRun of(String... args) {
        return with(Map.of(), args);
    }

    /** The same with arguments of any kind, by their texts. */
    public static CommandRun of(Object... args) {
        return of(Stream.of(args).map(Object::toString).toArray(String[]::new));
    }

    /** The same with environment variables. */
    public static CommandRun with(Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(out, true), new PrintWriter(err, true), false);
        int code = Main.run(args, console, environment);
        return new CommandRun(
                code, out.toString().replace("\r\n", "\n"), err.toString().replace("\r\n", "\n"));
    }

    /** A command line that must end well. */
    public static CommandRun done(Object... args) {
        return of(args).orFail();
    }

    /** What a command line answers that must end well and prints JSON. */
    public static JsonNode json(Object... args) {
        return done(args).asJson();
    }

    /** Itself, if it ended well. */
    public CommandRun orFail() {
        assertThat(code).as(err).isZero();
        return this;
    }

    /** The output as JSON. */
    public JsonNode asJson() {
        try {
            return JSON.readTree(out);
        } catch (JsonProcessingException e) {
            throw new AssertionError(out, e);
        }
    }
}
