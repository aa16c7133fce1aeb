package io.vertebra.tasks.joint;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;

/** Marks the tasks that serve one head, by name. */
@Qualifier
@Retention(RUNTIME)
public @interface SingleTasks {}
