package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

class EndQueueTest {
    private final EndQueue queue = new EndQueue();

    @Test
    void emptyQueueHasNoFirst() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.firstMs()).isEqualTo(Long.MAX_VALUE);
        queue.remove(7);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void spanThatIsPutAgainMoves() {
        queue.put(1, 10);
        queue.put(2, 20);
        queue.put(1, 30);
        assertThat(queue.first()).isEqualTo(2);
        queue.remove(2);
        assertThat(queue.first()).isEqualTo(1);
        assertThat(queue.firstMs()).isEqualTo(30);
    }

    @Test
    void earliestComesFirstWhateverIsPutMovedAndRemoved() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Integer, Long> expected = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            int span = random.nextInt(200);
            if (random.nextInt(3) == 0) {
                queue.remove(span);
                expected.remove(span);
            } else {
                long timeMs = random.nextLong(-500, 500);
                queue.put(span, timeMs);
                expected.put(span, timeMs);
            }
            assertThat(queue.contains(span)).isEqualTo(expected.containsKey(span));
            assertThat(queue.isEmpty()).isEqualTo(expected.isEmpty());
            long least = expected.values().stream().min(Long::compare).orElse(Long.MAX_VALUE);
            assertThat(queue.firstMs()).as("seed %d, step %d", seed, i).isEqualTo(least);
            if (!expected.isEmpty()) {
                assertThat(expected).containsEntry(queue.first(), least);
            }
        }
    }
}
