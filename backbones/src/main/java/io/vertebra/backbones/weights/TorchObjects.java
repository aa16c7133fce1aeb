package io.vertebra.backbones.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the allowed globals of a pickle build: tensors over storages, and containers. Remembers every storage that was named. */
final class TorchObjects {

    private static final int MOST_DIMENSIONS = 64;

    private final Map<String, Pickle.Storage> storages = new LinkedHashMap<>();

    /** The storages by key, in the order in which they were first named. */
    Map<String, Pickle.Storage> storages() {
        return storages;
    }

    /** A persistent id: {@code ('storage', type, key, location, elements[, view])}. */
    Object storage(Object id, Function<String, WeightsException> fault) {
        if (id instanceof Pickle.Tuple tuple
                && (tuple.size() == 5 || tuple.size() == 6)
                && "storage".equals(tuple.get(0))
                && tuple.get(1) instanceof Pickle.Global global
                && global.type() != null
                && tuple.get(2) instanceof String key
                && tuple.get(4) instanceof Long elements
                && elements >= 0) {
            if (tuple.size() == 6 && tuple.get(5) != Pickle.NONE) {
                throw fault.apply("storage " + key
                        + " is a view of another storage (torch before 0.4); load and save it with a newer torch");
            }
            Pickle.Storage storage = new Pickle.Storage(global.type(), key, elements);
            Pickle.Storage known = storages.putIfAbsent(key, storage);
            if (known != null && !known.equals(storage)) {
                throw fault.apply("storage " + key + " is named twice with another type or size");
            }
            return storage;
        }
        throw fault.apply("bad pickle: a persistent id that is no storage");
    }

    /** What a call of an allowed global gives. */
    Object call(Object callable, Object arguments, Function<String, WeightsException> fault) {
        if (!(callable instanceof Pickle.Global global) || !(arguments instanceof Pickle.Tuple tuple)) {
            throw fault.apply("bad pickle: calls something that is no function");
        }
        Object first = tuple.size() == 0 ? Pickle.NONE : tuple.get(0);
        return switch (global) {
            case ORDERED_DICT -> orderedDict(first, fault);
            case SET, FROZEN_SET -> first == Pickle.NONE ? new Pickle.Items() : first;
            case ENCODE -> new Pickle.Bytes(first instanceof String text ? text.length() : 0);
            case SIZE -> new Pickle.Tuple(numbers(first, fault));
            case DEVICE -> first instanceof String ? first : "device";
            case REBUILD_TENSOR, REBUILD_TENSOR_V2 -> tensor(tuple, fault);
            case REBUILD_PARAMETER -> {
                if (first instanceof Pickle.Tensor) {
                    yield first;
                }
                throw fault.apply("bad pickle: a parameter without tensor");
            }
            default -> throw fault.apply("bad pickle: calls the type " + global);
        };
    }

    private static Pickle.Dict orderedDict(Object pairs, Function<String, WeightsException> fault) {
        Pickle.Dict dict = new Pickle.Dict();
        if (pairs == Pickle.NONE) {
            return dict;
        }
        if (pairs instanceof Pickle.Items list) {
            for (Object pair : list.values()) {
                // Python 2 writes pairs as lists, Python 3 as tuples
                List<Object> two = pair instanceof Pickle.Tuple tuple
                        ? tuple.values()
                        : pair instanceof Pickle.Items items ? items.values() : List.of();
                if (two.size() != 2) {
                    throw fault.apply("bad pickle: an OrderedDict of something that is no pair");
                }
                dict.put(two.get(0), two.get(1));
            }
            return dict;
        }
        throw fault.apply("bad pickle: an OrderedDict of something that is no list");
    }

    /** {@code (storage, offset, shape, strides, ...)}: every element must lie in the storage, and there are no more of them than the storage has. */
    private static Pickle.Tensor tensor(Pickle.Tuple arguments, Function<String, WeightsException> fault) {
        if (arguments.size() < 4
                || !(arguments.get(0) instanceof Pickle.Storage storage)
                || !(arguments.get(1) instanceof Long offset)
                || !(arguments.get(2) instanceof Pickle.Tuple)
                || !(arguments.get(3) instanceof Pickle.Tuple)) {
            throw fault.apply("bad pickle: bad arguments of a tensor");
        }
        List<Long> shape = longs(arguments.get(2), fault);
        List<Long> strides = longs(arguments.get(3), fault);
        if (shape.size() != strides.size() || shape.size() > MOST_DIMENSIONS || offset < 0) {
            throw fault.apply("bad tensor: shape " + shape + ", strides " + strides + ", offset " + offset);
        }
        String what = "tensor of shape " + shape + " and strides " + strides + " at " + offset;
        try {
            long elements = 1;
            long last = offset;
            for (int i = 0; i < shape.size(); i++) {
                elements = Math.multiplyExact(elements, shape.get(i));
                last = Math.addExact(last, Math.multiplyExact(Math.max(shape.get(i) - 1, 0), strides.get(i)));
            }
            if (elements > storage.elements()
                    || (elements > 0 ? last >= storage.elements() : offset > storage.elements())) {
                throw fault.apply(what + " leaves its storage of " + storage.elements() + " elements");
            }
            if (elements > Integer.MAX_VALUE - 8) {
                throw fault.apply(what + " has more than 2^31 elements");
            }
            return new Pickle.Tensor(
                    storage, offset, shape.stream().map(Math::toIntExact).toList(), strides);
        } catch (ArithmeticException e) {
            throw fault.apply(what + " is too large");
        }
    }

    private static List<Long> longs(Object tuple, Function<String, WeightsException> fault) {
        List<Long> longs = new ArrayList<>();
        for (Object value : numbers(tuple, fault)) {
            if (!(value instanceof Long number) || number < 0) {
                throw fault.apply(
                        "bad tensor: " + (value instanceof Number ? value : "something else") + " as a size or stride");
            }
            longs.add(number);
        }
        return longs;
    }

    private static List<Object> numbers(Object value, Function<String, WeightsException> fault) {
        if (value instanceof Pickle.Tuple tuple && tuple.size() <= MOST_DIMENSIONS) {
            return tuple.values();
        }
        throw fault.apply("bad pickle: a shape that is no tuple, or has more than " + MOST_DIMENSIONS + " dimensions");
    }
}
