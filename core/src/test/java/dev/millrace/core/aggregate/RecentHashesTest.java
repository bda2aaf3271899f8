package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class RecentHashesTest {
    private static final int MAX = 256;
    private static final int BOUND = 8 * MAX;

    private final RecentHashes hashes = new RecentHashes(MAX);

    private int held() {
        AtomicInteger held = new AtomicInteger();
        hashes.forEach((_, _) -> held.incrementAndGet());
        return held.get();
    }

    @Test
    void whatIsKeptIsBoundedWhetherItIsCountedOrNot() {
        for (int i = 1; i <= 50_000; i++) {
            hashes.put(i, i);
            assertThat(held()).isLessThanOrEqualTo(MAX + 1);
        }
        hashes.stopCounting();
        for (int i = 50_001; i <= 100_000; i++) {
            hashes.put(i, i);
            assertThat(held()).isLessThan(BOUND);
        }
        hashes.startCounting();
        assertThat(hashes.size()).isEqualTo(MAX + 1);
    }

    @Test
    void aHashThatComesAgainAndAgainTakesOnePlace() {
        for (int slice = 0; slice < 50_000; slice++) {
            hashes.put(1 + slice % 3, slice);
        }
        assertThat(hashes.size()).isEqualTo(3);
        assertThat(held()).isEqualTo(3);
    }

    @Test
    void whatCameWhileThereWasNoCountingIsCountedAfterwards() {
        for (int i = 1; i <= 1_000; i++) {
            hashes.put(i, 0);
        }
        hashes.stopCounting();
        for (int slice = 1; slice <= 3_000; slice++) {
            hashes.put(1 + slice % 10, slice);
        }
        for (int slice = 0; slice <= 2_995; slice++) {
            hashes.remove(slice);
        }
        hashes.startCounting();
        assertThat(hashes.size()).isEqualTo(5);
    }
}
