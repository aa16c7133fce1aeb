package io.vertebra.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.driver.CudaDevice;
import io.vertebra.cuda.driver.CudaLoader;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first look at this machine's card, some seconds long; skipped where there is none that serves. */
@ExtendWith(CardContractTest.Card.class)
class CardSmokeTest extends DeviceSmokeTest {
    @Override
    Device open() {
        CudaLoader.load();
        return CudaDevice.open(0, false);
    }

    @Test
    void recording_goes_on_while_other_devices_come_and_go() throws Exception {
        Device device = hold(open());
        DeviceMemory memory = hold(device.allocate(64, "zeros"));
        List<Step> steps = Collections.nCopies(2000, hold(device.clear(memory.address(), 64)));
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            Future<?> opened = others.submit(() -> {
                for (int i = 0; i < 20; i++) {
                    try (Device other = open();
                            DeviceMemory room = other.allocate(1 << 20, "room")) {
                        other.synchronize();
                        assertThat(room.address()).isNotZero();
                    }
                }
            });
            do {
                try (Step recorded = device.record(steps)) {
                    recorded.run();
                    device.synchronize();
                }
            } while (!opened.isDone());
            opened.get();
        } finally {
            others.shutdown();
        }
    }
}
