package io.vertebra.onednn.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.EngineException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NativesTest {
    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    @Test
    void handlesReleaseInReverseOrderOnce() {
        List<Integer> order = new ArrayList<>();
        Handles handles = new Handles();
        for (int i = 0; i < 3; i++) {
            int number = i;
            handles.add(() -> order.add(number));
        }
        handles.close();
        handles.close();
        assertThat(order).containsExactly(2, 1, 0);
    }

    @Test
    void blocksAreCountedZeroedAndClosedOnce() {
        long before = Block.liveBytes();
        Block block = Block.allocate(1000, "a test");
        assertThat(block.bytes()).isEqualTo(1000);
        assertThat(Block.liveBytes()).isEqualTo(before + 1000);
        assertThat(block.view(0, 1000).getLong(992)).isZero();
        assertThat(block.pointer(0).address() % 64).isZero();
        block.close();
        block.close();
        assertThat(Block.liveBytes()).isEqualTo(before);
        assertThatThrownBy(() -> block.view(0, 4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBlockThatTheSystemRefusesSaysWhatItWasFor() {
        assertThatThrownBy(() -> Block.allocate(1L << 60, "the plan of a test"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY))
                .hasMessageContaining("the plan of a test")
                .hasMessageContaining("MiB");
    }

    @Test
    void refusesAViewThatJavaCannotAddress() {
        try (Block block = Block.allocate(64, "a test")) {
            assertThatThrownBy(() -> block.view(0, 1L + Integer.MAX_VALUE))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("2147483648 bytes");
        }
    }

    @Test
    void alignsToCacheLines() {
        assertThat(Block.align(0)).isZero();
        assertThat(Block.align(1)).isEqualTo(64);
        assertThat(Block.align(64)).isEqualTo(64);
        assertThat(Block.align(65)).isEqualTo(128);
    }

    @Test
    void descriptorsKnowTheirBytesAndPadding() {
        try (Handles handles = new Handles()) {
            Desc plain = Desc.of(handles, Type.F32, Tag.PLAIN, 2, 20, 3, 3);
            Desc blocked = Desc.of(handles, Type.BF16, Tag.BLOCKED_16, 2, 20, 3, 3);
            assertThat(plain.bytes()).isEqualTo(2 * 20 * 9 * 4);
            assertThat(blocked.bytes()).isEqualTo(2 * 32 * 9 * 2);
            assertThat(plain.same(blocked)).isFalse();
            assertThat(plain.same(plain.copy(handles))).isTrue();
            assertThat(blocked.slice(handles, new long[] {2, 16, 3, 3}, new long[4]))
                    .isNotNull();
            assertThat(blocked.slice(handles, new long[] {2, 8, 3, 3}, new long[] {0, 8, 0, 0}))
                    .isNull();
        }
    }

    @Test
    void reordersThereAndBackExactly() {
        try (Handles handles = new Handles();
                Block a = Block.allocate(2 * 20 * 9 * 4, "a");
                Block b = Block.allocate(2 * 32 * 9 * 4, "b");
                Block c = Block.allocate(2 * 20 * 9 * 4, "c")) {
            Desc plain = Desc.of(handles, Type.F32, Tag.PLAIN, 2, 20, 3, 3);
            Desc blocked = Desc.of(handles, Type.F32, Tag.BLOCKED_16, 2, 20, 3, 3);
            FloatBuffer values = a.view(0, a.bytes()).asFloatBuffer();
            for (int i = 0; i < values.capacity(); i++) {
                values.put(i, 1f / (i + 1));
            }
            Reorders.once("there", new Reorders.At(plain, a, 0), new Reorders.At(blocked, b, 0));
            Reorders.once("back", new Reorders.At(blocked, b, 0), new Reorders.At(plain, c, 0));
            assertThat(c.view(0, c.bytes())).isEqualTo(a.view(0, a.bytes()));
            assertThat(b.view(0, b.bytes())).isNotEqualTo(a.view(0, a.bytes()));
        }
    }

    @Test
    void primitivesRunAndRecipesTellTheirCode() {
        try (Handles handles = new Handles();
                Block block = Block.allocate(64, "values")) {
            Desc desc = Desc.of(handles, Type.F32, Tag.PLAIN, 16);
            Recipe recipe = Recipes.eltwise(false, Eltwise.RELU, desc, desc);
            handles.add(recipe::close);
            assertThat(recipe.implementation()).isNotBlank();
            Memory memory = new Memory(handles, desc);
            memory.bind(block, 0);
            block.view(0, 64).putFloat(4, -3).putFloat(8, 5);
            new Primitive(handles, "relu", recipe, Map.of(Arg.SRC, memory, Arg.DST, memory)).run();
            assertThat(block.view(0, 64).getFloat(4)).isZero();
            assertThat(block.view(0, 64).getFloat(8)).isEqualTo(5);
        }
    }

    @Test
    void whatOneDnnHasNoCodeForIsNull() {
        try (Handles handles = new Handles()) {
            Desc blocked = Desc.of(handles, Type.F32, Tag.BLOCKED_16, 1, 16, 4, 4);
            Desc integers = Desc.of(handles, Type.S32, Tag.BLOCKED_16, 1, 16, 4, 4);
            assertThat(NormRecipes.batch(false, integers, integers, 1e-5, true, false))
                    .isNull();
            Recipe norm = NormRecipes.batch(false, blocked, blocked, 1e-5, true, false);
            assertThat(norm).isNotNull();
            norm.close();
            norm.close();
        }
    }

    @Test
    void namesVersionInstructionSetAndThreads() {
        assertThat(Dnnl.version()).matches("3\\.\\d+\\.\\d+");
        assertThat(Dnnl.instructionSet()).isNotBlank();
        assertThat(Dnnl.threads()).isPositive();
        assertThat(Dnnl.channelBlock()).isIn(1, 8, 16);
        assertThat(Dnnl.servesBf16() || !Dnnl.hasBf16()).isTrue();
        assertThatThrownBy(() -> Dnnl.check(1, "node conv1"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY))
                .hasMessage("onednn: node conv1: status 1 (out of memory)");
        assertThatThrownBy(() -> Dnnl.check(3, "node conv1"))
                .hasMessage("onednn: node conv1: status 3 (unimplemented)");
    }
}
