package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.engine.EngineException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables go to the device once, keys in each pass. */
class ConstantsTest {
    private final EmulatedDevice device = new EmulatedDevice();
    private final Constants constants = new Constants();

    @AfterEach
    void close() {
        constants.close();
        constants.close();
        device.close();
    }

    private ByteBuffer read(Operand operand) {
        try (HostMemory host = device.pin(operand.bytes(), "test");
                Step step = device.download(operand.address(0), host, 0, operand.bytes())) {
            step.run();
            return host.bytes();
        }
    }

    private float[] floats(Operand operand) {
        float[] values = new float[(int) operand.elements()];
        read(operand).asFloatBuffer().get(values);
        return values;
    }

    private void clear(Operand operand) {
        try (Step step = device.clear(operand.address(0), operand.bytes())) {
            step.run();
        }
    }

    @Test
    void tablesAreUploadedOnce() {
        float[] numbers = {1, 2, 3, 4, 5};
        Operand first = constants.add(numbers);
        numbers[0] = 9; // the table keeps what it was given
        Operand second = constants.add(new float[] {6});
        constants.place(device);
        constants.refresh(node -> 0);
        assertThat(floats(first)).containsExactly(1, 2, 3, 4, 5);
        assertThat(floats(second)).containsExactly(6);
        clear(first);
        constants.refresh(node -> 0);
        assertThat(floats(first)).containsOnly(0);
    }

    @Test
    void keysChangeWithEachPass() {
        Operand table = constants.add(new float[] {1, 2});
        Operand three = constants.key(3);
        Operand five = constants.key(5);
        constants.place(device);
        assertThat(constants.key(3).address(0)).isEqualTo(three.address(0)); // one a node
        assertThat(constants.bytes()).isEqualTo(3 * 16);
        for (long pass = 1; pass < 3; pass++) {
            long key = pass << 40;
            constants.refresh(node -> key + node);
            assertThat(read(three).getLong()).isEqualTo(key + 3);
            assertThat(read(five).getLong()).isEqualTo(key + 5);
            assertThat(floats(table)).containsExactly(1, 2);
        }
    }

    @Test
    void withoutConstantsThereIsNoMemory() {
        device.refuseAfter(0);
        constants.place(device);
        constants.refresh(node -> 0);
        assertThat(device.hasRefused()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatIsRefusedLeavesNothingBehind(int given) {
        constants.add(new float[] {1});
        device.refuseAfter(given);
        assertThatThrownBy(() -> constants.place(device)).isInstanceOf(EngineException.class);
    }
}
