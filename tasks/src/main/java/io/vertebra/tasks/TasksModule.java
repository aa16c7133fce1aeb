package io.vertebra.tasks;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import io.vertebra.tasks.classification.ClassificationTask;
import io.vertebra.tasks.detection.DetectionTask;
import io.vertebra.tasks.joint.JointTask;
import io.vertebra.tasks.joint.SingleTasks;
import io.vertebra.tasks.segmentation.SegmentationTask;
import java.util.Map;

/** The tasks that come with Vertebra, under the names that configs use. */
public final class TasksModule extends AbstractModule {

    /** The tasks of single heads; a new one is a line here. */
    private static final Map<String, Class<? extends Task>> SINGLE = Map.of(
            ClassificationTask.NAME, ClassificationTask.class,
            SegmentationTask.NAME, SegmentationTask.class,
            DetectionTask.NAME, DetectionTask.class);

    @Override
    protected void configure() {
        MapBinder<String, Task> single = MapBinder.newMapBinder(binder(), String.class, Task.class, SingleTasks.class);
        MapBinder<String, Task> all = MapBinder.newMapBinder(binder(), String.class, Task.class);
        SINGLE.forEach((name, task) -> {
            single.addBinding(name).to(task);
            all.addBinding(name).to(task);
        });
        all.addBinding(JointTask.NAME).to(JointTask.class);
    }
}
