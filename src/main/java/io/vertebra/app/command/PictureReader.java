package io.vertebra.app.command;

import io.vertebra.backbones.embed.Picture;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import java.nio.file.Path;

/** Reads pictures and prepares them as a recipe says. */
final class PictureReader {
    private final ImageDecoder decoder = new ImageDecoder();
    private final Pipeline pipeline;
    private final Normalization.Table colours;

    PictureReader(Pipeline pipeline, Normalization normalization) {
        this.pipeline = pipeline;
        this.colours = normalization.table();
    }

    /**
     * The planes that a network is fed.
     *
     * @throws io.vertebra.datasets.DatasetException if the file is no picture
     */
    Picture read(Path file) {
        Raster seen = pipeline.apply(new Sample(file.toString(), decoder.read(file), 0), 0, 0, 0)
                .image();
        float[] planes = new float[3 * seen.height() * seen.width()];
        colours.write(seen, planes, 0);
        return Picture.of(planes, seen.height(), seen.width());
    }
}
