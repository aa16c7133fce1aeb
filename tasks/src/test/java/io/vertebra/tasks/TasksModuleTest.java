package io.vertebra.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TasksModuleTest {
    @Test
    void bindsEachTaskUnderItsOwnName() {
        Map<String, Task> tasks = Guice.createInjector(Stage.PRODUCTION, new TasksModule())
                .getInstance(Key.get(new TypeLiteral<Map<String, Task>>() {}));
        assertThat(tasks).containsOnlyKeys("classification", "detection", "joint", "segmentation");
        tasks.forEach((name, task) -> assertThat(task.name()).isEqualTo(name));
    }
}
