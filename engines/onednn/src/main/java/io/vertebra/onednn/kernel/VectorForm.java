package io.vertebra.onednn.kernel;

import java.util.function.Consumer;

/** Finds the Vector API form of a kernel where the incubator module was added to the JVM and works. */
final class VectorForm {
    private VectorForm() {}

    /**
     * The vector form, or the scalar one.
     *
     * @param trial run once: another JDK's incubator API fails here and not in a step
     */
    static <T> T choose(Class<T> type, String name, T scalar, Consumer<T> trial) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return scalar;
        }
        try {
            T vector = Class.forName(VectorForm.class.getPackageName() + "." + name)
                    .asSubclass(type)
                    .getDeclaredConstructor()
                    .newInstance();
            trial.accept(vector);
            return vector;
        } catch (ReflectiveOperationException | LinkageError e) {
            return scalar;
        }
    }
}
