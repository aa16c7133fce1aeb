package io.vertebra.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class CudaProviderTest {

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(EngineProvider.class))
                .filteredOn(provider -> provider.name().equals("cuda"))
                .singleElement()
                .isInstanceOf(CudaProvider.class);
    }

    @Test
    void saysHowToBuildWithTheBindings() {
        assumeTrue(
                getClass().getResource("/org/bytedeco/cuda/linux-x86_64/libjnicudart.so") == null,
                "built with the profile cuda");
        assertThatThrownBy(new CudaProvider()::create)
                .isInstanceOf(EngineException.class)
                .hasMessage("cuda: this build has no CUDA bindings; build with VERTEBRA_PROFILES=cuda");
    }
}
