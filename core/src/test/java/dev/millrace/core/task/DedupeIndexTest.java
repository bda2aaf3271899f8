package dev.millrace.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.Random;

/** The index held against a {@link LinkedHashMap}. */
class DedupeIndexTest {
    /** Three chunks of each of two queues that are not full, and the first table. */
    private static final long SLACK_BYTES = 7L * LongQueue.CHUNK * Long.BYTES;

    /** Numbers of the first id; from two of them on, the table's 31 bits for numbers run over. */
    private static final long[] FIRSTS = {
        0, (1L << 31) - LongQueue.CHUNK, (1L << 32) - LongQueue.CHUNK
    };

    @Test
    void idIsRememberedUntilTheHorizonAndNotAtIt() {
        DedupeIndex index = new DedupeIndex(100, 10);
        assertThat(index.add(1, 2, 1_000)).isTrue();
        assertThat(index.add(1, 2, 1_099)).isFalse();
        assertThat(index.add(1, 2, 1_100)).isTrue();
    }

    @Test
    void bothHalvesOfAnIdCount() {
        DedupeIndex index = new DedupeIndex(100, 10);
        assertThat(index.add(1, 2, 0)).isTrue();
        assertThat(index.add(1, 3, 0)).isTrue();
        assertThat(index.add(2, 2, 0)).isTrue();
        assertThat(index.add(1L << 40 | 1, 2, 0)).isTrue();
        assertThat(index.add(0, 0, 0)).isTrue();
        assertThat(index.add(0, 0, 0)).isFalse();
        assertThat(index.size()).isEqualTo(5);
    }

    @Test
    void oldestGoesAtTheLimit() {
        DedupeIndex index = new DedupeIndex(1_000, 2);
        assertThat(index.add(1, 1, 0)).isTrue();
        assertThat(index.add(2, 2, 10)).isTrue();
        assertThat(index.holdsMs(20)).isEqualTo(20);
        assertThat(index.add(3, 3, 20)).isTrue();
        assertThat(index.add(2, 2, 20)).isFalse();
        assertThat(index.add(1, 1, 20)).isTrue();
        assertThat(index.holdsMs(25)).isEqualTo(5);
    }

    @Test
    void horizonHoldsWhereTheLimitDoesNotBite() {
        DedupeIndex index = new DedupeIndex(1_000, 3);
        assertThat(index.add(1, 1, 0)).isTrue();
        assertThat(index.holdsMs(500)).isEqualTo(1_000);
    }

    @Test
    void restoredIdThatWasTakenAnewIsRememberedFromThenOn() {
        DedupeIndex index = new DedupeIndex(100, 10);
        index.restore(1, 1, 1_000);
        index.restore(2, 2, 1_000);
        index.restore(1, 1, 1_050);
        assertThat(index.add(1, 1, 1_120)).isFalse();
        assertThat(index.add(2, 2, 1_120)).isTrue();
        assertThat(index.add(1, 1, 1_150)).isTrue();
    }

    @Test
    void takingOverKeepsWhatStillCounts() {
        DedupeIndex index = new DedupeIndex(100, 10);
        index.restore(1, 1, 1_000);
        index.restore(2, 2, 1_020);
        index.restore(1, 1, 1_060);
        DedupeIndex shorter = new DedupeIndex(50, 10);
        shorter.takeOver(index);
        assertThat(shorter.add(2, 2, 1_080)).isTrue();
        assertThat(shorter.add(1, 1, 1_080)).isFalse();
        DedupeIndex smaller = new DedupeIndex(100, 1);
        smaller.takeOver(index);
        assertThat(smaller.add(1, 1, 1_080)).isFalse();
        assertThat(smaller.size()).isEqualTo(1);
    }

    @Test
    void takingOverKeepsTheTimesOfMany() {
        DedupeIndex index = new DedupeIndex(10_000, 20_000);
        for (int i = 0; i < 12_000; i++) {
            index.add(mixed(i), i, i / 3);
        }
        DedupeIndex other = new DedupeIndex(2_000, 20_000);
        other.takeOver(index);
        assertThat(other.size()).isEqualTo(3 * 2_000);
        assertThat(other.add(mixed(6_000), 6_000, 3_999)).isFalse();
        assertThat(other.add(mixed(5_999), 5_999, 3_999)).isTrue();
    }

    @Test
    void takingOverLeavesWhatTheLimitHasForgotten() {
        DedupeIndex index = new DedupeIndex(10_000, 1_500);
        for (int i = 0; i < 5_000; i++) {
            index.add(mixed(i), i, 7);
        }
        DedupeIndex other = new DedupeIndex(10_000, 20_000);
        other.takeOver(index);
        assertThat(other.size()).isEqualTo(1_500);
        assertThat(other.add(mixed(3_499), 3_499, 8)).isTrue();
        assertThat(other.add(mixed(3_500), 3_500, 8)).isFalse();
    }

    @Test
    void idsThatComeTogetherCostFortyBytesAtMost() {
        assertThatIdsCostAtMost(40, 1_000);
    }

    @Test
    void idsThatComeAloneCostWhatIsReckonedWith() {
        assertThatIdsCostAtMost(DedupeIndex.BYTES_PER_ID, 1);
    }

    private static void assertThatIdsCostAtMost(long bytes, int together) {
        DedupeIndex index = new DedupeIndex(1_000_000, 1_000_000);
        for (int i = 0; i < 300_000; i++) {
            index.add(mixed(i), i, i / together);
            assertThat(index.bytes()).isLessThanOrEqualTo(bytes * index.size() + SLACK_BYTES);
        }
    }

    @Test
    void forgottenIdsCostNothing() {
        DedupeIndex index = new DedupeIndex(1_000_000, 1_000);
        for (int i = 0; i < 100_000; i++) {
            index.add(mixed(i), i, i / 3);
        }
        assertThat(index.bytes())
                .isLessThanOrEqualTo(1_000L * DedupeIndex.BYTES_PER_ID + SLACK_BYTES);
    }

    private static long mixed(long id) {
        return id * 0x9e3779b97f4a7c15L;
    }

    @Test
    void behavesLikeAMap() {
        for (int seed = 0; seed < 60; seed++) {
            follow(new Random(seed), "seed " + seed);
        }
    }

    private static void follow(Random random, String seed) {
        long horizonMs = 1L + random.nextInt(2_000);
        int limit = 1 + random.nextInt(random.nextBoolean() ? 20 : 5_000);
        DedupeIndex index = new DedupeIndex(horizonMs, limit, FIRSTS[random.nextInt(3)]);
        LinkedHashMap<Long, Long> model = new LinkedHashMap<>();
        int distinct = 1 + random.nextInt(8_000);
        // Some that all begin their search at one place, the first or the last of the table.
        int colliding = random.nextInt(6);
        long now = 0;
        for (int i = 0; i < 4_000; i++) {
            now += random.nextInt(3) == 0 ? random.nextInt(4) : 0;
            long id = random.nextInt(distinct);
            long high =
                    switch (colliding) {
                        case 0 -> id << 60 | id % 7;
                        case 1 -> id << 60 | 0xffff_ffffL - id % 7;
                        default -> mixed(id);
                    };
            long forgottenMs = now - horizonMs;
            while (!model.isEmpty() && model.firstEntry().getValue() <= forgottenMs) {
                model.pollFirstEntry();
            }
            if (random.nextInt(500) == 0) {
                DedupeIndex next = new DedupeIndex(horizonMs, limit, FIRSTS[random.nextInt(3)]);
                next.takeOver(index);
                index = next;
            }
            index.lookAhead(new long[] {high, id}, 1);
            boolean fresh = !model.containsKey(id);
            if (fresh) {
                if (model.size() == limit) {
                    model.pollFirstEntry();
                }
                model.put(id, now);
            }
            if (fresh && random.nextInt(10) == 0) {
                index.restore(high, id, now);
            } else {
                assertThat(index.add(high, id, now)).as("%s, step %d", seed, i).isEqualTo(fresh);
            }
            assertThat(index.size()).as(seed).isEqualTo(model.size());
        }
    }

    @Test
    void senselessBoundsAreRefused() {
        assertThatThrownBy(() -> new DedupeIndex(-1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        assertThatThrownBy(() -> new DedupeIndex(1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
