package io.vertebra.datasets.formats.coco;

import io.vertebra.datasets.formats.coco.CocoFile.Category;
import io.vertebra.datasets.formats.coco.CocoFile.Image;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.images.Box;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Brings the lists of a file together: which picture and which class every annotation belongs to, and its box within that picture. */
final class CocoLinks {

    /** A box may leave the picture by that many pixels: tools round. */
    private static final float SLACK = 1;

    final List<Image> images;
    /** In the order of their ids. */
    final List<Category> categories;
    /** Of each row the place of its category. */
    final int[] labels;
    /** Of each row the place of its picture; −1 for what cannot be used. */
    final int[] imageOf;

    private final CocoColumns rows;
    private int looksLikeCorners;

    /** Links what was read, and cuts the boxes in its rows; what does not fit together is told. */
    CocoLinks(CocoReader read, Faults faults) {
        rows = read.rows;
        images = unique(read.images, faults);
        categories = sorted(read.categories, faults);
        labels = new int[rows.count];
        imageOf = resolve(read.refused, faults);
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

    /** Finds picture and class of every row, and cuts its box to the picture. */
    private int[] resolve(Set<Long> refused, Faults faults) {
        long[] imageIds = images.stream().mapToLong(Image::id).sorted().toArray();
        int[] indices = new int[imageIds.length];
        for (int i = 0; i < indices.length; i++) {
            indices[Arrays.binarySearch(imageIds, images.get(i).id())] = i;
        }
        long[] categoryIds = categories.stream().mapToLong(Category::id).toArray();
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
        Box box = rows.box(row);
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
}
