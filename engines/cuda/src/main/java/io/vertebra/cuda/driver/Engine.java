package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINECFG_ENGINE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINECFG_KNOB_CHOICES;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINE_GLOBAL_INDEX;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINE_NUMERICAL_NOTE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_ENGINE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_FFT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_TENSOR_CORE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_WINOGRAD;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_BEHAVIOR_NOTE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_KNOB_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_NUMERICAL_NOTE;

import io.vertebra.cuda.device.ConvolutionSpec;
import java.util.List;
import java.util.Set;

/** One of cuDNN's engines with its knobs set, as cuDNN proposed it; owns the configuration. */
final class Engine implements AutoCloseable {
    /** Another result at each run, or less than the types promise: never taken. */
    private static final Set<Integer> REFUSED = Set.of(
            CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC,
            CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS,
            CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION,
            CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6,
            CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13);

    /** Not taken either where F32 is to be computed in full: tensor cores shorten it to TF32. */
    private static final Set<Integer> NOT_STRICT = Set.of(
            CUDNN_NUMERICAL_NOTE_TENSOR_CORE,
            CUDNN_NUMERICAL_NOTE_FFT,
            CUDNN_NUMERICAL_NOTE_WINOGRAD,
            CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4);

    /** More notes or knobs than an engine has; cuDNN does not say how many there are. */
    private static final int MOST = 64;

    private final Descriptor configuration;
    private final long number;
    private final List<Integer> notes;
    private final boolean isCompiled;

    /** Owns the configuration. */
    Engine(Descriptor configuration) {
        this.configuration = configuration;
        try (Descriptor engine =
                configuration.getDescriptor(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR)) {
            this.number = engine.getLong(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
            this.notes = engine.getConstants(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, MOST);
            this.isCompiled = engine.getConstants(CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE, MOST)
                    .contains(CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
        }
    }

    Descriptor configuration() {
        return configuration;
    }

    /** Whether its code is compiled when a plan is made of it. */
    boolean isCompiled() {
        return isCompiled;
    }

    /** Whether it computes as the specification asks. */
    boolean serves(ConvolutionSpec spec) {
        return serves(notes, spec.isStrict());
    }

    /** Whether an engine with these notes of cuDNN's may be taken. */
    static boolean serves(List<Integer> notes, boolean strict) {
        return notes.stream().noneMatch(n -> REFUSED.contains(n) || (strict && NOT_STRICT.contains(n)));
    }

    /** {@code cudnn:eng62 0=4 2=1}. */
    String name() {
        StringBuilder name = new StringBuilder("cudnn:eng").append(number);
        List<Descriptor> knobs = configuration.getDescriptors(
                CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, MOST);
        try {
            for (Descriptor knob : knobs) {
                name.append(' ')
                        .append(knob.getConstants(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, 1)
                                .get(0))
                        .append('=')
                        .append(knob.getLong(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE));
            }
        } finally {
            knobs.forEach(Descriptor::close);
        }
        return name.toString();
    }

    @Override
    public void close() {
        configuration.close();
    }
}
