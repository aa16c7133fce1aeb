package io.vertebra.tasks.segmentation;

import java.util.List;

/** The mean of maps of the same size, pixel by pixel. */
record Mean(List<LogitRows> parts) implements LogitRows {

    /** The mean of one map is the map. */
    static LogitRows of(List<LogitRows> parts) {
        return parts.size() == 1 ? parts.get(0) : new Mean(List.copyOf(parts));
    }

    @Override
    public int classes() {
        return parts.get(0).classes();
    }

    @Override
    public int height() {
        return parts.get(0).height();
    }

    @Override
    public int width() {
        return parts.get(0).width();
    }

    @Override
    public void row(int y, float[] out) {
        parts.get(0).row(y, out);
        float[] row = new float[out.length];
        for (LogitRows part : parts.subList(1, parts.size())) {
            part.row(y, row);
            for (int i = 0; i < out.length; i++) {
                out[i] += row[i];
            }
        }
        for (int i = 0; i < out.length; i++) {
            out[i] /= parts.size();
        }
    }
}
