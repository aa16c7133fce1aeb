package io.vertebra.onednn.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.graph.engine.EngineException;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Dnnl;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.natives.Window;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChoiceTest {
    private Handles handles;

    @BeforeEach
    void load() {
        Dnnl.load();
        assumeTrue(Dnnl.channelBlock() == 16, "which code exists is known for AVX-512");
        handles = new Handles();
    }

    @AfterEach
    void close() {
        if (handles != null) {
            handles.close();
        }
    }

    /** Eight groups of four channels: the reference in blocks of sixteen, fast code channels last. */
    private Recipe grouped(Tag order) {
        Desc map = Desc.of(handles, Type.F32, order, 1, 32, 8, 8);
        Desc weights = Desc.of(handles, Type.F32, Tag.ANY, 8, 4, 4, 3, 3);
        long[] one = {1, 1};
        Window window = new Window(new long[] {3, 3}, one, one, one, one);
        Recipe recipe = Recipes.convolution(false, map, weights, null, map, window, PostOps.NONE);
        handles.add(recipe::close);
        return recipe;
    }

    @Test
    void passesOverTheReferenceAndWhatIsMissing() {
        assertThat(grouped(Tag.BLOCKED_16).isReference()).isTrue();
        Recipe chosen = Choice.of(
                "conv",
                "convolution",
                1_000_000_000,
                List.of(() -> null, () -> grouped(Tag.BLOCKED_16), () -> grouped(Tag.NHWC)));
        assertThat(chosen.isReference()).isFalse();
    }

    @Test
    void allowsTheReferenceForLittleWorkOnly() {
        Recipe chosen = Choice.of("conv", "convolution", 10_000_000, List.of(() -> grouped(Tag.BLOCKED_16)));
        assertThat(chosen.isReference()).isTrue();
        assertThatThrownBy(() -> Choice.of("conv", "convolution", 10_000_001, List.of(() -> grouped(Tag.BLOCKED_16))))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.UNSUPPORTED))
                .hasMessageContaining("conv (convolution)")
                .hasMessageContaining("10000001 operations");
    }

    @Test
    void namesWhatHasNoCodeAtAll() {
        assertThatThrownBy(() -> Choice.of("layer1.conv", "convolution", 1, List.of(() -> null)))
                .isInstanceOf(EngineException.class)
                .hasMessage("onednn: layer1.conv (convolution): status 3 (unimplemented) for these shapes; "
                        + "use engine dl4j");
    }
}
