package io.vertebra.datasets.transforms;

/**
 * A kind of transform, registered under the name that configs use.
 *
 * @param <C> the record of its keys
 */
public interface TransformFamily<C> {

    /** The record that the keys of the config are bound to. */
    Class<C> config();

    /** The transform with these settings. */
    Step create(C config);

    /** A family from its parts. */
    static <C> TransformFamily<C> of(Class<C> config, java.util.function.Function<C, Step> create) {
        return new TransformFamily<>() {
            @Override
            public Class<C> config() {
                return config;
            }

            @Override
            public Step create(C settings) {
                return create.apply(settings);
            }
        };
    }
}
