package dev.millrace.testing;

import org.junit.jupiter.api.Test;

import java.util.stream.LongStream;

/**
 * Ten thousand pipelines on simulated time, held against the oracle. {@code -Dmillrace.seed=N} runs
 * one seed, {@code -Dmillrace.seeds=N} so many.
 */
class SimulationTest {
    private static final long SEEDS = 10_000;

    @Test
    void everySimulationComesToWhatTheOracleSays() {
        Long one = Long.getLong("millrace.seed");
        LongStream seeds =
                one != null
                        ? LongStream.of(one)
                        : LongStream.range(0, Long.getLong("millrace.seeds", SEEDS));
        seeds.forEach(Simulation::run);
    }
}
