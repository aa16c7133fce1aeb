package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferUnderflowException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCopiesTest {
    private static float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i + 0.5f;
        }
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 100", "4, 8, 0", "4, 8, 15", "4, 8, 16", "4, 8, 17", "4, 8, 31", "4, 8, 1001", "3, 1, 7"})
    void everyElementArrivesWhateverTheParts(int threads, int least, int count) {
        try (HostCopies copies = new HostCopies(threads, least)) {
            float[] floats = numbers(count);
            FloatBuffer buffer = FloatBuffer.allocate(count);
            copies.put(floats, buffer);
            assertThat(buffer.array()).isEqualTo(floats);
            float[] back = new float[count];
            copies.get(buffer, back);
            assertThat(back).isEqualTo(floats);
            int[] ints = IntStream.range(5, 5 + count).toArray();
            IntBuffer labels = IntBuffer.allocate(count);
            copies.put(ints, labels);
            assertThat(labels.array()).isEqualTo(ints);
        }
    }

    @Test
    void longArraysAreSharedByThreadsThatEnd() throws InterruptedException {
        Set<String> before = names();
        HostCopies copies = new HostCopies(3, 4);
        copies.put(numbers(7), FloatBuffer.allocate(7));
        assertThat(names()).isSubsetOf(before); // those of other tests may still be ending
        copies.put(numbers(12), FloatBuffer.allocate(12));
        Thread[] started = threads().filter(t -> !before.contains(name(t))).toArray(Thread[]::new);
        assertThat(started).extracting(Thread::getName).containsExactlyInAnyOrder("vertebra-copy-0", "vertebra-copy-1");
        assertThat(started).allMatch(Thread::isDaemon);
        copies.close();
        for (Thread thread : started) {
            thread.join();
        }
        copies.close();
    }

    private static java.util.stream.Stream<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("vertebra-copy"));
    }

    private static String name(Thread thread) {
        return thread.getName() + thread.getId();
    }

    private static Set<String> names() {
        Set<String> names = new ConcurrentSkipListSet<>();
        threads().forEach(t -> names.add(name(t)));
        return names;
    }

    @Test
    void anInterruptedThreadStillCopiesAllAndStaysInterrupted() {
        try (HostCopies copies = new HostCopies(4, 2)) {
            FloatBuffer buffer = FloatBuffer.allocate(1000);
            Thread.currentThread().interrupt();
            copies.put(numbers(1000), buffer);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(buffer.array()).isEqualTo(numbers(1000));
        }
    }

    @Test
    void anInterruptedThreadStaysSoWhereAPartFails() {
        try (HostCopies copies = new HostCopies(2, 2)) {
            FloatBuffer tooShort = FloatBuffer.allocate(6);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> copies.put(numbers(8), tooShort)).isInstanceOf(IllegalStateException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(tooShort.array()).startsWith(numbers(4));
        }
    }

    @Test
    void aPartThatFailsIsTold() {
        try (HostCopies copies = new HostCopies(2, 2)) {
            FloatBuffer tooShort = FloatBuffer.allocate(6);
            assertThatThrownBy(() -> copies.put(numbers(8), tooShort))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> copies.get(tooShort, new float[2000]))
                    .isInstanceOfAny(
                            IndexOutOfBoundsException.class,
                            BufferUnderflowException.class,
                            IllegalStateException.class);
        }
    }
}
