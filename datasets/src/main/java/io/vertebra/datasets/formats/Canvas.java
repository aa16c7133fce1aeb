package io.vertebra.datasets.formats;

import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import java.util.random.RandomGenerator;

/** A square to draw on: colours in [0, 1] and, for every pixel, the number of the object that is seen there, 0 for none. */
final class Canvas {

    private final int size;
    private final float[] colours;
    private final byte[] owners;

    Canvas(int size) {
        this.size = size;
        this.colours = new float[3 * size * size];
        this.owners = new byte[size * size];
    }

    /** A colour for every place. */
    interface Paint {
        /** The colour at a pixel, channel 0 to 2. */
        float at(int y, int x, int channel);
    }

    /** How far a place is outside a figure, in pixels; negative inside. */
    interface Outline {
        /** The signed distance at a pixel's centre. */
        double at(double y, double x);
    }

    /** Covers the whole canvas. */
    void background(Paint paint) {
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                for (int c = 0; c < 3; c++) {
                    colours[3 * (y * size + x) + c] = paint.at(y, x, c);
                }
            }
        }
    }

    /**
     * Draws a figure with smooth edges over what is there.
     *
     * @param owner the object's number, 0 for things that are no object
     * @param centreY with the next two the circle that holds the figure, in pixels
     */
    void draw(Outline outline, Paint paint, int owner, double centreY, double centreX, double radius) {
        int top = Math.max(0, (int) (centreY - radius - 1));
        int bottom = Math.min(size, (int) (centreY + radius + 2));
        int left = Math.max(0, (int) (centreX - radius - 1));
        int right = Math.min(size, (int) (centreX + radius + 2));
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                float cover = (float) Math.max(0, Math.min(1, 0.5 - outline.at(y + 0.5, x + 0.5)));
                if (cover == 0) {
                    continue;
                }
                int pixel = y * size + x;
                for (int c = 0; c < 3; c++) {
                    int i = 3 * pixel + c;
                    colours[i] += cover * (paint.at(y, x, c) - colours[i]);
                }
                if (cover >= 0.5f) {
                    owners[pixel] = (byte) owner;
                }
            }
        }
    }

    /** The picture, with noise of the given strength added to every sample. */
    Raster picture(float noise, RandomGenerator random) {
        byte[] data = new byte[colours.length];
        for (int i = 0; i < data.length; i++) {
            float value = colours[i] + noise * (random.nextFloat() + random.nextFloat() - 1);
            data[i] = (byte) Math.max(0, Math.min(255, Math.round(255 * value)));
        }
        return Raster.of(size, size, 3, data);
    }

    /** Which object is seen where. */
    LabelMap owners() {
        return LabelMap.of(size, size, owners);
    }
}
