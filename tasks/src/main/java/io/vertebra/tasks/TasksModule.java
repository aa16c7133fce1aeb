package io.vertebra.tasks;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import io.vertebra.tasks.classification.ClassificationTask;

/** The tasks that come with Vertebra, under the names that configs use. */
public final class TasksModule extends AbstractModule {

    @Override
    protected void configure() {
        MapBinder<String, Task> tasks = MapBinder.newMapBinder(binder(), String.class, Task.class);
        tasks.addBinding("classification").to(ClassificationTask.class);
    }
}
