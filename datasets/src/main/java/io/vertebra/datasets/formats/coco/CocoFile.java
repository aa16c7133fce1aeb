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
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an annotation file says, by picture. Classes are the categories in the order of their ids; polygons and runs stay in the file and are
 * read when their pixels are asked for.
 *
 * <p>Immutable; safe for use from several threads.
 */
public final class CocoFile {

    /** A box may leave the picture by that many pixels: tools round. */
    private static final float SLACK = 1;

    private final Path file;
    private final List<Image> images;
    private final List<Category> categories;
    private final CocoColumns rows;
    private final int[] labels;
    /** Rows by picture: those of picture i are {@code order[starts[i]]} to {@code order[starts[i + 1] - 1]}, as they stand in the file. */
    private final int[] starts;

    private final int[] order;
    private int looksLikeCorners;

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
        this.file = file;
        this.rows = read.rows;
        this.images = unique(read.images, faults);
        this.categories = sorted(read.categories, faults);
        this.labels = new int[rows.count];
        int[] imageOf = resolve(read.refused, faults);
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

    private static List<Image> unique(List<Image> read, Faults faults) {
        Set<Long> ids = new HashSet<>();
        List<Image> kept = new ArrayList<>(read.size());
        for (Image image : read) {
            if (ids.add(image.id())) {
                kept.add(image);
            } else {
                faults.error("image " + image.id(), "an earlier image has the same id");
            }
        }
        return List.copyOf(kept);
    }

    private static List<Category> sorted(List<Category> read, Faults faults) {
        List<Category> kept = new ArrayList<>(read);
        kept.sort(Comparator.comparingLong(Category::id));
        Set<String> names = new HashSet<>();
        for (int i = 0; i < kept.size(); i++) {
            Category category = kept.get(i);
            if (i > 0 && kept.get(i - 1).id() == category.id()) {
                faults.error("category " + category.id(), "an earlier category has the same id");
            } else if (!names.add(category.name())) {
                faults.warning(
                        "category " + category.id(), "an earlier category has the same name '" + category.name() + "'");
            }
        }
        return List.copyOf(kept);
    }

    /** Finds picture and class of every row, and cuts its box to the picture; −1 for what cannot be used. */
    private int[] resolve(Set<Long> refused, Faults faults) {
        long[] imageIds = images.stream().mapToLong(Image::id).sorted().toArray();
        int[] indices = new int[imageIds.length];
        for (int i = 0; i < indices.length; i++) {
            indices[Arrays.binarySearch(imageIds, images.get(i).id())] = i;
        }
        long[] categoryIds = categoryIds().stream().mapToLong(Long::longValue).toArray();
        int[] imageOf = new int[rows.count];
        for (int row = 0; row < rows.count; row++) {
            String position = "annotation " + rows.ids[row];
            int image = Arrays.binarySearch(imageIds, rows.imageIds[row]);
            labels[row] = Arrays.binarySearch(categoryIds, rows.categoryIds[row]);
            imageOf[row] = -1;
            if (image < 0) {
                if (!refused.contains(rows.imageIds[row])) {
                    faults.error(position, "image_id " + rows.imageIds[row] + " does not exist");
                }
            } else if (labels[row] < 0) {
                faults.error(position, "category_id " + rows.categoryIds[row] + " does not exist");
            } else if (cut(row, images.get(indices[image]), position, faults)) {
                imageOf[row] = indices[image];
            }
        }
        if (2 * looksLikeCorners > rows.count) {
            faults.warning(
                    "",
                    "the boxes look like x1, y1, x2, y2; COCO writes x, y, width, height (%d of %d leave their image as these and fit it as those)"
                            .formatted(looksLikeCorners, rows.count));
        }
        long[] ids = Arrays.copyOf(rows.ids, rows.count);
        Arrays.sort(ids);
        for (int i = 1; i < ids.length; i++) {
            if (ids[i] == ids[i - 1]) {
                faults.error("annotation " + ids[i], "another annotation has the same id");
            }
        }
        return imageOf;
    }

    /** Cuts the box of a row to its picture; whether something is left. */
    private boolean cut(int row, Image image, String position, Faults faults) {
        Box box = box(row);
        if (box.area() == 0) {
            faults.warning(position, "the box has no area and is left out");
            return false;
        }
        Box cut = box.window(0, 0, image.height(), image.width());
        if (cut.area() == 0) {
            faults.error(
                    position,
                    "the box lies outside its image: %s in %dx%d".formatted(text(box), image.width(), image.height()));
            return false;
        }
        if (Math.max(
                        Math.max(cut.x1() - box.x1(), cut.y1() - box.y1()),
                        Math.max(box.x2() - cut.x2(), box.y2() - cut.y2()))
                > SLACK) {
            // x1, y1, x2, y2 taken for x, y, width, height: the box ends at x1 + x2
            float right = box.x2() - box.x1();
            float bottom = box.y2() - box.y1();
            boolean fits = right > box.x1() && right <= image.width() && bottom > box.y1() && bottom <= image.height();
            looksLikeCorners += fits ? 1 : 0;
            faults.warning(
                    position,
                    "the box leaves its image and is cut: %s in %dx%d"
                            .formatted(text(box), image.width(), image.height()));
        }
        rows.boxes[4 * row] = cut.x1();
        rows.boxes[4 * row + 1] = cut.y1();
        rows.boxes[4 * row + 2] = cut.x2();
        rows.boxes[4 * row + 3] = cut.y2();
        return true;
    }

    private static String text(Box box) {
        return "x %s to %s, y %s to %s".formatted(box.x1(), box.x2(), box.y1(), box.y2());
    }

    /** The file itself. */
    public Path file() {
        return file;
    }

    /** The pictures in the order of the file, those without annotations too. */
    public List<Image> images() {
        return images;
    }

    /** The classes in the order of their ids: the place of a category is its label. */
    public List<Category> categories() {
        return categories;
    }

    /** COCO's number of every class, by label. */
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
        Box box = box(row);
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
            objects.add(
                    new Instance(rows.ids[row], labels[row], box(row), Silhouette.NONE, rows.crowds[row], false, 0));
        }
        return objects;
    }

    private Box box(int row) {
        return new Box(rows.boxes[4 * row], rows.boxes[4 * row + 1], rows.boxes[4 * row + 2], rows.boxes[4 * row + 3]);
    }

    private boolean hasPixels(int row) {
        return rows.kinds[row] == CocoColumns.POLYGONS || rows.kinds[row] == CocoColumns.RUNS;
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
