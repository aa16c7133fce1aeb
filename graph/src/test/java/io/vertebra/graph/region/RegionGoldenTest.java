package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Size;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of a two-stage detector against torchvision; see {@code tools/goldens/graph_regions.py}. */
class RegionGoldenTest {
    private static final double TOLERANCE = 1e-4;
    private static final int PICTURES = 2;

    private static List<JsonNode> cases(String field) {
        try (InputStream in = RegionGoldenTest.class.getResourceAsStream("/goldens/regions.json")) {
            return List.copyOf(StreamSupport.stream(
                            new ObjectMapper().readTree(in).get(field).spliterator(), false)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> proposals() {
        return cases("proposals");
    }

    static List<JsonNode> training() {
        return cases("training");
    }

    private static float[] floats(JsonNode list) {
        return Close.floats(ReferenceCase.numbers(list).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    @ParameterizedTest
    @MethodSource("proposals")
    void proposesTheSameRegions(JsonNode one) {
        RegionProposals op = new RegionProposals(
                ReferenceCase.lists(one.get("sizes")),
                ReferenceCase.lists(one.get("ratios")),
                one.get("before").asInt(),
                one.get("count").asInt(),
                one.get("overlap").asDouble(),
                one.get("minSide").asDouble(),
                one.get("minScore").asDouble());
        RegionProposer proposer = RegionProposer.of(op, ReferenceCase.sizes(one.get("grids")), new Size(64, 80));
        float[] sizes = {64, 80, 57, 71};
        float[] rois = proposer.propose(floats(one.get("objectness")), floats(one.get("encodings")), sizes, PICTURES);
        assertThat(rois).hasSize(PICTURES * op.count() * 5);
        for (int n = 0; n < PICTURES; n++) {
            float[] wanted = Arrays.copyOf(floats(one.get("boxes").get(n)), 4 * op.count());
            for (int i = 0; i < op.count(); i++) {
                int row = 5 * (n * op.count() + i);
                assertThat(rois[row]).isEqualTo(n);
                Close.absolute(
                        Arrays.copyOfRange(rois, row + 1, row + 5),
                        Arrays.copyOfRange(wanted, 4 * i, 4 * i + 4),
                        TOLERANCE);
            }
        }
    }

    /** The candidates of both pictures, the truths of a picture behind its regions, as rows with picture numbers. */
    private static float[] rois(JsonNode one) {
        List<Float> rois = new ArrayList<>();
        for (int n = 0; n < PICTURES; n++) {
            float[] boxes = floats(one.get("candidates").get(n));
            for (int i = 0; i < boxes.length; i++) {
                if (i % 4 == 0) {
                    rois.add((float) n);
                }
                rois.add(boxes[i]);
            }
        }
        float[] all = new float[rois.size()];
        IntStream.range(0, all.length).forEach(i -> all[i] = rois.get(i));
        return all;
    }

    /** Three rows a picture; torchvision has no empty ones. */
    private static float[] truths(JsonNode one) {
        float[] truths = Arrays.copyOf(floats(one.get("truths").get(0)), 24);
        System.arraycopy(floats(one.get("truths").get(1)), 0, truths, 12, 4);
        return truths;
    }

    private static int[] labels(JsonNode one) {
        int[] labels = new int[6];
        for (int i = 0; i < 3; i++) {
            labels[i] = one.get("labels").get(0).get(i).asInt();
        }
        labels[3] = one.get("labels").get(1).get(0).asInt();
        return labels;
    }

    private static int[] classes(JsonNode one) {
        return StreamSupport.stream(one.get("classes").spliterator(), false)
                .flatMap(picture -> StreamSupport.stream(picture.spliterator(), false))
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("training")
    void givesTheSameClassesAndTargets(JsonNode one) {
        double positive = one.get("positive").asDouble();
        int[] found = RegionMatcher.labels(new RegionLabels(positive), rois(one), truths(one), labels(one), PICTURES);
        assertThat(found).isEqualTo(classes(one));
        RegionTargets op = new RegionTargets(positive, ReferenceCase.numbers(one.get("weights")));
        float[] targets = RegionMatcher.targets(op, rois(one), truths(one), labels(one), PICTURES);
        float[] first = floats(one.get("targets").get(0));
        Close.absolute(Arrays.copyOf(targets, first.length), first, TOLERANCE);
        Close.absolute(
                Arrays.copyOfRange(targets, first.length, targets.length),
                floats(one.get("targets").get(1)),
                TOLERANCE);
    }

    /** More samples than candidates: all are taken, positive ones first, with the truths that torchvision adds. */
    @ParameterizedTest
    @MethodSource("training")
    void knowsTheSameCandidatesAndPositives(JsonNode one) {
        int proposals = 30;
        int samples = 40;
        int[] classes = classes(one);
        float[] all = rois(one);
        float[] rois = new float[PICTURES * proposals * 5];
        List<List<Integer>> wanted = new ArrayList<>();
        int from = 0;
        for (int n = 0; n < PICTURES; n++) {
            System.arraycopy(all, 5 * from, rois, n * proposals * 5, proposals * 5);
            int start = from;
            int count = one.get("classes").get(n).size();
            wanted.add(IntStream.concat(
                            IntStream.range(start, start + count).filter(i -> classes[i] > 0),
                            IntStream.range(start, start + count).filter(i -> classes[i] == 0))
                    .boxed()
                    .toList());
            from += count;
        }
        RegionSamples op = new RegionSamples(samples, 1, one.get("positive").asDouble());
        float[] drawn = RegionDrawer.draw(op, rois, truths(one), labels(one), PICTURES, 7);
        for (int n = 0; n < PICTURES; n++) {
            for (int i = 0; i < samples; i++) {
                int row = 5 * (n * samples + i);
                float[] expected = {n, 0, 0, 0, 0};
                if (i < wanted.get(n).size()) {
                    int candidate = wanted.get(n).get(i);
                    expected = Arrays.copyOfRange(all, 5 * candidate, 5 * candidate + 5);
                }
                assertThat(Arrays.copyOfRange(drawn, row, row + 5)).isEqualTo(expected);
            }
        }
    }
}
