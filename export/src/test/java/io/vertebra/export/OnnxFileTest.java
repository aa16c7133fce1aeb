package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the file, read field by field as onnx.proto numbers them. */
class OnnxFileTest {
    private static final OnnxOptions OPTIONS = OnnxOptions.of(new Size(6, 5));

    /** A convolution, ReLU and dropout over pictures of any size. */
    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        Node y = g.relu(g.conv("conv", x, Conv.of(3, 2).withBias()));
        g.output("features", y);
        g.output("logits", g.dropout(y, 0.5));
        return g.build();
    }

    private static UnknownFieldSet parsed(OnnxOptions options) {
        Graph graph = graph();
        return parsed(OnnxExport.of(graph, Parameters.initialize(graph, 1), options));
    }

    private static UnknownFieldSet parsed(OnnxModel model) {
        try {
            return UnknownFieldSet.parseFrom(model.toBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<UnknownFieldSet> messages(UnknownFieldSet of, int number) {
        return of.getField(number).getLengthDelimitedList().stream().map(bytes -> {
            try {
                return UnknownFieldSet.parseFrom(bytes);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static UnknownFieldSet message(UnknownFieldSet of, int number) {
        return messages(of, number).findFirst().orElseThrow();
    }

    private static List<String> texts(UnknownFieldSet of, int number) {
        return of.getField(number).getLengthDelimitedList().stream()
                .map(ByteString::toStringUtf8)
                .toList();
    }

    private static String text(UnknownFieldSet of, int number) {
        return texts(of, number).get(0);
    }

    private static long number(UnknownFieldSet of, int number) {
        return of.getField(number).getVarintList().get(0);
    }

    @ParameterizedTest
    @CsvSource({"13, 7", "14, 7", "15, 8", "17, 8", "18, 8", "19, 9", "20, 9", "21, 10"})
    void saysTheVersions(int opset, int format) {
        UnknownFieldSet model = parsed(OPTIONS.opset(opset));
        assertThat(number(model, 1)).isEqualTo(format);
        assertThat(text(model, 2)).isEqualTo("vertebra");
        assertThat(number(message(model, 8), 2)).isEqualTo(opset);
        assertThat(text(message(model, 8), 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 22})
    void refusesOtherVersions(int opset) {
        assertThatThrownBy(() -> OPTIONS.opset(opset))
                .isInstanceOf(GraphException.class)
                .hasMessage("opset: must lie in [13, 21], is " + opset);
    }

    @Test
    void namesNodesValuesAndParameters() {
        UnknownFieldSet graph = message(parsed(OPTIONS), 7);
        assertThat(messages(graph, 1).map(n -> text(n, 4))).containsExactly("Conv", "Relu", "Identity");
        assertThat(messages(graph, 1).map(n -> text(n, 3))).containsExactly("conv", "features", "logits");
        assertThat(messages(graph, 1).map(n -> texts(n, 1)))
                .containsExactly(List.of("input", "conv.weight", "conv.bias"), List.of("conv"), List.of("features"));
        assertThat(messages(graph, 5).map(t -> text(t, 8))).containsExactly("conv.weight", "conv.bias");
        assertThat(messages(graph, 5).map(t -> t.getField(1).getVarintList()))
                .containsExactly(List.of(2L, 3L, 3L, 3L), List.of(2L));
    }

    @Test
    void fixesThePictureAndLeavesTheBatchFree() {
        UnknownFieldSet graph = message(parsed(OPTIONS), 7);
        assertThat(doors(graph, 11)).containsExactly("input [batch, 3, 6, 5]");
        assertThat(doors(graph, 12)).containsExactly("features [batch, 2, 6, 5]", "logits [batch, 2, 6, 5]");
    }

    private static Stream<String> doors(UnknownFieldSet graph, int number) {
        return messages(graph, number).map(door -> {
            UnknownFieldSet tensor = message(message(door, 2), 1);
            assertThat(number(tensor, 1)).as("float").isEqualTo(1);
            List<String> axes = messages(message(tensor, 2), 1)
                    .map(axis -> axis.hasField(2) ? text(axis, 2) : String.valueOf(number(axis, 1)))
                    .toList();
            return text(door, 1) + " " + axes;
        });
    }

    @Test
    void takesOtherNames() {
        OnnxOptions options = OPTIONS.names(Map.of("input", "images", "logits", "output0"));
        UnknownFieldSet graph = message(parsed(options), 7);
        assertThat(doors(graph, 11)).containsExactly("images [batch, 3, 6, 5]");
        assertThat(doors(graph, 12)).containsExactly("features [batch, 2, 6, 5]", "output0 [batch, 2, 6, 5]");
    }

    @Test
    void refusesNamesOfNothingAndNamesThatAreTaken() {
        assertThatThrownBy(() -> parsed(OPTIONS.names(Map.of("conv", "c"))))
                .hasMessage("conv: is no output; there are features, logits");
        assertThatThrownBy(() -> parsed(OPTIONS.names(Map.of("features", "conv.bias"))))
                .hasMessage("conv.bias is the name of two values of the file");
    }

    @Test
    void keepsMetadataInOrder() {
        UnknownFieldSet model = parsed(OPTIONS.metadata(Map.of("layout", "NCHW")));
        assertThat(messages(model, 14).map(e -> text(e, 1) + "=" + text(e, 2))).containsExactly("layout=NCHW");
        assertThat(messages(parsed(OPTIONS), 14)).isEmpty();
    }

    @Test
    void refusesASizeThatDoesNotFit() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.relu(g.image(3, 8, 8)));
        Graph graph = g.build();
        assertThatThrownBy(() -> OnnxExport.of(graph, Parameters.zeros(graph), OPTIONS))
                .isInstanceOf(GraphException.class)
                .hasMessage("input: has the shape (1, 3, 6, 5), the model wants (?, 3, 8, 8)");
    }

    @Test
    void refusesParametersOfAnotherGraph() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.relu(g.image(3, 8, 8)));
        Parameters other = Parameters.zeros(g.build());
        assertThatThrownBy(() -> OnnxExport.of(graph(), other, OPTIONS))
                .hasMessage("conv.weight: is no parameter of this graph");
    }

    @Test
    void knowsItsLength() throws IOException {
        GraphBuilder g = new GraphBuilder();
        g.output("logits", g.linear("fc", g.flatten(g.image(50, 40, 40)), 3)); // more than one chunk of floats
        Graph graph = g.build();
        OnnxModel model = OnnxExport.of(graph, Parameters.initialize(graph, 3), OnnxOptions.of(Size.of(40)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        model.writeTo(bytes);
        assertThat(bytes.size()).isEqualTo((int) model.size()).isGreaterThan(4 * 3 * 50 * 40 * 40);
        assertThat(bytes.toByteArray()).isEqualTo(model.toBytes());
    }

    @Test
    void refusesWhatProtobufCannotHold() {
        assertThatCode(() -> OnnxModel.requireReadable(Integer.MAX_VALUE)).doesNotThrowAnyException();
        assertThatThrownBy(() -> OnnxModel.requireReadable(1L + Integer.MAX_VALUE))
                .isInstanceOf(GraphException.class)
                .hasMessage("the ONNX file would have 2147483648 bytes, protobuf ends at 2147483647;"
                        + " export safetensors instead");
    }

    /** An output that is an input, and two outputs of one node. */
    @Test
    void runsOutputsThatNeedNoOperator() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(1, 1, 2);
        g.output("same", x);
        g.output("a", g.relu(x));
        g.output("b", g.outputs().get("a"));
        Graph graph = g.build();
        OnnxModel model = OnnxExport.of(graph, Parameters.zeros(graph), OnnxOptions.of(new Size(1, 2)));
        Outputs outputs = Written.run(model, Map.of("input", Tensor.of(new float[] {-1, 2}, 1, 1, 1, 2)));
        assertThat(outputs.names()).containsExactly("same", "a", "b");
        assertThat(outputs.get("same").data()).containsExactly(-1, 2);
        assertThat(outputs.get("a").data()).containsExactly(0, 2);
        assertThat(outputs.get("b").data()).containsExactly(0, 2);
    }

    /** Two uses with one spread of the factors, and one of vectors with another. */
    @Test
    void sharedParametersStandInTheFileOnce() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(2, 2, 1);
        Node conv = g.conv("conv", x, Conv.of(1, 2).withBias());
        Node norm = g.layerNorm("norm", conv, 1e-3);
        Node again = g.again(norm, g.again(conv, g.relu(x)));
        g.output("a", norm);
        g.output("b", again);
        g.output("c", g.again(norm, g.globalAveragePool(conv)));
        Graph graph = g.build();
        Parameters parameters = Parameters.initialize(graph, 1);
        parameters.get("norm.weight")[1] = 3;
        OnnxModel model =
                OnnxExport.of(graph, parameters, OnnxOptions.of(new Size(2, 1)).opset(17));
        assertThat(messages(message(parsed(model), 7), 5).map(t -> text(t, 8)))
                .containsExactly("conv.weight", "conv.bias", "norm.weight", "norm.bias");
        Map<String, Tensor> picture = Map.of("input", Tensor.of(new float[] {1, 2, 5, 3}, 1, 2, 2, 1));
        Outputs outputs = Written.run(model, picture);
        assertThat(outputs.get("b").data()).isEqualTo(outputs.get("a").data()).doesNotContain(0);
        OnnxModel composed =
                OnnxExport.of(graph, parameters, OnnxOptions.of(new Size(2, 1)).opset(13));
        Outputs older = Written.run(composed, picture);
        for (String name : outputs.names()) {
            assertThat(OnnxCheck.difference(
                            outputs.get(name).data(), older.get(name).data()))
                    .as(name)
                    .isLessThan(1e-5);
        }
    }

    @Test
    void saysWhichAxesCountRegions() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(2, 6, 5);
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        Node cut = g.roiAlign(x, rois, new RoiAlign(Size.of(2), 1, 2, false));
        g.output("map", g.relu(x));
        g.output("cut", g.globalAveragePool(cut));
        Graph graph = g.build();
        UnknownFieldSet file = message(parsed(OnnxExport.of(graph, Parameters.zeros(graph), OPTIONS)), 7);
        assertThat(doors(file, 11)).containsExactly("input [batch, 2, 6, 5]", "rois [regions, 5]");
        assertThat(doors(file, 12)).containsExactly("map [batch, 2, 6, 5]", "cut [regions, 2]");
    }

    /** A node may be called as a parameter of another one. */
    @Test
    void keepsNamesApart() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("a", g.image(1, 2, 2), Conv.of(1, 1));
        g.output("y", g.relu(g.in("a").conv("weight", x, Conv.of(1, 1))));
        Graph graph = g.build();
        Parameters parameters = Parameters.zeros(graph);
        parameters.get("a.weight")[0] = 3;
        parameters.get("a.weight.weight")[0] = 5;
        OnnxModel model = OnnxExport.of(graph, parameters, OnnxOptions.of(Size.of(2)));
        Outputs outputs = Written.run(model, Map.of("input", Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2)));
        assertThat(outputs.get("y").data()).containsExactly(15, 30, 45, 60);
    }

    @Test
    void saysWhatRuntimesRefuse(@TempDir Path folder) throws IOException {
        assertThat(OnnxRuntimes.isPresent()).isTrue();
        Path file = Files.write(folder.resolve("no.onnx"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> OnnxRuntimes.run(file, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("ONNX Runtime: ");
    }
}
