package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterHashTest {

    /** Of a Python program with its own 64-bit arithmetic: checkpoints of every version must go on with these. */
    @ParameterizedTest
    @CsvSource({
        "1, 2, 3, 4, 336c3255cbcc01fe, 0.688222348690033, 0.3338252305984497, 0.7793113589286804",
        "0, 0, 0, 0, 2130748aaac80268, 0.7247520685195923, 0.3030308485031128, 0.6168606877326965",
        "-1, 1000000000000, 7, 300, ecea4dbc545725e0, 0.15215790271759033, 0.1518251895904541, 0.8877849578857422",
    })
    void neverChanges(long seed, long step, int microBatch, int node, String key, float u0, float u1, float u1000000) {
        long actual = CounterHash.key(seed, step, microBatch, node);
        assertThat(Long.toHexString(actual)).isEqualTo(key);
        assertThat(CounterHash.uniform(actual, 0)).isEqualTo(u0);
        assertThat(CounterHash.uniform(actual, 1)).isEqualTo(u1);
        assertThat(CounterHash.uniform(actual, 1_000_000)).isEqualTo(u1000000);
    }

    @Test
    void isUniform() {
        int[] counts = new int[64];
        int draws = 64 * 4096;
        double sum = 0;
        for (int i = 0; i < draws; i++) {
            float u = CounterHash.uniform(CounterHash.key(5, i / 1024, i % 3, i % 7), i);
            assertThat(u).isBetween(0f, 0.99999994f);
            counts[(int) (u * 64)]++;
            sum += u;
        }
        assertThat(sum / draws).isCloseTo(0.5, within(0.003));
        // chi-squared with 63 degrees of freedom: 63 ± 11.2; 120 is five deviations away
        double squares = 0;
        for (int count : counts) {
            squares += (count - 4096.0) * (count - 4096.0) / 4096;
        }
        assertThat(squares).isLessThan(120);
    }

    @Test
    void everyPlaceHasItsOwnKey() {
        Set<Long> keys = new HashSet<>();
        for (long seed = 0; seed < 5; seed++) {
            for (long step = 0; step < 20; step++) {
                for (int microBatch = 0; microBatch < 4; microBatch++) {
                    for (int node = 0; node < 30; node++) {
                        keys.add(CounterHash.key(seed, step, microBatch, node));
                    }
                }
            }
        }
        assertThat(keys).hasSize(5 * 20 * 4 * 30);
    }

    @Test
    void neighboursAreStrangers() {
        // correlation of the numbers of one element at neighbouring steps, micro-batches and nodes
        int draws = 20_000;
        double steps = 0;
        double batches = 0;
        double nodes = 0;
        double elements = 0;
        for (int i = 0; i < draws; i++) {
            double here = centered(1, i, 0, 5, 3);
            steps += here * centered(1, i + 1, 0, 5, 3);
            batches += here * centered(1, i, 1, 5, 3);
            nodes += here * centered(1, i, 0, 6, 3);
            elements += here * centered(1, i, 0, 5, 4);
        }
        // of independent numbers: 0 ± 0.0006
        for (double product : new double[] {steps, batches, nodes, elements}) {
            assertThat(product / draws).isCloseTo(0, within(0.003));
        }
    }

    private static double centered(long seed, long step, int microBatch, int node, long element) {
        return CounterHash.uniform(CounterHash.key(seed, step, microBatch, node), element) - 0.5;
    }

    @Test
    void aCounterGivesTheKeysOfThePassThatRuns() {
        Counter counter = new Counter(1);
        assertThat(counter.key(4)).isEqualTo(CounterHash.key(1, 0, 0, 4));
        counter.set(2, 3);
        assertThat(counter.key(4)).isEqualTo(CounterHash.key(1, 2, 3, 4));
    }
}
