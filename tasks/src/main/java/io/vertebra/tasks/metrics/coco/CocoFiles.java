package io.vertebra.tasks.metrics.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertebra.images.PackedMask;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * COCO's JSON: instances are read, results are read and written. Files are streamed and never held as a whole.
 *
 * <p>Readers throw {@link io.vertebra.datasets.DatasetException} with the file and the place for whatever is wrong.
 */
public final class CocoFiles {

    private CocoFiles() {}

    /**
     * Reads the truth.
     *
     * @param kind whether boxes or masks are wanted; the others are passed over
     */
    public static CocoTruth truth(Path file, CocoKind kind) {
        return new CocoTruthReader(file, kind).read();
    }

    /**
     * Reads results, a list of {@code {image_id, category_id, bbox or segmentation, score}}.
     *
     * <p>A row with {@code bbox} has its box's area, as in pycocotools, even where masks are compared; a row without has the box and area of its mask.
     *
     * @param truth whose pictures they are of
     * @param kind what every row must have, or be able to give
     */
    public static CocoResults results(Path file, CocoTruth truth, CocoKind kind) {
        return new CocoResultsReader(file, truth, kind).read();
    }

    /** Writes results: masks where there are some, boxes elsewhere. */
    public static void write(Path file, CocoResults results) {
        try (OutputStream out = Files.newOutputStream(file);
                JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartArray();
            for (int i = 0; i < results.size(); i++) {
                write(json, results, i);
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(JsonGenerator json, CocoResults results, int row) throws IOException {
        json.writeStartObject();
        json.writeNumberField("image_id", results.image(row));
        json.writeNumberField("category_id", results.category(row));
        PackedMask mask = results.mask(row);
        if (mask == null) {
            json.writeFieldName("bbox");
            json.writeArray(
                    new double[] {results.box(row, 0), results.box(row, 1), results.box(row, 2), results.box(row, 3)},
                    0,
                    4);
        } else {
            json.writeObjectFieldStart("segmentation");
            json.writeFieldName("size");
            json.writeArray(new int[] {mask.height(), mask.width()}, 0, 2);
            json.writeStringField("counts", mask.text());
            json.writeEndObject();
        }
        json.writeNumberField("score", results.score(row));
        json.writeEndObject();
    }
}
