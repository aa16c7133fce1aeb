package io.vertebra.backbones.weights;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stack machine for Python pickles (protocols 2 to 5) that can build containers, plain values and tensors, and nothing else.
 *
 * <p>No class is looked up and nothing is called: a global is an entry of {@link Pickle.Global} or a refusal that names it and its offset. The machine does not
 * recurse, lengths are checked before use, and the number of operations bounds memory.
 */
final class Unpickler {

    /** A tensor takes about 35 operations; the largest published checkpoints with optimizer stay under 200,000. */
    private static final int MOST_OPERATIONS = 1_000_000;

    private final FileBytes file;
    private final String place;
    private final ByteBuffer data;
    private final TorchObjects torch;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final ArrayList<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private int at; // offset of the current operation

    /**
     * Prepares to read one pickle at the buffer's position.
     *
     * @param place name of the entry for messages
     */
    Unpickler(FileBytes file, String place, ByteBuffer data, TorchObjects torch) {
        this.file = file;
        this.place = place;
        this.data = data;
        this.torch = torch;
    }

    /** Runs to the end of the pickle; the buffer then stands behind it. */
    Object load() {
        for (int count = 0; count < MOST_OPERATIONS; count++) {
            at = data.position();
            int operation = need(1).get() & 0xff;
            if (operation == '.') {
                Object result = pop();
                if (!stack.isEmpty() || !marks.isEmpty()) {
                    throw fault("bad pickle: values left on the stack");
                }
                return result;
            }
            step(operation);
        }
        throw fault("pickle has more than " + MOST_OPERATIONS + " operations");
    }

    // spotless:off
    private void step(int operation) {
        switch (operation) {
            case 0x80 -> protocol(need(1).get());
            case 0x95 -> length(need(8).getLong());
            case '(' -> marks.add(stack.size());
            case '0' -> pop();
            case '1' -> popMark();
            case '2' -> push(peek());
            case 'N' -> push(Pickle.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) need(4).getInt());
            case 'K' -> push((long) (need(1).get() & 0xff));
            case 'M' -> push((long) (need(2).getShort() & 0xffff));
            case 0x8a -> push(integer(need(1).get() & 0xff));
            case 0x8b -> push(integer(need(4).getInt()));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(need(8).getLong())));
            case 'X', 'T' -> push(text(Integer.toUnsignedLong(need(4).getInt())));
            case 0x8c, 'U' -> push(text(need(1).get() & 0xff));
            case 0x8d -> push(text(need(8).getLong()));
            case 'B' -> push(bytes(Integer.toUnsignedLong(need(4).getInt())));
            case 'C' -> push(bytes(need(1).get() & 0xff));
            case 0x8e, 0x96 -> push(bytes(need(8).getLong()));
            case ']', 0x8f -> push(new Pickle.Items());
            case '}' -> push(new Pickle.Dict());
            case ')' -> push(new Pickle.Tuple(List.of()));
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case 't' -> push(new Pickle.Tuple(popMark()));
            case 'l', 0x91 -> append(new Pickle.Items(), popMark(), true);
            case 'd' -> putAll(new Pickle.Dict(), popMark(), true);
            case 'a' -> { Object item = pop(); append(items(), List.of(item), false); }
            case 'e', 0x90 -> { List<Object> items = popMark(); append(items(), items, false); }
            case 's' -> { Object value = pop(); Object key = pop(); putAll(dict(), List.of(key, value), false); }
            case 'u' -> { List<Object> pairs = popMark(); putAll(dict(), pairs, false); }
            case 'q' -> memo.put((long) (need(1).get() & 0xff), peek());
            case 'r' -> memo.put(Integer.toUnsignedLong(need(4).getInt()), peek());
            case 0x94 -> memo.put((long) memo.size(), peek());
            case 'h' -> push(recall(need(1).get() & 0xff));
            case 'j' -> push(recall(Integer.toUnsignedLong(need(4).getInt())));
            case 'c' -> push(global(line(), line()));
            case 0x93 -> { Object name = pop(); push(global(string(pop()), string(name))); }
            case 'R' -> { Object arguments = pop(); push(torch.call(pop(), arguments, this::fault)); }
            case 'b' -> build();
            case 'Q' -> push(torch.storage(pop(), this::fault));
            default -> throw fault(String.format("pickle operation 0x%02x is not allowed", operation));
        }
    }
    // spotless:on

    private void protocol(byte version) {
        if (version < 2 || version > 5) {
            throw fault("pickle protocol " + version + " is not read");
        }
    }

    private Pickle.Global global(String module, String name) {
        Pickle.Global global = Pickle.Global.of(module, name);
        if (global == null) {
            throw fault("global " + module + "." + name + " is not on the allow list; nothing was executed"
                    + (module.startsWith("__torch__") ? " (a TorchScript archive? save its state_dict)" : ""));
        }
        return global;
    }

    /** State of an object: an OrderedDict's attributes (torch keeps versions there) are dropped, all else is refused. */
    private void build() {
        pop();
        if (!(peek() instanceof Pickle.Dict)) {
            throw fault("bad pickle: sets the state of something that is no dict");
        }
    }

    private Object integer(int length) {
        byte[] bytes = raw(length);
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte low = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = low;
        }
        BigInteger value = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private String text(long length) {
        return new String(raw(length), StandardCharsets.UTF_8);
    }

    private Pickle.Bytes bytes(long length) {
        int size = length(length);
        data.position(data.position() + size);
        return new Pickle.Bytes(size);
    }

    private byte[] raw(long length) {
        byte[] bytes = new byte[length(length)];
        data.get(bytes);
        return bytes;
    }

    /** A length that fits the rest of the pickle. */
    private int length(long length) {
        if (length < 0 || length > data.remaining()) {
            throw fault("pickle ends early: " + length + " bytes wanted, " + data.remaining() + " left");
        }
        return (int) length;
    }

    private ByteBuffer need(int count) {
        length(count);
        return data;
    }

    private String line() {
        int start = data.position();
        int end = start;
        while (need(1).get() != '\n') {
            end++;
        }
        return StandardCharsets.UTF_8.decode(data.slice(start, end - start)).toString();
    }

    private Pickle.Tuple tuple(int size) {
        check(size);
        List<Object> top = stack.subList(stack.size() - size, stack.size());
        Pickle.Tuple tuple = new Pickle.Tuple(top);
        top.clear();
        return tuple;
    }

    private List<Object> popMark() {
        if (marks.isEmpty()) {
            throw fault("bad pickle: no mark on the stack");
        }
        List<Object> top = stack.subList(marks.remove(marks.size() - 1), stack.size());
        List<Object> values = List.copyOf(top);
        top.clear();
        return values;
    }

    private void append(Pickle.Items items, List<Object> values, boolean isNew) {
        items.values().addAll(values);
        if (isNew) {
            push(items);
        }
    }

    private void putAll(Pickle.Dict dict, List<Object> pairs, boolean isNew) {
        if (pairs.size() % 2 != 0) {
            throw fault("bad pickle: a key without value");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            dict.put(pairs.get(i), pairs.get(i + 1));
        }
        if (isNew) {
            push(dict);
        }
    }

    private Pickle.Items items() {
        if (peek() instanceof Pickle.Items items) {
            return items;
        }
        throw fault("bad pickle: adds to something that is no list");
    }

    private Pickle.Dict dict() {
        if (peek() instanceof Pickle.Dict dict) {
            return dict;
        }
        throw fault("bad pickle: sets an item of something that is no dict");
    }

    private String string(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw fault("bad pickle: a name that is no text");
    }

    private Object recall(long index) {
        Object value = memo.get(index);
        if (value == null) {
            throw fault("bad pickle: memo " + index + " is empty");
        }
        return value;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object peek() {
        check(1);
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        check(1);
        return stack.remove(stack.size() - 1);
    }

    /** Values above the topmost mark may be taken, values below it not. */
    private void check(int count) {
        int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() - floor < count) {
            throw fault("bad pickle: takes from an empty stack");
        }
    }

    private WeightsException fault(String reason) {
        return file.fault(place + " at offset " + at, reason);
    }
}
