package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DTypeTest {

    @ParameterizedTest
    @CsvSource({ // Wikipedia's table of half-precision numbers
        "0x3c00, 1",
        "0x3c01, 1.0009765625",
        "0xc000, -2",
        "0x7bff, 65504",
        "0x0400, 6.103515625E-5",
        "0x03ff, 6.097555160522461E-5",
        "0x0001, 5.960464477539063E-8",
        "0x8001, -5.960464477539063E-8",
        "0x3555, 0.333251953125",
        "0x0000, 0",
        "0x8000, -0.0",
        "0x7c00, Infinity",
        "0xfc00, -Infinity",
        "0x7e00, NaN"
    })
    void readsHalfPrecisionExactly(int bits, double value) {
        assertThat(decode(DType.F16, bits & 0xff, bits >> 8)).isEqualTo(Float.valueOf((float) value));
    }

    @Test
    void ordersAllPositiveHalvesAsTheirBits() {
        for (int bits = 1; bits <= 0x7c00; bits++) {
            float below = decode(DType.F16, (bits - 1) & 0xff, (bits - 1) >> 8);
            float value = decode(DType.F16, bits & 0xff, bits >> 8);
            float negative = decode(DType.F16, bits & 0xff, (bits >> 8) | 0x80);
            assertThat(value).isGreaterThan(below).isEqualTo(-negative);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F64, 8, true",
        "F32, 4, true",
        "F16, 2, true",
        "BF16, 2, true",
        "I64, 8, false",
        "I32, 4, false",
        "I16, 2, false",
        "I8, 1, false",
        "U8, 1, false",
        "BOOL, 1, false"
    })
    void knowsItsSizeAndKind(DType type, int bytes, boolean floating) {
        assertThat(type.bytes()).isEqualTo(bytes);
        assertThat(type.isFloating()).isEqualTo(floating);
        assertThat(DType.named(type.name())).contains(type);
    }

    @Test
    void readsEveryTypeLittleEndian() {
        assertThat(decode(DType.F64, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf)).isEqualTo(-1.5f);
        assertThat(decode(DType.F32, 0, 0, 0xc0, 0xbf)).isEqualTo(-1.5f);
        assertThat(decode(DType.BF16, 0xc0, 0xbf)).isEqualTo(-1.5f);
        assertThat(decode(DType.I64, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))
                .isEqualTo(-2);
        assertThat(decode(DType.I32, 1, 1, 0, 0)).isEqualTo(257);
        assertThat(decode(DType.I16, 0xfe, 0xff)).isEqualTo(-2);
        assertThat(decode(DType.I8, 0xfe)).isEqualTo(-2);
        assertThat(decode(DType.U8, 0xfe)).isEqualTo(254);
        assertThat(decode(DType.BOOL, 7)).isEqualTo(1);
        assertThat(decode(DType.BOOL, 0)).isZero();
    }

    @Test
    void writesIntoTheGivenRangeAndMovesOn() {
        for (DType type : DType.values()) {
            ByteBuffer source = ByteBuffer.allocate(4 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            float[] target = {9, 9, 9, 9, 9};
            type.decode(source, target, 1, 3);
            assertThat(target).containsExactly(9, 0, 0, 0, 9);
            assertThat(source.position()).isEqualTo(3 * type.bytes());
        }
    }

    @Test
    void knowsNoOtherName() {
        assertThat(DType.named("F99")).isEmpty();
        assertThat(DType.named("f32")).isEmpty();
    }

    private static float decode(DType type, int... bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int b : bytes) {
            buffer.put((byte) b);
        }
        float[] value = new float[1];
        type.decode(buffer.flip(), value, 0, 1);
        return value[0];
    }
}
