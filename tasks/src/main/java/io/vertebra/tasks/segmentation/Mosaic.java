package io.vertebra.tasks.segmentation;

import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Windows over a picture; where they overlap, their mean. */
final class Mosaic implements LogitRows {

    /**
     * A window.
     *
     * @param top its first row in the picture
     * @param left its first column
     */
    record Window(int top, int left, LogitRows rows) {}

    private final int classes;
    private final int height;
    private final int width;
    private final List<Window> windows;

    /** The windows must cover the picture. */
    Mosaic(Size picture, List<Window> windows) {
        this.classes = windows.get(0).rows().classes();
        this.height = picture.height();
        this.width = picture.width();
        this.windows = List.copyOf(windows);
    }

    /** Where windows of a length begin on an axis, as mmseg lays them: steps of a stride, the last one at the end. */
    static List<Integer> starts(int length, int window, int stride) {
        List<Integer> starts = new ArrayList<>();
        int count = Math.max(length - window + stride - 1, 0) / stride + 1;
        for (int i = 0; i < count; i++) {
            int end = Math.min(i * stride + window, length);
            starts.add(Math.max(end - window, 0));
        }
        return starts;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void row(int y, float[] out) {
        Arrays.fill(out, 0);
        float[] count = new float[width];
        for (Window window : windows) {
            LogitRows rows = window.rows();
            if (y >= window.top() && y < window.top() + rows.height()) {
                float[] row = new float[classes * rows.width()];
                rows.row(y - window.top(), row);
                for (int k = 0; k < classes; k++) {
                    int to = k * width + window.left();
                    for (int x = 0; x < rows.width(); x++) {
                        out[to + x] += row[k * rows.width() + x];
                    }
                }
                for (int x = 0; x < rows.width(); x++) {
                    count[window.left() + x]++;
                }
            }
        }
        for (int k = 0; k < classes; k++) {
            for (int x = 0; x < width; x++) {
                out[k * width + x] /= count[x];
            }
        }
    }
}
