package io.vertebra.app.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Texts, numbers, truths and words of a tree become values of Java; what they cannot be is a fault. */
final class ScalarBinder {
    private final List<Fault> faults;

    /** Adds to these faults. */
    ScalarBinder(List<Fault> faults) {
        this.faults = faults;
    }

    /** The value, or null where a fault was added. */
    Object bind(ConfigNode node, String path, Class<?> type) {
        ConfigNode.Scalar s = node instanceof ConfigNode.Scalar given ? given : null;
        ConfigNode.Kind kind = s == null ? null : s.kind();
        if (type == String.class || type == Path.class) {
            if (kind != ConfigNode.Kind.TEXT) {
                String quoted = s == null ? "" : "; write \"" + Text.oneLine(s.text(), 60) + "\"";
                return fault(node, path, "expects text, got " + node.describe() + quoted);
            }
            return type == String.class ? s.text() : path(s, path);
        }
        if (type.isEnum()) {
            return constant(node, path, type);
        }
        if (type == Boolean.class) {
            return kind == ConfigNode.Kind.TRUTH
                    ? Boolean.valueOf(s.text().toLowerCase(Locale.ROOT))
                    : fault(node, path, "expects true or false, got " + node.describe());
        }
        if (type == Integer.class || type == Long.class) {
            return kind == ConfigNode.Kind.WHOLE
                    ? whole(s, path, type)
                    : fault(node, path, "expects a whole number, got " + node.describe());
        }
        if (type == Double.class) {
            return kind == ConfigNode.Kind.WHOLE || kind == ConfigNode.Kind.DECIMAL
                    ? decimal(s, path)
                    : fault(node, path, "expects a number, got " + node.describe());
        }
        throw new IllegalStateException(path + ": no rule binds " + type);
    }

    private Object path(ConfigNode.Scalar node, String path) {
        try {
            return node.text().isBlank() ? fault(node, path, "expects a path, got nothing") : Path.of(node.text());
        } catch (InvalidPathException e) {
            return fault(node, path, Text.quote(node.text()) + " is no path");
        }
    }

    private Object constant(ConfigNode node, String path, Class<?> type) {
        Map<String, Object> constants = constants(type);
        if (node instanceof ConfigNode.Scalar s && s.kind() == ConfigNode.Kind.TEXT) {
            Object value = constants.get(s.text());
            return value != null
                    ? value
                    : fault(
                            node,
                            path,
                            "unknown value " + Text.quote(s.text()) + " "
                                    + EditDistance.hint(s.text(), constants.keySet()));
        }
        return fault(
                node, path, "expects one of " + String.join(", ", constants.keySet()) + ", got " + node.describe());
    }

    private Object whole(ConfigNode.Scalar node, String path, Class<?> type) {
        String digits = node.text().startsWith("+") ? node.text().substring(1) : node.text();
        BigInteger value = digits.startsWith("0x")
                ? new BigInteger(digits.substring(2), 16)
                : digits.startsWith("0o") ? new BigInteger(digits.substring(2), 8) : new BigInteger(digits);
        int bits = type == Integer.class ? 31 : 63;
        if (value.bitLength() > bits) {
            BigInteger end = BigInteger.TWO.pow(bits);
            return fault(
                    node,
                    path,
                    "must lie in [" + end.negate() + ", " + end.subtract(BigInteger.ONE) + "], is " + node.describe());
        }
        return type == Integer.class ? (Object) value.intValue() : (Object) value.longValue();
    }

    private Object decimal(ConfigNode.Scalar node, String path) {
        String text = node.text();
        if (text.toLowerCase(Locale.ROOT).matches("[-+]?\\.(inf|nan)")) {
            return fault(node, path, "must be finite, is " + text);
        }
        double value = node.kind() == ConfigNode.Kind.WHOLE && whole(node, path, Long.class) instanceof Long n
                ? n
                : parse(text);
        return Double.isFinite(value) ? value : fault(node, path, "must be finite, is " + node.describe());
    }

    private double parse(String text) {
        try {
            return new BigDecimal(text).doubleValue();
        } catch (NumberFormatException e) { // an exponent beyond all bounds
            return Double.NaN;
        }
    }

    private Object fault(ConfigNode node, String path, String reason) {
        faults.add(new Fault(node.origin(), path, reason));
        return null;
    }

    /** The words of an enum as they stand in a file. */
    static Map<String, Object> constants(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        Arrays.stream(type.getEnumConstants())
                .forEach(c -> constants.put(((Enum<?>) c).name().toLowerCase(Locale.ROOT), c));
        return constants;
    }
}
