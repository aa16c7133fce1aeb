package io.vertebra.datasets.formats;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.formats.Canvas.Outline;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import io.vertebra.images.Raster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Draws one picture of {@code shapes}: a textured ground, up to two small figures, one large figure before them, a thin bar over all or none, noise.
 *
 * <p>The sines and cosines are {@link StrictMath}'s and the rest is plain arithmetic: the same picture on every machine.
 */
final class Scene {

    private static final float CONTRAST = 0.7f;
    private static final double LARGEST_TURN = Math.PI / 8;
    private static final int LEAST_VISIBLE = 6;

    private final int size;
    private final RandomGenerator random;
    private final Canvas canvas;
    private final float[] ground;
    private final List<Integer> drawn = new ArrayList<>();

    private Scene(int size, RandomGenerator random) {
        this.size = size;
        this.random = random;
        this.canvas = new Canvas(size);
        this.ground = Paints.colour(random);
    }

    /** The sample whose main figure is of this class. */
    static Sample draw(String id, int label, int size, RandomGenerator random) {
        Scene scene = new Scene(size, random);
        scene.canvas.background(Paints.textured(scene.ground, 0.12f, size, random));
        int small = random.nextInt(3);
        for (int i = 0; i < small; i++) {
            scene.figure(random.nextInt(Shape.ALL.size()), random.nextDouble(0.07, 0.11) * size, 0);
        }
        double radius = random.nextDouble(0.32, 0.44) * size;
        scene.figure(label, radius, radius);
        if (random.nextInt(2) == 1) {
            scene.bar();
        }
        Raster picture = scene.canvas.picture(0.06f * random.nextFloat(), random);
        return new Sample(id, picture, label, scene.annotations());
    }

    /** A figure somewhere, its centre at least {@code margin} pixels from the border, turned at random. */
    private void figure(int label, double radius, double margin) {
        Shape shape = Shape.ALL.get(label);
        double centreY = random.nextDouble(margin, size - margin);
        double centreX = random.nextDouble(margin, size - margin);
        double angle = random.nextDouble(-LARGEST_TURN, LARGEST_TURN);
        double cos = StrictMath.cos(angle) / radius;
        double sin = StrictMath.sin(angle) / radius;
        float[] colour = Paints.colourUnlike(random, CONTRAST, ground);
        Outline outline = (y, x) -> {
            double dx = x - centreX;
            double dy = y - centreY;
            return radius * shape.distance(cos * dx + sin * dy, cos * dy - sin * dx);
        };
        drawn.add(label);
        canvas.draw(outline, Paints.textured(colour, 0.1f, size, random), drawn.size(), centreY, centreX, radius);
    }

    /** A thin straight bar through the picture, which hides a little of everything. */
    private void bar() {
        double angle = random.nextDouble() * 2 * Math.PI;
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double offset = random.nextDouble(-0.5, 0.5) * size;
        double halfWidth = random.nextDouble(0.01, 0.025) * size;
        double middle = size / 2.0;
        Outline outline = (y, x) -> Math.abs(cos * (x - middle) + sin * (y - middle) - offset) - halfWidth;
        canvas.draw(outline, Paints.textured(Paints.colour(random), 0.2f, size, random), 0, middle, middle, size);
    }

    /** The figures that are seen, the main one first. */
    private Annotations annotations() {
        List<Instance> objects = new ArrayList<>();
        LabelMap owners = canvas.owners();
        for (int owner = drawn.size(); owner >= 1; owner--) {
            Mask mask = Mask.where(owners, owner);
            if (mask.area() >= LEAST_VISIBLE) {
                objects.add(Instance.of(objects.size() + 1, drawn.get(owner - 1), mask)
                        .orElseThrow());
            }
        }
        byte[] map = owners.data().clone();
        for (int i = 0; i < map.length; i++) {
            map[i] = (byte) (map[i] == 0 ? 0 : drawn.get(map[i] - 1) + 1);
        }
        return new Annotations(objects, Optional.of(LabelMap.of(size, size, map)));
    }
}
