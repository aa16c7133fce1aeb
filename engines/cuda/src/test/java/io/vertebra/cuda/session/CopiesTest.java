package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.emulated.EmulatedDevice;
import org.junit.jupiter.api.Test;

/** A copy is made once, and filled when its source has changed. */
class CopiesTest {
    private final EmulatedDevice device = new EmulatedDevice();
    private long version;
    private int made;
    private int filled;
    private int freed;

    private Step filling(DeviceMemory memory) {
        made++;
        return new Step() {
            @Override
            public void run() {
                filled++;
            }

            @Override
            public void close() {
                freed++;
            }
        };
    }

    private Copies.Copy get(Copies copies, String name, long bytes) {
        return copies.get(name, bytes, this::filling, () -> version);
    }

    @Test
    void aCopyIsFilledAtFirstAndWhenItsVersionMoves() {
        try (Copies copies = new Copies(device)) {
            Copies.Copy copy = get(copies, "weight", 8);
            assertThat(filled).isZero();
            for (int expected = 1; expected < 4; expected++) {
                copy.refresh();
                copy.refresh();
                assertThat(filled).isEqualTo(expected);
                version++;
            }
        }
        device.close();
    }

    @Test
    void aCopyThatCouldNotBeFilledIsStillToBeFilled() {
        try (Copies copies = new Copies(device)) {
            Copies.Copy copy = copies.get("weight", 8, memory -> device.clear(memory.address(), 16), () -> version);
            assertThatThrownBy(copy::refresh).isInstanceOf(AssertionError.class);
            assertThatThrownBy(copy::refresh).isInstanceOf(AssertionError.class);
        }
        device.close();
    }

    @Test
    void plansShareCopiesOfOneName() {
        try (Copies copies = new Copies(device)) {
            Copies.Copy copy = get(copies, "weight", 8);
            assertThat(get(copies, "weight", 8)).isSameAs(copy);
            Copies.Copy other = get(copies, "bias", 24);
            assertThat(other.memory()).isNotSameAs(copy.memory());
            assertThat(copies.bytes()).isEqualTo(8 + 24);
            assertThat(made).isEqualTo(2);
        }
        assertThat(freed).isEqualTo(2);
        device.close();
    }

    @Test
    void aCopyWhoseFillingCannotBeMadeLeavesNothingBehind() {
        try (Copies copies = new Copies(device)) {
            assertThatThrownBy(() -> copies.get(
                            "weight",
                            8,
                            memory -> {
                                throw new IllegalStateException("no kernel");
                            },
                            () -> version))
                    .hasMessage("no kernel");
            assertThat(copies.bytes()).isZero();
            device.close(); // nothing is left already
        }
    }
}
