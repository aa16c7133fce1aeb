package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.Console;
import io.vertebra.graph.engine.Session.Timing;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorTableTest {
    private static final List<Timing> ROWS = List.of(
            new Timing("conv1", "convolution", "forward", "jit", 2, 30_000_000, 7_000_000),
            new Timing("input", "copy", "forward", "reorder", 0, 0, 5));

    private static List<String> printed(List<Timing> rows) {
        StringWriter out = new StringWriter();
        OperatorTable.print(rows, new Console(new PrintWriter(out, true), new PrintWriter(new StringWriter()), false));
        return out.toString().lines().toList();
    }

    @Test
    void bothRatesStandBesideTheTime() {
        assertThat(printed(ROWS))
                .containsExactly(
                        "       ms  GFLOP/s     GB/s  pass             operator                 implementation               name",
                        "    2.000     30.0      3.5  forward          convolution              jit                          conv1",
                        "    0.000      0.0      0.0  forward          copy                     reorder                      input");
        assertThat(printed(List.of())).isEmpty();
    }

    @Test
    void programsGetCounts() {
        JsonNode first = OperatorTable.json(ROWS).get(0);
        assertThat(first.toString())
                .isEqualTo("{\"name\":\"conv1\",\"operator\":\"convolution\",\"pass\":\"forward\","
                        + "\"implementation\":\"jit\",\"ms\":2.0,\"macs\":30000000,\"bytes\":7000000}");
        assertThat(OperatorTable.json(ROWS)).hasSize(2);
    }
}
