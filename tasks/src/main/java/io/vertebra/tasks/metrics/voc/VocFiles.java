package io.vertebra.tasks.metrics.voc;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.voc.VocFile;
import io.vertebra.datasets.formats.voc.VocFolder;
import io.vertebra.datasets.formats.voc.VocReader;
import io.vertebra.datasets.lint.Faults;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The development kit's folders: {@code ImageSets/Main}, {@code Annotations} and the text files of results. */
public final class VocFiles {

    private static final long LARGEST = 256L << 20;
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final String RESULTS = "comp4_det_test_";
    private static final String TEXT = ".txt";

    private VocFiles() {}

    /**
     * The objects of the pictures that {@code ImageSets/Main/<set>.txt} lists, as data sets read them.
     *
     * @throws DatasetException if a file is missing or not what it should be
     */
    public static Map<String, List<VocObject>> truth(Path folder, String set) {
        VocFolder voc = new VocFolder(folder);
        Path list = voc.list(set);
        if (!Files.isRegularFile(list)) {
            throw new DatasetException(list.toString(), "does not exist; " + lists(list.getParent()));
        }
        Map<String, List<VocObject>> truth = new LinkedHashMap<>();
        for (String id : voc.listed(list)) {
            if (truth.put(id, objects(voc.annotation(id))) != null) {
                throw new DatasetException(list.toString(), "lists '" + id + "' twice");
            }
        }
        return truth;
    }

    private static List<VocObject> objects(Path file) {
        List<VocObject> objects = new ArrayList<>();
        for (VocFile.Item item : VocReader.read(file, List.of(), Faults.throwing(file.toString()))
                .objects()) {
            VocBox box = new VocBox(item.xmin(), item.ymin(), item.xmax(), item.ymax());
            objects.add(new VocObject(item.name().strip(), box, item.difficult()));
        }
        return objects;
    }

    private static String lists(Path folder) {
        String found = names(folder).stream()
                .filter(n -> n.endsWith(TEXT) && n.indexOf('_') < 0) // those of single classes are class_set.txt
                .map(n -> n.substring(0, n.length() - TEXT.length()))
                .collect(Collectors.joining(", "));
        return found.isEmpty() ? "no set is listed beside it" : "there are " + found;
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The detections in {@code comp4_det_test_<class>.txt}, by class; a line is {@code image score xmin ymin xmax ymax}.
     *
     * @param truth whose pictures they may name
     * @throws DatasetException if there is no such file, or one is not what it should be
     */
    public static Map<String, List<VocDetection>> results(Path folder, Map<String, List<VocObject>> truth) {
        Map<String, List<VocDetection>> results = new TreeMap<>();
        for (String name : names(folder)) {
            if (name.startsWith(RESULTS) && name.endsWith(TEXT)) {
                String className = name.substring(RESULTS.length(), name.length() - TEXT.length());
                results.put(className, detections(folder.resolve(name), truth));
            }
        }
        if (results.isEmpty()) {
            throw new DatasetException(folder.toString(), "holds no file " + RESULTS + "<class>" + TEXT);
        }
        return results;
    }

    private static List<VocDetection> detections(Path file, Map<String, List<VocObject>> truth) {
        List<VocDetection> detections = new ArrayList<>();
        each(file, (words, position) -> {
            if (words.length != 6) {
                throw new DatasetException(
                        file.toString(),
                        position,
                        "has %d words; a line is image score xmin ymin xmax ymax".formatted(words.length),
                        null);
            }
            if (!truth.containsKey(words[0])) {
                throw new DatasetException(file.toString(), position, words[0] + " is no picture of the truth", null);
            }
            double[] numbers = new double[5];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = number(words[i + 1], file, position);
            }
            VocBox box = new VocBox(numbers[1], numbers[2], numbers[3], numbers[4]);
            detections.add(new VocDetection(words[0], numbers[0], box));
        });
        return detections;
    }

    private static double number(String word, Path file, String position) {
        double value;
        try {
            value = Double.parseDouble(word);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!Double.isFinite(value)) {
            throw new DatasetException(file.toString(), position, word + " is no number", null);
        }
        return value;
    }

    private interface Line {
        void read(String[] words, String position);
    }

    /** The words of each line that is not blank. */
    private static void each(Path file, Line line) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new DatasetException(file.toString(), "has more than %d MiB".formatted(LARGEST >> 20));
            }
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                int number = 0;
                for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                    number++;
                    if (!text.isBlank()) {
                        line.read(BLANKS.split(text.strip()), "line " + number);
                    }
                }
            }
        } catch (CharacterCodingException e) {
            throw new DatasetException(file.toString(), "", "is no UTF-8 text", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
