package io.vertebra.backbones.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A weight file under canonical names, shapes and layouts, with the parts of folded norms that it lacks made up.
 *
 * <p>A norm that was folded into its convolution has its shift in the file; scale 1, mean 0 and variance 1 − ε make the rest of it the identity.
 */
final class CanonicalFile {

    private final WeightFile file;
    private final SchemeInfo info;
    private final Map<String, Source> sources = new LinkedHashMap<>();
    private final List<String> unmapped = new ArrayList<>();

    /** Where the values of a canonical name come from: a tensor of the file, or (tensor null) a constant. */
    private record Source(TensorInfo tensor, Layout layout, List<Integer> shape, float constant) {}

    CanonicalFile(WeightFile file, SchemeInfo info) {
        this.file = file;
        this.info = info;
        for (TensorInfo tensor : file.tensors().values()) {
            String name = tensor.name().substring(info.prefix().length());
            if (info.scheme().ignores(name)) {
                continue;
            }
            Optional<Scheme.Renamed> renamed = info.scheme().rename(name);
            if (renamed.isPresent()) {
                add(tensor, renamed.get());
            } else {
                unmapped.add(tensor.name());
            }
        }
    }

    private void add(TensorInfo tensor, Scheme.Renamed renamed) {
        Layout layout = renamed.rule().layout();
        if (!layout.fits(tensor.shape())) {
            throw new WeightsException(
                    file.file(),
                    tensor.name(),
                    "has shape " + tensor.shape() + ", which no weight of layout " + layout + " has");
        }
        put(renamed.name(), new Source(tensor, layout, layout.shape(tensor.shape()), 0));
        if (renamed.rule().foldedNorm()) {
            String norm = renamed.name().substring(0, renamed.name().length() - "bias".length());
            put(norm + "weight", new Source(null, Layout.SAME, tensor.shape(), 1));
            put(norm + "running_mean", new Source(null, Layout.SAME, tensor.shape(), 0));
            put(norm + "running_var", new Source(null, Layout.SAME, tensor.shape(), (float)
                    (1 - info.normEpsilon().orElseThrow())));
        }
    }

    private void put(String name, Source source) {
        Source other = sources.put(name, source);
        if (other != null) {
            throw new WeightsException(
                    file.file(),
                    name,
                    "two tensors of the file would get this name: " + inFile(other) + " and " + inFile(source));
        }
    }

    private static String inFile(Source source) {
        return source.tensor() == null
                ? "one made up for a folded norm"
                : source.tensor().name();
    }

    /** Canonical names, in the order of the file. */
    Set<String> names() {
        return sources.keySet();
    }

    /** Names of the file that no rule is for. */
    List<String> unmapped() {
        return unmapped;
    }

    /** Shape under a canonical name. */
    List<Integer> shape(String name) {
        return sources.get(name).shape();
    }

    /** The file's own name for a canonical one; nothing for what was made up. */
    Optional<String> nameInFile(String name) {
        return Optional.ofNullable(sources.get(name).tensor()).map(TensorInfo::name);
    }

    /** All shapes by canonical name. */
    Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        sources.forEach((name, source) -> shapes.put(name, source.shape()));
        return shapes;
    }

    /** Values under a canonical name, in PyTorch's order. */
    float[] read(String name) {
        Source source = sources.get(name);
        if (source.tensor() == null) {
            float[] values = new float[source.shape().stream().reduce(1, Math::multiplyExact)];
            Arrays.fill(values, source.constant());
            return values;
        }
        return source.layout()
                .values(file.read(source.tensor().name()), source.tensor().shape());
    }
}
