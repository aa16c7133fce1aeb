package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Silhouette;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.images.Box;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What an annotation file says, by picture. Classes are the categories in the order of their ids; polygons and runs stay in the file and are
 * read when their pixels are asked for.
 *
 * <p>Immutable; safe for use from several threads.
 */
public final class CocoFile {

    private final Path file;
    private final List<Image> images;
    private final List<Category> categories;
    private final CocoColumns rows;
    private final int[] labels;
    /** Rows by picture: those of picture i are {@code order[starts[i]]} to {@code order[starts[i + 1] - 1]}, as they stand in the file. */
    private final int[] starts;

    private final int[] order;

    /**
     * A picture.
     *
     * @param id COCO's number of it
     * @param fileName relative to the folder of pictures, within it
     * @param height rows
     * @param width columns
     */
    public record Image(long id, String fileName, int height, int width) {
        /** Height and width. */
        public Size size() {
            return new Size(height, width);
        }
    }

    /**
     * A class.
     *
     * @param id COCO's number of it; numbers may be left out
     * @param name for people
     */
    public record Category(long id, String name) {}

    private CocoFile(Path file, CocoReader read, Faults faults) {
        CocoLinks links = new CocoLinks(read, faults);
        this.file = file;
        this.rows = read.rows;
        this.images = links.images;
        this.categories = links.categories;
        this.labels = links.labels;
        int[] imageOf = links.imageOf;
        this.starts = new int[images.size() + 1];
        for (int image : imageOf) {
            if (image >= 0) {
                starts[image + 1]++;
            }
        }
        for (int i = 0; i < images.size(); i++) {
            starts[i + 1] += starts[i];
        }
        this.order = new int[starts[images.size()]];
        int[] next = starts.clone();
        for (int row = 0; row < rows.count; row++) {
            if (imageOf[row] >= 0) {
                order[next[imageOf[row]]++] = row;
            }
        }
    }

    /**
     * Reads a file.
     *
     * @throws DatasetException {@code file: annotation 7: reason} if anything in it cannot be used
     */
    public static CocoFile read(Path file) {
        return read(file, Faults.throwing(file.toString()));
    }

    /** Reads a file; entries with errors are told and left out. */
    static CocoFile read(Path file, Faults faults) {
        return new CocoFile(file, CocoReader.read(file, faults), faults);
    }

    /** The file itself. */
    public Path file() {
        return file;
    }

    /** The pictures in the order of the file, those without annotations too. */
    public List<Image> images() {
        return images;
    }

    /** COCO's number of every class, by label: the classes stand in the order of their ids. */
    public List<Long> categoryIds() {
        return categories.stream().map(Category::id).toList();
    }

    /** The name of every class, by label. */
    public List<String> classNames() {
        return categories.stream().map(Category::name).toList();
    }

    /** How many annotations there are in all. */
    public int objects() {
        return order.length;
    }

    /** The objects of a picture, their boxes cut to it. */
    public List<Instance> objects(int image) {
        List<Instance> objects = new ArrayList<>(starts[image + 1] - starts[image]);
        for (int i = starts[image]; i < starts[image + 1]; i++) {
            objects.add(object(order[i], images.get(image).size()));
        }
        return objects;
    }

    private Instance object(int row, Size size) {
        Box box = rows.box(row);
        Silhouette silhouette = hasPixels(row) ? Silhouette.lazily(() -> mask(row, size)) : Silhouette.NONE;
        double area = rows.areas[row];
        if (Double.isNaN(area)) {
            area = silhouette.mask().map(mask -> (double) mask.area()).orElse((double) box.area());
        }
        return new Instance(rows.ids[row], labels[row], box, silhouette, rows.crowds[row], false, area);
    }

    /** The objects of a picture without their pixels, for the lint. */
    List<Instance> plainObjects(int image) {
        List<Instance> objects = new ArrayList<>();
        for (int i = starts[image]; i < starts[image + 1]; i++) {
            int row = order[i];
            objects.add(new Instance(
                    rows.ids[row], labels[row], rows.box(row), Silhouette.NONE, rows.crowds[row], false, 0));
        }
        return objects;
    }

    private boolean hasPixels(int row) {
        return rows.kinds[row] == CocoColumns.PIXELS;
    }

    /** Makes something of the JSON of a segmentation. */
    private interface Use<T> {
        T of(byte[] json) throws IOException;
    }

    private Mask mask(int row, Size size) {
        try (FileChannel channel = FileChannel.open(file)) {
            return use(channel, row, json -> CocoPixels.read(json).mask(size));
        } catch (IOException e) {
            throw new DatasetException(file.toString(), "", "cannot be read: " + e.getMessage(), e);
        }
    }

    private <T> T use(FileChannel channel, int row, Use<T> use) throws IOException {
        String position = "annotation " + rows.ids[row];
        try {
            ByteBuffer json = ByteBuffer.allocate(rows.lengths[row]);
            while (json.hasRemaining()) {
                if (channel.read(json, rows.offsets[row] + json.position()) < 0) {
                    throw new EOFException("file has become shorter");
                }
            }
            return use.of(json.array());
        } catch (JsonProcessingException | EOFException e) {
            throw new DatasetException(file.toString(), position, "the file has changed since it was opened", e);
        } catch (IllegalArgumentException e) {
            throw new DatasetException(file.toString(), position, e.getMessage(), e);
        }
    }

    /** Looks at the polygons and runs of every annotation and tells what is wrong with them. */
    void checkPixels(Faults faults) {
        try (FileChannel channel = FileChannel.open(file)) {
            for (int image = 0; image < images.size(); image++) {
                for (int i = starts[image]; i < starts[image + 1]; i++) {
                    checkPixels(channel, order[i], images.get(image).size(), faults);
                }
            }
        } catch (IOException e) {
            throw new DatasetException(file.toString(), "", "cannot be read: " + e.getMessage(), e);
        }
    }

    private void checkPixels(FileChannel channel, int row, Size size, Faults faults) throws IOException {
        if (rows.kinds[row] == CocoColumns.EMPTY_LIST) {
            faults.warning("annotation " + rows.ids[row], "segmentation is empty: the object has a box only");
        } else if (hasPixels(row)) {
            try {
                use(channel, row, json -> {
                    CocoPixels.read(json).check(size);
                    return true;
                });
            } catch (DatasetException e) {
                faults.error(e.position(), e.reason());
            }
        }
    }
}
