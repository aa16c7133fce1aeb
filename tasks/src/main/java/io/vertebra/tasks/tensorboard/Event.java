package io.vertebra.tasks.tensorboard;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One event of TensorBoard: TensorFlow's {@code Event} message with a {@code Summary} of one value, or the version that a file
 * begins with.
 *
 * @param wallTime seconds since 1970
 * @param step update
 * @param version {@code brain.Event:2} in the first event
 * @param scalars tag → value
 * @param images tag → PNG file
 */
@SuppressWarnings("ArrayRecordComponent")
public record Event(
        double wallTime, long step, Optional<String> version, Map<String, Float> scalars, Map<String, byte[]> images) {
    static final String VERSION = "brain.Event:2";
    private static final int RGB = 3;

    // field numbers of event.proto and summary.proto
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int IMAGE = 4;
    private static final int HEIGHT = 1;
    private static final int WIDTH = 2;
    private static final int COLORSPACE = 3;
    private static final int ENCODED = 4;

    static byte[] first(double wallTime) {
        return new Proto().real(WALL_TIME, wallTime).text(FILE_VERSION, VERSION).toBytes();
    }

    static byte[] scalar(double wallTime, long step, String tag, float value) {
        return summary(wallTime, step, new Proto().text(TAG, tag).single(SIMPLE_VALUE, value));
    }

    static byte[] image(double wallTime, long step, String tag, int height, int width, byte[] png) {
        Proto image = new Proto()
                .integer(HEIGHT, height)
                .integer(WIDTH, width)
                .integer(COLORSPACE, RGB)
                .bytes(ENCODED, png);
        return summary(wallTime, step, new Proto().text(TAG, tag).message(IMAGE, image));
    }

    private static byte[] summary(double wallTime, long step, Proto value) {
        return new Proto()
                .real(WALL_TIME, wallTime)
                .integer(STEP, step)
                .message(SUMMARY, new Proto().message(VALUE, value))
                .toBytes();
    }

    /** Reads an event that this class has written. */
    static Event read(byte[] payload) {
        Reading reading = new Reading();
        Proto.read(payload, reading);
        return new Event(
                reading.wallTime, reading.step, Optional.ofNullable(reading.version), reading.scalars, reading.images);
    }

    /** Collects the fields of an event. */
    private static final class Reading implements Proto.Fields {
        private double wallTime;
        private long step;
        private String version;
        private final Map<String, Float> scalars = new LinkedHashMap<>();
        private final Map<String, byte[]> images = new LinkedHashMap<>();

        @Override
        public void integer(int field, long value) {
            step = field == STEP ? value : step;
        }

        @Override
        public void fixed(int field, long bits) {
            wallTime = field == WALL_TIME ? Double.longBitsToDouble(bits) : wallTime;
        }

        @Override
        public void bytes(int field, byte[] value) {
            if (field == FILE_VERSION) {
                version = new String(value, StandardCharsets.UTF_8);
            } else if (field == SUMMARY) {
                Proto.read(value, new Proto.Fields() {
                    @Override
                    public void bytes(int inner, byte[] summaryValue) {
                        value(summaryValue);
                    }
                });
            }
        }

        private void value(byte[] value) {
            String[] tag = new String[1];
            Proto.read(value, new Proto.Fields() {
                @Override
                public void fixed(int field, long bits) {
                    scalars.put(tag[0], Float.intBitsToFloat((int) bits));
                }

                @Override
                public void bytes(int field, byte[] content) {
                    if (field == TAG) {
                        tag[0] = new String(content, StandardCharsets.UTF_8);
                    } else {
                        Proto.read(content, new Proto.Fields() {
                            @Override
                            public void bytes(int inner, byte[] png) {
                                images.put(tag[0], png);
                            }
                        });
                    }
                }
            });
        }
    }
}
