package io.vertebra.datasets.formats.yolo;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.ImageFiles;
import io.vertebra.datasets.formats.TextFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder with {@code images} and {@code labels}: the text file of a picture has its path below the other folder.
 *
 * @param root the folder that holds both
 */
record YoloFolder(Path root) {

    private static final long LARGEST_LIST = 64 << 20;

    Path images() {
        return root.resolve("images");
    }

    /** The text file of a picture below {@link #images}. */
    Path label(Path picture) {
        String name = images().relativize(picture).toString();
        return root.resolve("labels").resolve(name.substring(0, name.lastIndexOf('.')) + ".txt");
    }

    /** The pictures of a set: a folder below {@code images}, or a list of pictures below the root that ends in {@code .txt}; all if empty. */
    List<Path> pictures(String set) {
        if (set.endsWith(".txt")) {
            return listed(root.resolve(set));
        }
        Path folder = images().resolve(set);
        if (!Files.isDirectory(folder)) {
            throw new DatasetException(folder.toString(), Files.exists(folder) ? "is not a folder" : "does not exist");
        }
        List<Path> pictures = ImageFiles.list(folder);
        if (pictures.isEmpty()) {
            throw new DatasetException(folder.toString(), "holds no picture");
        }
        return pictures;
    }

    private List<Path> listed(Path list) {
        List<Path> pictures = new ArrayList<>();
        List<String> lines = TextFile.lines(list, LARGEST_LIST);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isEmpty()) {
                String position = "line " + (i + 1);
                if (!TextFile.staysInside(line)) {
                    throw new DatasetException(
                            list.toString(), position, "'" + line + "' lies outside the folder", null);
                }
                Path picture = root.resolve(line).normalize();
                if (!picture.startsWith(images().normalize()) || line.lastIndexOf('.') < 0) {
                    throw new DatasetException(
                            list.toString(), position, "'" + line + "' is no picture below images/", null);
                }
                pictures.add(picture);
            }
        }
        if (pictures.isEmpty()) {
            throw new DatasetException(list.toString(), "lists nothing");
        }
        return pictures;
    }
}
