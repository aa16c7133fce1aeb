package io.vertebra.datasets.formats.coco;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an entry may say. */
public enum CocoKey {
    ID("id"),
    IMAGE("image_id"),
    CATEGORY("category_id"),
    BOX("bbox"),
    AREA("area"),
    CROWD("iscrowd"),
    PIXELS("segmentation"),
    SCORE("score"),
    HEIGHT("height"),
    WIDTH("width"),
    FILE_NAME("file_name"),
    NAME("name");

    static final Map<String, CocoKey> NAMES =
            Arrays.stream(values()).collect(Collectors.toMap(key -> key.text, Function.identity()));

    private final String text;

    CocoKey(String text) {
        this.text = text;
    }

    /** As it is written. */
    String text() {
        return text;
    }
}
