package io.vertebra.app;

import io.vertebra.tasks.training.StopSwitch;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the signals of the system ask of a training: the first SIGINT or SIGTERM to save and stop, a second one to leave at once, SIGUSR1 to save
 * and go on.
 */
public final class Signals {
    private final AtomicReference<ExitCode> received = new AtomicReference<>();

    private Signals() {}

    /** Listens from now on, to the end of the process. */
    public static Signals listen(StopSwitch stop, Console console) {
        Signals signals = new Signals();
        handle("INT", () -> signals.leave(ExitCode.INTERRUPTED, stop, console));
        handle("TERM", () -> signals.leave(ExitCode.TERMINATED, stop, console));
        handle("USR1", stop::checkpoint);
        return signals;
    }

    private void leave(ExitCode code, StopSwitch stop, Console console) {
        if (!received.compareAndSet(null, code)) {
            Runtime.getRuntime().halt(code.code());
        }
        stop.stop();
        console.say("stopping after this update, with a checkpoint; a second signal leaves at once");
    }

    /**
     * Java has one way to hear a signal and go on, {@code sun.misc.Signal}, and the compiler a warning for it that nothing silences: hence by reflection.
     * A system that lacks the signal or the class keeps its own manners.
     */
    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getDeclaringClass() == handler) {
                            action.run();
                            return null;
                        }
                        return switch (method.getName()) { // those of Object
                            case "hashCode" -> System.identityHashCode(self);
                            case "equals" -> self == arguments[0];
                            default -> name;
                        };
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            return; // no such class or no such signal here
        }
    }

    /** What the process ends with after a training that was stopped. */
    public ExitCode exitCode() {
        ExitCode code = received.get();
        return code == null ? ExitCode.INTERRUPTED : code;
    }
}
