package io.vertebra.backbones.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The named tensors of an unpickled checkpoint: the state dict itself, or the one that lies under a customary key. */
record StateDict(Map<String, Pickle.Tensor> tensors, Map<String, String> scalars, List<String> notes) {

    /** Keys under which training programs put the state dict, the better first. */
    private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict", "model_state", "model");

    private static final int DEEPEST = 8;
    private static final int MOST_SCALARS = 64;
    private static final int LONGEST_SCALAR = 200;

    static StateDict of(Object root) {
        Map<String, String> scalars = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        Object at = root;
        for (int depth = 0; depth < DEEPEST && at instanceof Pickle.Dict dict; depth++) {
            Map<String, Pickle.Tensor> tensors = tensors(dict);
            collectScalars(dict, scalars);
            Object inner = inner(dict);
            if (!tensors.isEmpty() && inner == null) {
                int others = dict.values().size() - tensors.size();
                if (others > 0) {
                    notes.add(others + " entries are not tensors and were passed over");
                }
                return new StateDict(tensors, scalars, notes);
            }
            at = inner;
        }
        notes.add("holds no tensors under names (a state dict is wanted, at the top or under one of " + WRAPPERS + ")");
        return new StateDict(Map.of(), scalars, notes);
    }

    private static Object inner(Pickle.Dict dict) {
        for (String key : WRAPPERS) {
            if (dict.values().get(key) instanceof Pickle.Dict found) {
                return found;
            }
        }
        return null;
    }

    private static Map<String, Pickle.Tensor> tensors(Pickle.Dict dict) {
        Map<String, Pickle.Tensor> tensors = new LinkedHashMap<>();
        dict.values().forEach((key, value) -> {
            if (key instanceof String name && value instanceof Pickle.Tensor tensor) {
                tensors.put(name, tensor);
            }
        });
        return tensors;
    }

    private static void collectScalars(Pickle.Dict dict, Map<String, String> scalars) {
        dict.values().forEach((key, value) -> {
            boolean plain = value instanceof String
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean;
            if (key instanceof String name
                    && plain
                    && scalars.size() < MOST_SCALARS
                    && value.toString().length() <= LONGEST_SCALAR) {
                scalars.putIfAbsent(name, value.toString());
            }
        });
    }
}
