package io.vertebra.backbones.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values that {@link Unpickler} builds. Text, numbers and truth values are Java's own (String, Long, BigInteger, Double, Boolean), None is {@link #NONE}.
 *
 * <p>A pickle may share children or contain itself, so nothing here walks into children: no recursion, no hashing of containers.
 */
final class Pickle {

    /** Python's None. */
    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    private Pickle() {}

    /** A list, or a set read as one. */
    static final class Items {
        private final List<Object> values = new ArrayList<>();

        List<Object> values() {
            return values;
        }
    }

    /** A dict or OrderedDict; containers as keys are kept apart by identity, as these classes have no equality. */
    static final class Dict {
        private final Map<Object, Object> values = new LinkedHashMap<>();

        void put(Object key, Object value) {
            values.put(key, value);
        }

        Map<Object, Object> values() {
            return values;
        }
    }

    /** A tuple, or a torch.Size. */
    static final class Tuple {
        private final List<Object> values;

        Tuple(List<Object> values) {
            this.values = List.copyOf(values);
        }

        Object get(int i) {
            return values.get(i);
        }

        int size() {
            return values.size();
        }

        List<Object> values() {
            return values;
        }
    }

    /** Bytes; their content is of no use here. */
    record Bytes(int length) {}

    /** A callable or a type of the allow list; nothing else can be named. */
    enum Global {
        ORDERED_DICT("collections.OrderedDict"),
        SET("builtins.set"),
        FROZEN_SET("builtins.frozenset"),
        ENCODE("_codecs.encode"),
        SIZE("torch.Size"),
        DEVICE("torch.device"),
        REBUILD_TENSOR("torch._utils._rebuild_tensor"),
        REBUILD_TENSOR_V2("torch._utils._rebuild_tensor_v2"),
        REBUILD_PARAMETER("torch._utils._rebuild_parameter"),
        DOUBLE_STORAGE("torch.DoubleStorage", DType.F64),
        FLOAT_STORAGE("torch.FloatStorage", DType.F32),
        HALF_STORAGE("torch.HalfStorage", DType.F16),
        BFLOAT16_STORAGE("torch.BFloat16Storage", DType.BF16),
        LONG_STORAGE("torch.LongStorage", DType.I64),
        INT_STORAGE("torch.IntStorage", DType.I32),
        SHORT_STORAGE("torch.ShortStorage", DType.I16),
        CHAR_STORAGE("torch.CharStorage", DType.I8),
        BYTE_STORAGE("torch.ByteStorage", DType.U8),
        BOOL_STORAGE("torch.BoolStorage", DType.BOOL);

        private final String name;
        private final DType type;

        Global(String name) {
            this(name, null);
        }

        Global(String name, DType type) {
            this.name = name;
            this.type = type;
        }

        /** Element type of a storage, null for what is none. */
        DType type() {
            return type;
        }

        /** The entry of the allow list for a module and a name, or null. Python 2 calls builtins __builtin__. */
        static Global of(String module, String name) {
            String full = (module.equals("__builtin__") ? "builtins" : module) + "." + name;
            for (Global global : values()) {
                if (global.name.equals(full)) {
                    return global;
                }
            }
            return null;
        }
    }

    /** Elements that tensors share; where they lie in the file is not known to the pickle. */
    record Storage(DType type, String key, long elements) {}

    /** A view of a storage, its range checked. */
    record Tensor(Storage storage, long offset, List<Integer> shape, List<Long> strides) {

        /** Number of elements of the storage from the first to the last of this view. */
        long span() {
            if (shape.contains(0)) {
                return 0;
            }
            long last = 0;
            for (int i = 0; i < shape.size(); i++) {
                last += (shape.get(i) - 1) * strides.get(i);
            }
            return last + 1;
        }

        /** Whether the elements lie one after another in C order. */
        boolean isContiguous() {
            long expected = 1;
            for (int i = shape.size() - 1; i >= 0; i--) {
                if (shape.get(i) != 1 && strides.get(i) != expected) {
                    return false;
                }
                expected *= shape.get(i);
            }
            return true;
        }
    }
}
