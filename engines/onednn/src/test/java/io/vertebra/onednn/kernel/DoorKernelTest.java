package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DoorKernelTest {
    @Test
    void eachRunTakesTheArrayOfTheMoment() {
        ByteBuffer tensor = Bytes.zeros(3);
        Door.FloatsIn door = new Door.FloatsIn();
        door.bind(tensor);
        door.set(new float[] {1, 2, 3});
        door.run();
        assertThat(Bytes.floats(tensor)).containsExactly(1, 2, 3);
        door.set(new float[] {4, 5, 6});
        door.run();
        assertThat(Bytes.floats(tensor)).containsExactly(4, 5, 6);
    }

    @Test
    void integersComeInAndFloatsGoOut() {
        ByteBuffer labels = Bytes.zeros(2);
        Door.IntsIn in = new Door.IntsIn();
        in.bind(labels);
        in.set(new int[] {-100, 7});
        in.run();
        assertThat(labels.getInt(0)).isEqualTo(-100);
        assertThat(labels.getInt(4)).isEqualTo(7);
        float[] target = new float[2];
        Door.FloatsOut out = new Door.FloatsOut(target);
        ByteBuffer tensor = Bytes.of(0.5f, -2f);
        out.bind(tensor);
        out.run();
        assertThat(target).containsExactly(0.5f, -2);
        out.bind(Bytes.of(3f, 4f)); // the arena has moved
        out.run();
        assertThat(target).containsExactly(3, 4);
    }
}
