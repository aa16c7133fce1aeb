package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetExceptionTest {

    @Test
    void exceptionsNameFilePositionAndReason() {
        DatasetException fault = new DatasetException("a.bin", "record 3", "label 11 is not in 0..9", null);
        assertThat(fault).hasMessage("a.bin: record 3: label 11 is not in 0..9");
        assertThat(List.of(fault.file(), fault.position(), fault.reason()))
                .containsExactly("a.bin", "record 3", "label 11 is not in 0..9");
        assertThat(new DatasetException("a.bin", "is empty")).hasMessage("a.bin: is empty");
        assertThat(new DatasetException("a.bin", "is empty").position()).isEmpty();
    }
}
