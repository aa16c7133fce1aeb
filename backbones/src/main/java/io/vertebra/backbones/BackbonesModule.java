package io.vertebra.backbones;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.MapBinder;
import io.vertebra.backbones.zoo.Zoo;

/** Binds the variants that come with Vertebra, each to its family, and what is published of them. */
public final class BackbonesModule extends AbstractModule {
    @Override
    protected void configure() {
        MapBinder<String, BackboneFamily<?>> backbones =
                MapBinder.newMapBinder(binder(), new TypeLiteral<String>() {}, new TypeLiteral<BackboneFamily<?>>() {});
        for (BackboneFamily<?> family : Backbones.FAMILIES) {
            family.variants().forEach(name -> backbones.addBinding(name).toInstance(family));
        }
        bind(Zoo.class).toInstance(Zoo.builtIn());
    }
}
