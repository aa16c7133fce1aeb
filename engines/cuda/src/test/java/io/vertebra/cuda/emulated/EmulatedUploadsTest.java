package io.vertebra.cuda.emulated;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.UploadQueue;
import org.junit.jupiter.api.Test;

/** Two queues that do not wait for each other are an error here, as they would be on a card. */
class EmulatedUploadsTest {
    @Test
    void reading_what_is_being_uploaded_is_an_error() {
        try (EmulatedDevice device = new EmulatedDevice();
                DeviceMemory memory = device.allocate(64, "values");
                DeviceMemory other = device.allocate(64, "more values");
                HostMemory host = device.pin(64, "values");
                UploadQueue uploads = device.uploads()) {
            uploads.upload(host, 0, memory.address(), 32);
            device.copy(memory.address() + 32, other.address(), 32);
            assertThatThrownBy(() -> device.copy(memory.address() + 28, other.address(), 8))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("an upload that it does not wait for");
            uploads.leadDevice();
            device.copy(memory.address() + 28, other.address(), 8);
        }
    }

    @Test
    void overwriting_what_is_being_read_is_an_error() {
        try (EmulatedDevice device = new EmulatedDevice();
                DeviceMemory memory = device.allocate(64, "values");
                DeviceMemory other = device.allocate(64, "more values");
                HostMemory host = device.pin(64, "values");
                UploadQueue uploads = device.uploads()) {
            device.copy(memory.address(), other.address(), 32);
            uploads.upload(host, 0, memory.address() + 32, 32);
            assertThatThrownBy(() -> uploads.upload(host, 0, memory.address() + 28, 32))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("does not wait for the device");
            uploads.followDevice();
            uploads.upload(host, 0, memory.address() + 28, 32);
        }
    }

    @Test
    void a_queue_that_stays_open_is_told() {
        EmulatedDevice device = new EmulatedDevice();
        UploadQueue uploads = device.uploads();
        assertThatThrownBy(device::close).hasMessageContaining("a queue of uploads");
        uploads.close();
        device.close();
        assertThatThrownBy(uploads::synchronize).isInstanceOf(IllegalStateException.class);
    }
}
