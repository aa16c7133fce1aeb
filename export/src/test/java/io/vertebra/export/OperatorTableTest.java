package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.vertebra.dl4j.network.Dl4j;
import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.contract.PortableCases;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Op;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The table of operators in {@code docs/export.md} is what is written. */
class OperatorTableTest {
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (.*) \\| (.*) \\|");
    private static final Pattern TYPE = Pattern.compile("\\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\\b");
    private static final Set<String> WORDS = Set.of("ReLU6");

    private record Row(String onnx, String dl4j) {}

    private static final Map<String, Row> ROWS = new LinkedHashMap<>();

    /** The cases in which each kind of operator stands. */
    private static final Map<String, List<OperatorCase>> CASES = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        String page = Files.readString(Path.of("../docs/export.md"));
        Matcher row = ROW.matcher(page.substring(page.indexOf("<!-- operators")));
        while (row.find()) {
            assertThat(ROWS.put(row.group(1), new Row(row.group(2), row.group(3))))
                    .isNull();
        }
        for (OperatorCase one : Cases.all()) {
            one.graph().nodes().stream()
                    .map(n -> n.op().kind())
                    .distinct()
                    .forEach(kind ->
                            CASES.computeIfAbsent(kind, k -> new ArrayList<>()).add(one));
        }
    }

    @Test
    void everyOperatorHasARow() {
        Set<String> all = new TreeSet<>();
        for (Class<?> type : Op.class.getPermittedSubclasses()) {
            all.add(Op.kind(type.asSubclass(Op.class)));
        }
        assertThat(new TreeSet<>(ROWS.keySet())).isEqualTo(all);
    }

    @Test
    void whatIsRefusedIsSaidToBe() {
        ROWS.forEach((kind, row) -> {
            List<OperatorCase> cases = CASES.get(kind);
            assertThat(row.onnx().equals("refused"))
                    .as(kind)
                    .isEqualTo(cases.stream().allMatch(one -> isRefused(() -> onnx(one, 17))));
            assertThat(row.dl4j().equals("refused"))
                    .as(kind)
                    .isEqualTo(cases.stream().allMatch(one -> isRefused(() -> dl4j(one))));
        });
    }

    private static boolean isRefused(Runnable writing) {
        try {
            writing.run();
            return false;
        } catch (GraphException e) {
            return true;
        }
    }

    @Test
    void theTypesOfOnnxAreThere() throws InvalidProtocolBufferException {
        for (Map.Entry<String, Row> row : ROWS.entrySet()) {
            Set<String> said = types(row.getValue().onnx());
            Set<String> written = new TreeSet<>();
            for (OperatorCase one : said.isEmpty() ? List.<OperatorCase>of() : CASES.get(row.getKey())) {
                if (!isRefused(() -> onnx(one, 17))) {
                    written.addAll(typesOf(onnx(one, 17)));
                    written.addAll(typesOf(onnx(one, 20)));
                }
            }
            assertThat(written).as(row.getKey()).containsAll(said);
        }
    }

    @Test
    void theLayersOfDl4jAreThere() {
        for (Map.Entry<String, Row> row : ROWS.entrySet()) {
            Set<String> said = types(row.getValue().dl4j());
            boolean isOurs = row.getValue().dl4j().contains("*vertebra-dl4j*");
            Set<String> written = new TreeSet<>();
            for (OperatorCase one : said.isEmpty() && !isOurs ? List.<OperatorCase>of() : CASES.get(row.getKey())) {
                if (!isRefused(() -> dl4j(one))) {
                    written.addAll(layers(dl4j(one)));
                }
            }
            assertThat(written).as(row.getKey()).containsAll(said);
            assertThat(written.contains("*vertebra-dl4j*") || !isOurs)
                    .as(row.getKey())
                    .isTrue();
        }
    }

    private static Set<String> types(String cell) {
        Set<String> types = new TreeSet<>();
        Matcher matcher = TYPE.matcher(cell);
        while (matcher.find()) {
            if (!WORDS.contains(matcher.group())) {
                types.add(matcher.group());
            }
        }
        return types;
    }

    private static byte[] onnx(OperatorCase one, int opset) {
        OnnxOptions options = OnnxOptions.of(PortableCases.picture(one)).opset(opset);
        return OnnxExport.of(one.graph(), one.parameters(Precision.FP32), options)
                .toBytes();
    }

    private static ComputationGraphConfiguration dl4j(OperatorCase one) {
        return Dl4j.toComputationGraph(one.graph(), one.parameters(Precision.FP32), PortableCases.picture(one))
                .getConfiguration();
    }

    private static Set<String> typesOf(byte[] file) throws InvalidProtocolBufferException {
        UnknownFieldSet model = UnknownFieldSet.parseFrom(file);
        UnknownFieldSet graph = UnknownFieldSet.parseFrom(
                model.getField(7).getLengthDelimitedList().get(0));
        Set<String> types = new TreeSet<>();
        for (ByteString node : graph.getField(1).getLengthDelimitedList()) {
            types.add(UnknownFieldSet.parseFrom(node)
                    .getField(4)
                    .getLengthDelimitedList()
                    .get(0)
                    .toStringUtf8());
        }
        return types;
    }

    private static Set<String> layers(ComputationGraphConfiguration configuration) {
        Set<String> names = new TreeSet<>();
        for (GraphVertex vertex : configuration.getVertices().values()) {
            Object layer = vertex instanceof LayerVertex of
                    ? of.getLayerConf().getLayer()
                    : vertex instanceof PreprocessorVertex of ? of.getPreProcessor() : vertex;
            boolean isOurs = layer.getClass().getPackageName().equals(Dl4j.class.getPackageName());
            names.add(isOurs ? "*vertebra-dl4j*" : layer.getClass().getSimpleName());
        }
        return names;
    }
}
