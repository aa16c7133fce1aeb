package io.vertebra.export;

import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;

/** The attributes of an ONNX node: messages {@code AttributeProto}. */
final class Attributes {
    private static final int FLOAT = 1;
    private static final int INT = 2;
    private static final int STRING = 3;
    private static final int INTS = 7;

    private final List<Message> all = new ArrayList<>();

    /** None yet. */
    static Attributes none() {
        return new Attributes();
    }

    Attributes integer(String name, long value) {
        return add(name, INT, new Message().integer(3, value));
    }

    Attributes real(String name, double value) {
        return add(name, FLOAT, new Message().real(2, (float) value));
    }

    Attributes text(String name, String value) {
        return add(name, STRING, new Message().text(4, value));
    }

    Attributes integers(String name, long... values) {
        Message message = new Message();
        for (long value : values) {
            message.integer(8, value);
        }
        return add(name, INTS, message);
    }

    /** Height and width. */
    Attributes size(String name, Size size) {
        return integers(name, size.height(), size.width());
    }

    /** Begins before ends, as ONNX has them. */
    Attributes pads(Padding.Explicit p) {
        return integers("pads", p.top(), p.left(), p.bottom(), p.right());
    }

    private Attributes add(String name, int type, Message message) {
        all.add(message.text(1, name).integer(20, type));
        return this;
    }

    List<Message> all() {
        return all;
    }
}
