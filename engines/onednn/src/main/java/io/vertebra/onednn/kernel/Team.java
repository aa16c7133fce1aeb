package io.vertebra.onednn.kernel;

import io.vertebra.onednn.natives.Dnnl;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that hand kernels share, as many as oneDNN has. Work is cut into tasks that write to different places, so
 * that it does not matter which thread takes which task. Makes no objects while it works.
 *
 * <p>One kernel at a time has the team; whoever comes meanwhile, from another session's thread, works alone.
 */
final class Team {
    /** A part of a kernel's work. */
    interface Task {
        /** Does part {@code index}; {@code member} is below {@link Team#size()}, and no other thread has it meanwhile. */
        void run(int index, int member);
    }

    /** Of the process. */
    static final Team SHARED = new Team(Dnnl.threads());

    private static final int SPINS = 500;
    private static final long PAUSE = 20_000;
    private static final int INDEX_BITS = 32;

    private final Thread[] members;
    private final ReentrantLock lock = new ReentrantLock();
    /** The round, and behind it the next task that nobody has: who comes late for a round cannot take one of the next. */
    private final AtomicLong ticket = new AtomicLong();

    private final AtomicInteger done = new AtomicInteger();
    private volatile int round;
    private volatile int tasks;
    private volatile Task work;
    private volatile Throwable failure;

    /** Of the caller and {@code size − 1} daemon threads, which start with the first work and stay, as OpenMP's do. */
    Team(int size) {
        this.members = new Thread[size - 1];
    }

    /** Threads, the caller included. */
    int size() {
        return members.length + 1;
    }

    /** Runs all tasks and returns when they are done; what one of them throws comes then. */
    void run(int count, Task task) {
        if (members.length == 0 || count < 2 || lock.isHeldByCurrentThread() || !lock.tryLock()) {
            for (int i = 0; i < count; i++) {
                task.run(i, 0);
            }
            return;
        }
        try {
            together(count, task);
        } finally {
            lock.unlock();
        }
    }

    private void together(int count, Task task) {
        start(); // before anything can be taken: it may fail
        failure = null;
        done.set(0);
        int own = round + 1; // only who holds the lock writes it
        round = own; // first: a ticket of an earlier round is then void, whatever is read beside it
        tasks = count;
        work = task;
        ticket.set((long) own << INDEX_BITS);
        for (Thread member : members) {
            LockSupport.unpark(member);
        }
        take(0);
        for (int spins = 0; done.get() < count; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, PAUSE); // the processor may be what a member waits for
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private void start() {
        for (int i = 0; i < members.length; i++) {
            if (members[i] == null) {
                int member = i + 1;
                Thread thread = new Thread(() -> serve(member), "vertebra-kernel-" + member);
                thread.setDaemon(true);
                thread.start();
                members[i] = thread;
            }
        }
    }

    private void serve(int member) {
        int seen = 0;
        while (true) {
            for (int spins = 0; round == seen; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            seen = round;
            take(member);
        }
    }

    private void take(int member) {
        while (true) {
            long own = ticket.getAndIncrement();
            int count = tasks;
            if ((int) (own >>> INDEX_BITS) != round || (int) own >= count) {
                return;
            }
            try {
                work.run((int) own, member);
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                done.incrementAndGet();
            }
        }
    }
}
