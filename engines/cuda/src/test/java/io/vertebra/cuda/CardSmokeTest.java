package io.vertebra.cuda;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.driver.CudaDevice;
import io.vertebra.cuda.driver.CudaLoader;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first look at this machine's card, some seconds long; skipped where there is none that serves. */
@ExtendWith(CardContractTest.Card.class)
class CardSmokeTest extends DeviceSmokeTest {
    @Override
    Device open() {
        CudaLoader.load();
        return CudaDevice.open(0, false);
    }
}
