package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.KernelSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The kernels of the library with their parameters. */
final class KernelTable {
    private final Map<String, Entry> entries = new HashMap<>();

    /**
     * A kernel.
     *
     * @param name {@code file/type/function}
     * @param index in the library
     * @param parameters of each {@code i}, {@code l}, {@code f}, or {@code p} and the bytes of an element
     */
    record Entry(String name, int index, List<String> parameters) {

        /** The arguments as the library takes them. */
        long[] pack(List<? extends Number> arguments) {
            if (arguments.size() != parameters.size()) {
                throw new IllegalArgumentException(
                        name + " has " + parameters.size() + " parameters, not " + arguments.size());
            }
            long[] slots = new long[parameters.size()];
            for (int i = 0; i < slots.length; i++) {
                slots[i] = pack(i, arguments.get(i));
            }
            return slots;
        }

        private long pack(int i, Number argument) {
            char kind = parameters.get(i).charAt(0);
            if (kind == 'i' && argument instanceof Integer number) {
                return number;
            } else if (kind == 'f' && argument instanceof Float number) {
                return Float.floatToRawIntBits(number) & 0xFFFFFFFFL;
            } else if ((kind == 'l' || kind == 'p') && argument instanceof Long number) {
                return number;
            }
            throw new IllegalArgumentException("argument " + i + " of " + name + " is " + argument + " ("
                    + argument.getClass().getSimpleName() + "), the parameter is " + parameters.get(i));
        }

        /** Bytes of what a parameter points to; 0 where it is no pointer. */
        int element(int i) {
            String parameter = parameters.get(i);
            return parameter.charAt(0) == 'p' ? Integer.parseInt(parameter.substring(1)) : 0;
        }
    }

    private static final class Loaded {
        private static final KernelTable TABLE = new KernelTable();
    }

    /** That of the library, which must be loaded. */
    static KernelTable loaded() {
        return Loaded.TABLE;
    }

    private KernelTable() {
        String[] kernels = Emulator.kernels();
        for (int i = 0; i < kernels.length; i++) {
            int colon = kernels[i].indexOf(':');
            String name = kernels[i].substring(0, colon);
            List<String> parameters = List.of(kernels[i].substring(colon + 1).split(",", -1));
            // a comma follows each
            entries.put(name, new Entry(name, i, parameters.subList(0, parameters.size() - 1)));
        }
    }

    /** One of them. */
    Entry find(KernelSource source, String function) {
        String name = source.file() + "/" + source.type().code() + "/" + function;
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("there is no kernel " + name + "; there are "
                    + entries.keySet().stream().sorted().toList());
        }
        return entry;
    }
}
