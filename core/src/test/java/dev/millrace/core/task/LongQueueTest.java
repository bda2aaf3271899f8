package dev.millrace.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Random;

/** Every long that is in it is its number, mixed. */
class LongQueueTest {
    @Test
    void numbersKeepTheirLongsWhateverIsDropped() {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            LongQueue queue = new LongQueue((long) random.nextInt(3) * LongQueue.CHUNK);
            for (int i = 0; i < 60; i++) {
                int added = random.nextInt(random.nextBoolean() ? 10 : 6 * LongQueue.CHUNK);
                for (int j = 0; j < added; j++) {
                    queue.add(mixed(queue.end()));
                }
                int all = (int) (queue.end() - queue.first());
                boolean whole = random.nextInt(5) == 0;
                queue.dropBefore(queue.first() + (whole ? all : random.nextInt(all + 1)));
                for (long number = queue.first(); number < queue.end(); number += 7) {
                    assertThat(queue.get(number)).as("seed %d", seed).isEqualTo(mixed(number));
                }
            }
        }
    }

    private static long mixed(long number) {
        return number * 0x9e3779b97f4a7c15L;
    }

    @Test
    void firstMustBeginAChunk() {
        assertThatThrownBy(() -> new LongQueue(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 is no multiple");
    }
}
