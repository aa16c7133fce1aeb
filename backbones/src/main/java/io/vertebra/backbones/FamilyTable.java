package io.vertebra.backbones;

import java.lang.reflect.Constructor;
import java.util.List;

/**
 * What a family offers.
 *
 * @param variants their names, as torchvision or timm spell them, in the order of the paper's table
 * @param config the record of its options; its constructor fills in what is {@code null}
 * @param <C> the same
 */
public record FamilyTable<C extends Record & BackboneConfig>(List<String> variants, Class<C> config) {

    /** Keeps a copy. */
    public FamilyTable {
        variants = List.copyOf(variants);
    }

    /** The options when nothing is said. */
    public C defaults() {
        try {
            Constructor<?> constructor =
                    config.getDeclaredConstructors()[0]; // a record of options has its canonical one only
            return config.cast(constructor.newInstance(new Object[constructor.getParameterCount()]));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(config + " cannot be made of nothing", e);
        }
    }
}
