package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;

/**
 * Says a box by the distances of its four sides from the centre of an anchor: left, top, right, bottom.
 *
 * <p>With {@code normalized} they are divided by the anchor's width (left, right) and height (top, bottom). FCOS,
 * arXiv:1904.01355, equation 1.
 *
 * @param normalized whether distances are in units of the anchor's size
 */
public record LinearBoxCoder(boolean normalized) {

    /** Codes: boxes (n, 4), anchors (n, 4) → (n, 4). Without an area of the anchor only where not normalised. */
    public float[] encode(float[] boxes, float[] anchors) {
        check(boxes, "boxes", anchors);
        float[] codes = new float[boxes.length];
        for (int i = 0; i < boxes.length; i++) {
            float distance = i % 4 < 2 ? centre(anchors, i) - boxes[i] : boxes[i] - centre(anchors, i);
            codes[i] = distance / unit(anchors, i);
        }
        return codes;
    }

    /** Boxes: codes (n, 4), anchors (n, 4) → (n, 4). */
    public float[] decode(float[] codes, float[] anchors) {
        check(codes, "codes", anchors);
        float[] boxes = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            float distance = codes[i] * unit(anchors, i);
            boxes[i] = i % 4 < 2 ? centre(anchors, i) - distance : centre(anchors, i) + distance;
        }
        return boxes;
    }

    private void check(float[] values, String name, float[] anchors) {
        Door.boxes(name, values);
        int count = Door.boxes("anchors", anchors);
        Door.length(name, values.length, anchors.length);
        for (int i = 0; i < count && normalized; i++) {
            Check.that(Boxes.area(anchors, i) > 0, "anchors", "%d has no area", i);
        }
    }

    private static float centre(float[] anchors, int i) {
        int left = i - i % 4 + i % 2;
        return 0.5f * (anchors[left] + anchors[left + 2]);
    }

    private float unit(float[] anchors, int i) {
        if (!normalized) {
            return 1;
        }
        return i % 2 == 0 ? Boxes.width(anchors, i / 4) : Boxes.height(anchors, i / 4);
    }
}
