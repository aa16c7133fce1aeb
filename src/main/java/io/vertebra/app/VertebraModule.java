package io.vertebra.app;

import com.google.inject.Module;

/** Bindings from outside the project, found by {@code ServiceLoader}: more backbones, heads, formats, transforms or tasks. */
public interface VertebraModule extends Module {}
