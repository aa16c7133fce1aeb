package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.session.ParameterLayout;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Dnnl;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers keep their values while they move to another order, and stay where they are if they cannot move. */
class ParameterStoreTest {
    private static final String WEIGHT = "block.conv1.weight";

    /** Parameters, average and two arrays of the optimizer; packed, gradients too. */
    private static final int ARENAS = 4;

    private final Graph graph = Models.residual();
    private int allowed = Integer.MAX_VALUE;

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    private ParameterStore store() {
        Update update = new Update(new Optimizer.AdamW(0.9, 0.999, 1e-8), 0, 0.9);
        return new ParameterStore(
                graph, Options.training(Precision.FP32, update, Groups.all(graph, 0), 1), this::allocate);
    }

    private Block allocate(long bytes, String what) {
        if (allowed-- <= 0) {
            throw new EngineException(EngineException.Kind.OUT_OF_MEMORY, what);
        }
        return Block.allocate(bytes, what);
    }

    /** What is done to one parameter in one arena. */
    private interface Visit {
        void parameter(String name, Block arena, float[] values);
    }

    /** All parameters of each arena, with an array for the values of each; gives the arrays. */
    private static List<float[]> each(ParameterStore store, Visit visit) {
        List<float[]> all = new ArrayList<>();
        for (Block arena : arenas(store)) {
            for (ParameterLayout.Entry place : store.layout().entries()) {
                if (place.isTrained() || arena == store.weights() || arena == store.average()) {
                    float[] values = new float[(int) place.spec().shape().elements()];
                    visit.parameter(place.name(), arena, values);
                    all.add(values);
                }
            }
        }
        return all;
    }

    /** Different numbers everywhere, which are given back in row-major order. */
    private static List<float[]> fill(ParameterStore store) {
        AtomicInteger next = new AtomicInteger();
        return each(store, (name, arena, values) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = next.incrementAndGet();
            }
            store.write(name, arena, values);
        });
    }

    private static List<Block> arenas(ParameterStore store) {
        List<Block> arenas = new ArrayList<>(List.of(store.weights(), store.average()));
        arenas.addAll(store.slots());
        assertThat(arenas).hasSize(ARENAS);
        return arenas;
    }

    private static void assertHolds(ParameterStore store, List<float[]> values) {
        assertThat(each(store, store::read).toArray(float[][]::new)).isDeepEqualTo(values.toArray(float[][]::new));
    }

    private static Map<String, Desc> channelsLast(Handles handles) {
        return Map.of(WEIGHT, Desc.of(handles, Type.F32, Tag.NHWC, 16, 16, 3, 3));
    }

    @Test
    void packingKeepsAllValuesInTheirNewOrder() {
        long before = Block.liveBytes();
        try (Handles handles = new Handles();
                ParameterStore store = store()) {
            List<float[]> values = fill(store);
            Map<String, Desc> orders = channelsLast(handles);
            store.pack(orders);
            assertThat(store.isPacked()).isTrue();
            assertThat(store.entry(WEIGHT).order()).isSameAs(orders.get(WEIGHT));
            assertHolds(store, values);
            assertThat(store.gradients().bytes()).isEqualTo(store.layout().trainedBytes());
            long own = arenas(store).stream().mapToLong(Block::bytes).sum();
            assertThat(Block.liveBytes() - before)
                    .isEqualTo(own + store.gradients().bytes());
        }
        assertThat(Block.liveBytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aStoreThatGetsNoMemoryToPackStaysAsItWas(int arenas) {
        long before = Block.liveBytes();
        try (Handles handles = new Handles();
                ParameterStore store = store()) {
            List<float[]> values = fill(store);
            long held = Block.liveBytes();
            allowed = arenas;
            assertThatThrownBy(() -> store.pack(channelsLast(handles))).isInstanceOf(EngineException.class);
            assertThat(Block.liveBytes()).isEqualTo(held);
            assertThat(store.isPacked()).isFalse();
            assertHolds(store, values);
            allowed = ARENAS + 1;
            store.pack(channelsLast(handles));
            assertHolds(store, values);
        }
        assertThat(Block.liveBytes()).isEqualTo(before);
    }

    @Test
    void aStoreWhoseNumbersCannotMoveStaysAsItWas() {
        try (Handles handles = new Handles();
                ParameterStore store = store()) {
            List<float[]> values = fill(store);
            long held = Block.liveBytes();
            Map<String, Desc> other = Map.of(WEIGHT, Desc.of(handles, Type.F32, Tag.PLAIN, 16, 16, 9));
            assertThatThrownBy(() -> store.pack(other)).isInstanceOf(EngineException.class);
            assertThat(Block.liveBytes()).isEqualTo(held);
            assertThat(store.isPacked()).isFalse();
            assertHolds(store, values);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aStoreThatCannotBeOpenedLeavesNothingBehind(int arenas) {
        long before = Block.liveBytes();
        allowed = arenas;
        assertThatThrownBy(this::store).isInstanceOf(EngineException.class);
        assertThat(Block.liveBytes()).isEqualTo(before);
    }
}
