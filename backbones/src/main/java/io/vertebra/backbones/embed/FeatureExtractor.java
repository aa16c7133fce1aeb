package io.vertebra.backbones.embed;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * An open network that turns pictures into features: an embedding each, and levels of the pyramid where they were asked for.
 *
 * <pre>{@code
 * try (FeatureExtractor extractor = Backbones.load("mobilenet_v2").weights(file).outputs(8, 16).open()) {
 *     float[] embedding = extractor.embed(Path.of("cat.jpg"));
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Safe for any number of threads; one extractor should serve all of a program, for it holds the weights
 * in native memory. Photos are read and prepared by the threads that call. The network runs one batch at a time: pictures of
 * the same size that wait meanwhile make up the next one, so that many threads get more done than one. A result does not
 * depend on the company that a picture had, beyond the rounding of the engine.
 *
 * <p><b>Closing.</b> {@link #close} waits for the calls that are under way; a later one is an {@link IllegalStateException}.
 * The network's native memory is free when it returns.
 */
public final class FeatureExtractor implements AutoCloseable {
    private final Session session;
    private final int channels;
    private final SortedSet<Integer> reductions;
    private final Preparation preparation;
    private final Normalization.Table colours;
    private final int most;
    private final Batcher batcher;
    private final Calls calls = new Calls();

    FeatureExtractor(
            Session session,
            int channels,
            SortedSet<Integer> reductions,
            Preparation preparation,
            int most,
            long lingerNanos) {
        this.session = session;
        this.channels = channels;
        this.reductions = reductions;
        this.preparation = preparation;
        this.colours = preparation.normalization().table();
        this.most = most;
        this.batcher = new Batcher(this::run, most, lingerNanos);
    }

    /** What is done to photos. */
    public Preparation preparation() {
        return preparation;
    }

    /** The embedding of a photo: JPEG, PNG, BMP, GIF or TIFF. */
    public float[] embed(Path photo) {
        return embed(Picture.of(photo));
    }

    /** The embedding of a picture of the JDK. */
    public float[] embed(BufferedImage image) {
        return embed(Picture.of(image));
    }

    /** The embedding of planes (C, H, W) that are resized and normalised already. */
    public float[] embed(float[] pixels, int height, int width) {
        return embed(Picture.of(pixels, height, width));
    }

    /** The embedding of a picture. */
    public float[] embed(Picture picture) {
        return extract(picture).embedding();
    }

    /** The features of a photo: JPEG, PNG, BMP, GIF or TIFF. */
    public Features extract(Path photo) {
        return extract(Picture.of(photo));
    }

    /**
     * The features of a picture.
     *
     * @throws PictureException if it is a file that cannot be read
     * @throws IllegalArgumentException if it has other channels than the network takes, or is too long for its width
     * @throws io.vertebra.graph.op.GraphException if planes are too small for the network
     */
    public Features extract(Picture picture) {
        return extract(List.of(picture)).get(0);
    }

    /**
     * The features of many pictures, in their order. As many as make a batch are prepared and run at a time; if one fails, the
     * call fails.
     */
    public List<Features> extract(List<? extends Picture> pictures) {
        calls.begin();
        try {
            List<Features> features = new ArrayList<>(pictures.size());
            for (int from = 0; from < pictures.size(); from += most) {
                features.addAll(batcher.run(pictures.subList(from, Math.min(from + most, pictures.size())).stream()
                        .map(picture -> new Batcher.Item(planes(picture)))
                        .toList()));
            }
            return features;
        } finally {
            calls.end();
        }
    }

    /** How many pictures wait for their batch. */
    int waiting() {
        return batcher.waiting();
    }

    private Picture.Planes planes(Picture picture) {
        if (picture instanceof Picture.Planes planes) {
            int given = planes.values().length / planes.height() / planes.width();
            if (given != channels) {
                throw new IllegalArgumentException(
                        "pixels: have " + given + " channels, the network takes " + channels);
            }
            return planes;
        }
        if (channels != 3) {
            throw new IllegalArgumentException("picture: has 3 channels, the network takes " + channels
                    + "; hand in normalised planes, Picture.of(pixels, height, width)");
        }
        Raster square = picture instanceof Picture.File file
                ? cut(file.path())
                : preparation.cut(coloured(((Picture.Pixels) picture).raster()));
        float[] values = new float[3 * square.height() * square.width()];
        colours.write(square, values, 0);
        return new Picture.Planes(values, square.height(), square.width());
    }

    private Raster cut(Path file) {
        Raster photo = Photos.read(file);
        try {
            return preparation.cut(photo);
        } catch (IllegalArgumentException e) {
            throw new PictureException(file, e.getMessage(), e);
        }
    }

    /** Gray as RGB. */
    private static Raster coloured(Raster raster) {
        if (raster.channels() == 3) {
            return raster;
        }
        byte[] rgb = new byte[Math.multiplyExact(raster.data().length, 3)];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = raster.data()[i / 3];
        }
        return Raster.of(raster.height(), raster.width(), 3, rgb);
    }

    /** One batch; the session's arrays are copied before the next one overwrites them. */
    private List<Features> run(List<Batcher.Item> batch) {
        Picture.Planes first = batch.get(0).planes();
        int length = first.values().length;
        float[] input = new float[Math.multiplyExact(batch.size(), length)];
        for (int i = 0; i < batch.size(); i++) {
            System.arraycopy(batch.get(i).planes().values(), 0, input, i * length, length);
        }
        Outputs outputs =
                session.evaluate(Batch.of(Tensor.of(input, batch.size(), channels, first.height(), first.width())));
        List<Features> features = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Map<Integer, Tensor.Floats> levels = new LinkedHashMap<>();
            for (int reduction : reductions) {
                Tensor.Floats level = outputs.get(EmbeddingGraph.level(reduction));
                levels.put(reduction, new Tensor.Floats(level.shape().with(0, 1), row(level, i)));
            }
            features.add(new Features(row(outputs.get(EmbeddingGraph.EMBEDDING), i), levels));
        }
        return features;
    }

    private static float[] row(Tensor.Floats tensor, int i) {
        int length = tensor.data().length / tensor.shape().n();
        return Arrays.copyOfRange(tensor.data(), i * length, (i + 1) * length);
    }

    /** Waits for running calls and frees the network; again is harmless. */
    @Override
    public void close() {
        calls.close();
        session.close();
    }
}
