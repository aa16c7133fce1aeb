package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;

/** Reads the value at which the parser stands as what its key stands for; what is wrong with it goes to the problems of the entry. */
final class CocoValues {

    private static final double FARTHEST = 1e9;
    private static final double EXACT = 1L << 53;

    private final JsonParser p;
    private final CocoProblems problems;

    CocoValues(JsonParser p, CocoProblems problems) {
        this.p = p;
        this.problems = problems;
    }

    /** A whole number, written as such or as {@code 2.0}; null if it is none. */
    Long whole(CocoKey key) throws IOException {
        switch (p.currentToken()) {
            case VALUE_NUMBER_INT -> {
                try {
                    return p.getLongValue();
                } catch (InputCoercionException e) {
                    problems.error(key.text() + " is out of range");
                }
            }
            case VALUE_NUMBER_FLOAT -> {
                double value = p.getDoubleValue();
                if (Math.abs(value) < EXACT && value == Math.rint(value)) {
                    problems.warning(key.text() + " is written as the fraction " + value);
                    return (long) value;
                }
                problems.error(key.text() + " must be a whole number, is " + value);
            }
            case VALUE_STRING -> problems.error(key.text() + " must be a whole number, is the text '" + start() + "'");
            case VALUE_NULL -> problems.error(key.text() + " is null");
            default -> {
                p.skipChildren();
                problems.error(key.text() + " must be a whole number");
            }
        }
        return null;
    }

    /** The first characters of a text. */
    private String start() throws IOException {
        String text = p.getText();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    /** A finite number, an area from 0 on; null if it is none, which the null of JSON may say. */
    Double number(CocoKey key) throws IOException {
        if (p.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        double value = isNumber(p) ? p.getDoubleValue() : Double.NaN;
        p.skipChildren();
        if (!Double.isFinite(value) || (key == CocoKey.AREA && value < 0)) {
            problems.error(key.text() + " must be a finite number" + (key == CocoKey.AREA ? " from 0 on" : ""));
            return null;
        }
        return value;
    }

    /** Whether the current token is a number, the non-JSON ones included. */
    static boolean isNumber(JsonParser p) {
        return p.currentToken() == JsonToken.VALUE_NUMBER_INT || p.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
    }

    /** A text; null if it is none. */
    String text(CocoKey key) throws IOException {
        if (p.currentToken() == JsonToken.VALUE_STRING) {
            return p.getText();
        }
        p.skipChildren();
        problems.error(key.text() + " must be a text");
        return null;
    }

    /** Whether the object is many: 1 or true, against 0, false or null. */
    boolean crowd() throws IOException {
        JsonToken token = p.currentToken();
        boolean crowd = token == JsonToken.VALUE_TRUE || (isNumber(p) && p.getDoubleValue() == 1);
        boolean isNot = token == JsonToken.VALUE_FALSE
                || token == JsonToken.VALUE_NULL
                || (isNumber(p) && p.getDoubleValue() == 0);
        p.skipChildren();
        if (!crowd && !isNot) {
            problems.error("iscrowd must be 0 or 1");
        }
        return crowd;
    }

    /**
     * Four finite numbers; null and an empty list are none, as for pycocotools.
     *
     * @param box gets them
     * @return whether there are any
     */
    boolean box(double... box) throws IOException {
        if (p.currentToken() != JsonToken.START_ARRAY) {
            p.skipChildren();
            if (p.currentToken() != JsonToken.VALUE_NULL) {
                problems.error("bbox must be a list of four numbers");
            }
            return false;
        }
        int count = 0;
        boolean isNumbers = true;
        boolean isNear = true;
        for (; p.nextToken() != JsonToken.END_ARRAY; count++) {
            if (!isNumber(p)) {
                isNumbers = false;
                p.skipChildren();
            } else if (count < 4) {
                box[count] = p.getDoubleValue();
                isNear &= Math.abs(box[count]) < FARTHEST;
            }
        }
        if (!isNumbers) {
            problems.error("bbox must hold numbers");
        } else if (count != 4 && count != 0) {
            problems.error("bbox needs 4 numbers, has " + count);
        } else if (!isNear) {
            problems.error("bbox is not finite or out of range");
        }
        return count > 0;
    }
}
