package io.vertebra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Masks as COCO's tools write, make and compare them; the numbers are pycocotools' own. */
class MaskFilesTest {

    private static final String REFERENCE = "data/coco_eval_reference/mask_api.json";

    private static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::doubleValue)
                .toArray();
    }

    @TestFactory
    Stream<DynamicTest> polygonsBecomeTheMasksOfPycocotools() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode c : Shared.json(REFERENCE).get("cases")) {
            tests.add(DynamicTest.dynamicTest("polygons " + tests.size(), () -> {
                int height = c.get("height").intValue();
                int width = c.get("width").intValue();
                List<double[]> polygons = new ArrayList<>();
                c.get("polygons").forEach(p -> polygons.add(doubles(p)));
                Mask mask = PolygonMask.of(height, width, polygons);
                double[] runs = doubles(c.get("rle_uncompressed"));
                assertThat(mask.runs())
                        .containsExactly(java.util.Arrays.stream(runs)
                                .mapToInt(r -> (int) r)
                                .toArray());
                String text = c.get("rle_compressed").textValue();
                assertThat(RleCodec.encode(mask)).isEqualTo(text);
                assertThat(RleCodec.decode(height, width, text)).isEqualTo(mask);
                PackedMask packed = PackedMask.of(height, width, text);
                assertThat(packed.unpacked()).isEqualTo(mask);
                assertThat(packed.area()).isEqualTo(mask.area());
                assertThat(packed.bounds()).isEqualTo(mask.bounds());
                assertThat(mask.area()).isEqualTo(c.get("area").intValue());
                double[] box = doubles(c.get("bbox"));
                assertThat(mask.bounds()
                                .map(b -> new double[] {b.x1(), b.y1(), b.x2() - b.x1(), b.y2() - b.y1()})
                                .orElse(new double[4]))
                        .containsExactly(box);
            }));
        }
        assertThat(tests).hasSize(40);
        return tests.stream();
    }

    @Test
    void overlapsAreThoseOfPycocotools() {
        JsonNode reference = Shared.json(REFERENCE).get("mask_iou");
        int height = reference.get("height").intValue();
        int width = reference.get("width").intValue();
        for (int d = 0; d < 4; d++) {
            Mask detection =
                    RleCodec.decode(height, width, reference.at("/dt/" + d).textValue());
            for (int t = 0; t < 5; t++) {
                Mask truth =
                        RleCodec.decode(height, width, reference.at("/gt/" + t).textValue());
                boolean crowd = reference.at("/iscrowd/" + t).intValue() == 1;
                assertThat(crowd ? MaskOverlap.ioCrowd(detection, truth) : MaskOverlap.iou(detection, truth))
                        .isCloseTo(reference.at("/iou/" + d + "/" + t).doubleValue(), within(1e-15));
            }
        }
        Mask first = RleCodec.decode(height, width, reference.at("/dt/0").textValue());
        Mask second = RleCodec.decode(height, width, reference.at("/dt/1").textValue());
        assertThat(RleCodec.encode(first.union(second)))
                .isEqualTo(reference.get("union_of_dt0_dt1").textValue());
        assertThat(RleCodec.encode(first.intersection(second)))
                .isEqualTo(reference.get("intersection_of_dt0_dt1").textValue());
    }

    @TestFactory
    Stream<DynamicTest> setsOfPixelsJoinAndMeet() {
        return Cases.seeded(200, random -> {
            LabelMap map = Cases.map(random, 4); // bit 0: in one mask, bit 1: in the other
            Mask one = Mask.where(map, 1).union(Mask.where(map, 3));
            Mask other = Mask.where(map, 2).union(Mask.where(map, 3));
            assertThat(one.intersection(other)).isEqualTo(Mask.where(map, 3));
            assertThat(one.common(other)).isEqualTo(Mask.where(map, 3).area());
            int outside = Mask.where(map, 0).area();
            int pixels = map.height() * map.width();
            assertThat(one.union(other).area()).isEqualTo(pixels - outside);
            assertThat(MaskOverlap.iou(one, other))
                    .isEqualTo(MaskOverlap.iou(other, one))
                    .isBetween(0.0, 1.0);
            assertThat(MaskOverlap.iou(one, one)).isEqualTo(one.area() == 0 ? 0 : 1);
            assertThat(RleCodec.decode(map.height(), map.width(), RleCodec.encode(one)))
                    .isEqualTo(one);
            PackedMask packed = PackedMask.of(one);
            assertThat(packed.text()).isEqualTo(RleCodec.encode(one));
            assertThat(packed.unpacked()).isEqualTo(one);
            assertThat(packed.area()).isEqualTo(one.area());
            assertThat(packed.bounds()).isEqualTo(one.bounds()).isEqualTo(box(map.height(), one));
        });
    }

    /** Of every pixel by itself. */
    private static Optional<Box> box(int height, Mask mask) {
        LabelMap pixels = mask.toMap();
        int left = Integer.MAX_VALUE;
        int top = Integer.MAX_VALUE;
        int right = -1;
        int bottom = -1;
        for (int i = 0; i < height * mask.width(); i++) {
            if (pixels.at(i % height, i / height) == 1) {
                left = Math.min(left, i / height);
                right = Math.max(right, i / height);
                top = Math.min(top, i % height);
                bottom = Math.max(bottom, i % height);
            }
        }
        return right < 0 ? Optional.empty() : Optional.of(new Box(left, top, right + 1, bottom + 1));
    }

    @Test
    void emptyRunsWithinAMaskDoNotMatter() {
        Mask odd = Mask.ofRuns(2, 3, 0, 0, 1, 0, 0, 2, 3, 0, 0);
        Mask plain = Mask.ofRuns(2, 3, 1, 2, 3);
        assertThat(odd.common(plain)).isEqualTo(2);
        assertThat(plain.common(odd)).isEqualTo(2);
        assertThat(odd.union(plain)).isEqualTo(plain);
        assertThat(odd.intersection(plain)).isEqualTo(plain);
        assertThat(RleCodec.decode(2, 3, RleCodec.encode(odd))).isEqualTo(odd);
    }

    @Test
    void masksOfDifferentSizesDoNotCompare() {
        Mask wide = Mask.ofRuns(2, 3, 6);
        Mask high = Mask.ofRuns(3, 2, 6);
        assertThatThrownBy(() -> wide.common(high)).hasMessage("mask: 3x2 does not lie over 2x3");
        assertThatThrownBy(() -> wide.union(high)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Mask.ofRuns(2, 2, 4).intersection(wide)).isInstanceOf(IllegalArgumentException.class);
    }

    @TestFactory
    Stream<DynamicTest> rectanglesOnPixelBordersAreFilledExactly() {
        return Cases.seeded(100, random -> {
            int height = 1 + random.nextInt(20);
            int width = 1 + random.nextInt(20);
            int x1 = random.nextInt(width + 6) - 3;
            int y1 = random.nextInt(height + 6) - 3;
            int x2 = x1 + random.nextInt(12);
            int y2 = y1 + random.nextInt(12);
            byte[] map = new byte[height * width];
            for (int y = Math.max(0, y1); y < Math.min(height, y2); y++) {
                for (int x = Math.max(0, x1); x < Math.min(width, x2); x++) {
                    map[y * width + x] = 1;
                }
            }
            double[] corners = {x1, y1, x2, y1, x2, y2, x1, y2};
            double[] turned = {x1, y2, x2, y2, x2, y1, x1, y1};
            Mask expected = Mask.where(LabelMap.of(height, width, map), 1);
            assertThat(PolygonMask.of(height, width, List.of(corners))).isEqualTo(expected);
            assertThat(PolygonMask.of(height, width, List.of(turned))).isEqualTo(expected);
        });
    }

    @TestFactory
    Stream<DynamicTest>
            everyEdgeIsCrossedOnceAColumn() { // so that two polygons with a common edge share it without gap and
        // overlap
        return Cases.seeded(100, random -> {
            double[] cut = {random.nextDouble() * 40, -1, random.nextDouble() * 40, 61};
            double[] left = {-1, -1, cut[0], cut[1], cut[2], cut[3], -1, 61};
            double[] right = {81, -1, cut[0], cut[1], cut[2], cut[3], 81, 61};
            Mask a = PolygonMask.of(60, 80, List.of(left));
            Mask b = PolygonMask.of(60, 80, List.of(right));
            assertThat(a.area() + b.area()).isEqualTo(60 * 80);
            assertThat(a.common(b)).isZero();
            assertThat(PolygonMask.of(60, 80, List.of(left, right))).isEqualTo(Mask.ofRuns(60, 80, 0, 60 * 80));
        });
    }

    @Test
    void farCornersCostNothing() {
        double far = 1 << 26;
        double[] around = {-far, -far, far, -far, far, far, -far, far};
        assertThat(PolygonMask.of(3, 4, List.of(around)).area()).isEqualTo(12);
        double[] diagonal = {-far, -far, far, far, -far, far};
        assertThat(PolygonMask.of(3, 3, List.of(diagonal)).area()).isBetween(3, 6);
        assertThat(PolygonMask.of(3, 4, List.of()).area()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "4, polygon: 4 numbers do not make at least three corners",
        "7, polygon: 7 numbers do not make at least three corners",
        "0, polygon: 0 numbers do not make at least three corners"
    })
    void refusesPolygonsWithoutThreeCorners(int numbers, String message) {
        assertThatThrownBy(() -> PolygonMask.of(4, 4, List.of(new double[numbers])))
                .hasMessage(message);
    }

    @Test
    void refusesSenselessCorners() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -6.8e7}) {
            assertThatThrownBy(() -> PolygonMask.of(4, 4, List.of(new double[] {0, 0, bad, 1, 1, 1})))
                    .hasMessage("polygon: coordinate " + bad + " is out of range");
        }
        assertThatThrownBy(() -> PolygonMask.of(1 << 16, 1 << 16, List.of())).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void refusesAPolygonThatCrossesMoreColumnsThanAnObjectCan() {
        int width = 1 << 20;
        double[] comb = new double[2 * 18];
        for (int i = 0; i < 18; i++) {
            comb[2 * i] = i % 2 == 0 ? -1 : width + 1;
        }
        assertThatThrownBy(() -> PolygonMask.of(1, width, List.of(comb)))
                .hasMessage("polygon: crosses more than 1048576 pixel columns in all");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "/, mask: character 1 is no part of a mask",
                "1p, mask: character 2 is no part of a mask",
                "1é, mask: character 2 is no part of a mask",
                "1P, mask: the text ends within a number",
                "PPPPPPPP1, mask: the number at character 8 is too long",
                "@, mask: run -16 is out of range",
                "PPPPPP3, mask: run 3221225472 is out of range",
                "11, mask: runs of 2 pixels do not fill 2x3",
                "\"\", mask: runs of 0 pixels do not fill 2x3"
            })
    void refusesTextsThatAreNoMasks(String text, String message) {
        assertThatThrownBy(() -> RleCodec.decode(2, 3, text)).hasMessage(message);
        assertThatThrownBy(() -> PackedMask.of(2, 3, text)).hasMessage(message);
    }

    @Test
    void writesLongRunsAndFallingOnes() {
        Mask mask = Mask.ofRuns(1 << 15, 1 << 15, 1, (1 << 30) - 30, 7, 3, 5, 14);
        assertThat(RleCodec.decode(1 << 15, 1 << 15, RleCodec.encode(mask))).isEqualTo(mask);
        assertThat(PackedMask.of(mask).area()).isEqualTo((1 << 30) - 30 + 3 + 14);
        assertThat(PackedMask.of(mask).height()).isEqualTo(1 << 15);
        assertThatThrownBy(() -> PackedMask.of(0, 3, "")).hasMessage("mask: runs of 0 pixels do not fill 0x3");
        assertThatThrownBy(() -> Mask.ofRuns(1 << 16, 1 << 15, 1 << 30, 1 << 30))
                .hasMessage("mask: runs of 2147483648 pixels do not fill 65536x32768");
    }

    @Test
    void survivesAnyText() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(12);
            for (int k = 0; k < length; k++) {
                text.append((char) (46 + random.nextInt(68)));
            }
            try {
                PackedMask mask = PackedMask.of(4, 5, text.toString());
                assertThat(mask.unpacked().area()).isEqualTo(mask.area());
                assertThat(mask.area()).isBetween(0, 20);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("mask: ");
            }
        }
    }
}
