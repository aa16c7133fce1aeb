package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.engine.Precision;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class Dl4jProviderTest {

    @Test
    void isFoundWithoutAnyClassOfNd4j() throws IOException, ReflectiveOperationException {
        URL[] own = {
            Dl4jProvider.class.getProtectionDomain().getCodeSource().getLocation(),
            EngineProvider.class.getProtectionDomain().getCodeSource().getLocation()
        };
        // a loader that knows the engine and the graph, and nothing else
        try (URLClassLoader alone = new URLClassLoader(own, ClassLoader.getPlatformClassLoader())) {
            Class<?> service = Class.forName(EngineProvider.class.getName(), true, alone);
            Object provider = ServiceLoader.load(service, alone).findFirst().orElseThrow();
            assertThat(provider.getClass().getName()).isEqualTo(Dl4jProvider.class.getName());
            assertThat(provider.getClass().getClassLoader()).isSameAs(alone);
            assertThat(service.getMethod("name").invoke(provider)).isEqualTo("dl4j");
        }
    }

    @Test
    void makesTheEngine() {
        Engine engine = new Dl4jProvider().create();
        assertThat(engine.name()).isEqualTo("dl4j");
        assertThat(engine.precisions()).containsExactlyInAnyOrder(Precision.FP32, Precision.FP64);
        int threads = Nd4j.getEnvironment().maxThreads();
        assertThat(engine.version()).isEqualTo("ND4J 1.0.0-M2.1, CpuBackend, " + threads + " threads");
    }

    @Test
    void namesTheReleaseThatIsOnTheClassPath() throws IOException {
        var properties = new Properties();
        try (var in = Nd4j.class.getResourceAsStream("/META-INF/maven/org.nd4j/nd4j-api/pom.properties")) {
            properties.load(in);
        }
        assertThat(new Dl4jProvider().create().version()).contains("ND4J " + properties.getProperty("version") + ",");
    }
}
