package io.vertebra.cuda;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.emulated.EmulatedDevice;

/** Holds the results by hand, and the device on the processor, to each other. */
class EmulatedSmokeTest extends DeviceSmokeTest {
    @Override
    Device open() {
        return new EmulatedDevice(1 << 26);
    }
}
