package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What of a device is open, by name: whoever uses what is closed is told, and so is whoever leaves something open. */
final class Ledger {
    private final Set<String> open = Collections.synchronizedSet(new LinkedHashSet<>());
    private final AtomicInteger opened = new AtomicInteger();

    /** Opens something: its name, which nothing else has. */
    String open(String what) {
        String name = what + " (" + opened.getAndIncrement() + ")";
        open.add(name);
        return name;
    }

    void close(String name) {
        open.remove(name);
    }

    void require(String name) {
        if (!open.contains(name)) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    /** Some work that is open until it is closed. */
    Step step(String what, Runnable work) {
        String name = open(what);
        return new Step() {
            @Override
            public void run() {
                require(name);
                work.run();
            }

            @Override
            public void close() {
                Ledger.this.close(name);
            }
        };
    }

    /** The names of what is open, in the order in which it was opened. */
    List<String> left() {
        return new ArrayList<>(open);
    }
}
