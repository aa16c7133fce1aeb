package io.vertebra.tasks.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.tasks.MemoryFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private Path file() {
        return EventFile.find(temp).orElseThrow();
    }

    @Test
    void framesAsTensorFlowDoes() {
        byte[] frame = frame("123456789".getBytes(StandardCharsets.US_ASCII));
        assertThat(HexFormat.of().formatHex(frame)).isEqualTo(GOLDEN);
    }

    private static byte[] frame(byte[] payload) {
        ByteBuffer frame = Records.frame(payload);
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    /** Computed bit by bit in Python; CRC-32C of these nine bytes is e3069283 in every description of it. */
    private static final String GOLDEN = "090000000000000037f97139313233343536373839e5b08ac7";

    @Test
    void writesTheMessagesOfEventProto() {
        assertThat(HexFormat.of().formatHex(Event.first(1.0)))
                .isEqualTo("09000000000000f03f" + "1a0d" + "627261696e2e4576656e743a32");
        assertThat(HexFormat.of().formatHex(Event.scalar(1.0, 300, "a", 0.5f)))
                .isEqualTo("09000000000000f03f" + "10ac02" + "2a0a" + "0a08" + "0a0161" + "150000003f");
        assertThat(HexFormat.of().formatHex(Event.image(1.0, 1, "b", 2, 3, new byte[] {7, 8})))
                .isEqualTo("09000000000000f03f" + "1001" + "2a11" + "0a0f" + "0a0162" + "220a" + "0802" + "1003"
                        + "1803" + "22020708");
    }

    @Test
    void readsBackWhatItWrote() {
        try (EventFile events = EventFile.open(temp, -1)) {
            events.scalar("train/loss", 7, 0.25);
            events.image("images/val_pred", 8, 2, 3, new byte[] {1, 2, 3});
            events.scalar("val/loss", 9, Double.NaN);
            events.sync();
        }
        List<Event> events = EventFile.read(file());
        assertThat(events).hasSize(4);
        assertThat(events.get(0).version()).contains("brain.Event:2");
        assertThat(events.get(0).wallTime()).isGreaterThan(1.7e9);
        assertThat(events.get(1).scalars()).isEqualTo(Map.of("train/loss", 0.25f));
        assertThat(events.get(1).step()).isEqualTo(7);
        assertThat(events.get(1).version()).isEqualTo(Optional.empty());
        assertThat(events.get(2).images().get("images/val_pred")).containsExactly(1, 2, 3);
        assertThat(events.get(3).scalars()).isEqualTo(Map.of("val/loss", Float.NaN));
        assertThat(file().getFileName().toString()).matches("events\\.out\\.tfevents\\.[0-9]{10}\\.vertebra");
    }

    @Test
    void goesOnWithoutWhatCameAfterTheStepAndWithoutWhatWasCutOff() throws IOException {
        try (EventFile events = EventFile.open(temp, -1)) {
            for (int step = 1; step <= 5; step++) {
                events.scalar("train/loss", step, step);
            }
        }
        byte[] whole = Files.readAllBytes(file());
        Files.write(file(), java.util.Arrays.copyOf(whole, whole.length - 3)); // event 5 lost its end
        assertThat(EventFile.read(file())).extracting(Event::step).containsExactly(0L, 1L, 2L, 3L, 4L);
        try (EventFile events = EventFile.open(temp, 3)) {
            events.scalar("train/loss", 4, 40);
        }
        assertThat(EventFile.read(file())).extracting(Event::step).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(EventFile.read(file()).get(4).scalars()).isEqualTo(Map.of("train/loss", 40f));
        assertThat(EventFile.read(file()).get(0).version()).contains("brain.Event:2");
    }

    @Test
    void stopsAtADamagedRecord() throws IOException {
        try (EventFile events = EventFile.open(temp, -1)) {
            events.scalar("a", 1, 1);
            events.scalar("a", 2, 2);
        }
        byte[] sound = Files.readAllBytes(file());
        int secondEvent = frame(Event.first(0)).length;
        for (int at = secondEvent; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 0x10;
            Files.write(file(), damaged);
            assertThat(EventFile.read(file())).as("byte %d", at).hasSizeLessThan(3);
        }
    }

    @Test
    void aFolderWithoutEventsHasNoFile() {
        assertThat(EventFile.find(temp)).isEmpty();
    }
}
