package io.vertebra.heads;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.MapBinder;

/** Binds the heads and necks that come with Vertebra. */
public final class HeadsModule extends AbstractModule {
    @Override
    protected void configure() {
        MapBinder<String, HeadFamily<?>> heads =
                MapBinder.newMapBinder(binder(), new TypeLiteral<String>() {}, new TypeLiteral<HeadFamily<?>>() {});
        Heads.FAMILIES.forEach((name, family) -> heads.addBinding(name).toInstance(family));
        MapBinder<String, NeckFamily<?>> necks =
                MapBinder.newMapBinder(binder(), new TypeLiteral<String>() {}, new TypeLiteral<NeckFamily<?>>() {});
        Necks.FAMILIES.forEach((name, family) -> necks.addBinding(name).toInstance(family));
    }
}
