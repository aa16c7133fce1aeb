package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CardCheckTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|false|''|1|there is no NVIDIA driver here",
                "12080|false|''|1|the driver serves CUDA 12.8, this engine needs 13.0; install driver 580 or newer",
                "12990|true|''|1|the driver serves CUDA 12.99, this engine needs 13.0; install driver 580 or newer",
                "13000|true|cudaErrorNoDevice: none|0|the driver finds no card (is CUDA_VISIBLE_DEVICES set?)",
                "13000|false|''|0|the driver finds no card (is CUDA_VISIBLE_DEVICES set?)",
                "13010|false|cudaErrorUnknown: words|0|cudaGetDeviceCount: cudaErrorUnknown: words"
            })
    void saysWhatIsWrongWithTheDriver(int driver, boolean noDevice, String said, int cards, String why) {
        assertThatThrownBy(() -> CardCheck.refuse(driver, noDevice, said, cards))
                .isInstanceOf(EngineException.class)
                .hasMessage("cuda: " + why);
    }

    @Test
    void takesWhatServes() {
        assertThatCode(() -> CardCheck.refuse(13000, false, "", 1)).doesNotThrowAnyException();
        assertThatCode(() -> CardCheck.refuse(75)).doesNotThrowAnyException();
    }

    @Test
    void refusesCardsBeforeTuring() {
        assertThatThrownBy(() -> CardCheck.refuse(70))
                .hasMessage("cuda: the card has capability 7.0, CUDA 13 serves 7.5 and newer; engine dl4j with"
                        + " VERTEBRA_PROFILES=cuda-11.6 serves 6.0 to 8.9");
    }
}
