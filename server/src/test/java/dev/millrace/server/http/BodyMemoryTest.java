package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class BodyMemoryTest {
    private final BodyMemory memory = new BodyMemory(1 << 20, Duration.ofMillis(1));

    @Test
    void aShareGrowsAndShrinksAndIsGivenBack() {
        try (BodyMemory.Share share = memory.share()) {
            share.resize(512 << 10);
            assertThat(memory.freeBytes()).isEqualTo(512 << 10);
            share.resize(1);
            assertThat(memory.freeBytes()).isEqualTo(1023 << 10);
        }
        assertThat(memory.freeBytes()).isEqualTo(1 << 20);
    }

    @Test
    void whatOthersHoldIsWaitedForAndThenRefused() {
        try (BodyMemory.Share one = memory.share();
                BodyMemory.Share other = memory.share()) {
            one.resize(1 << 20);

            assertThatThrownBy(() -> other.resize(1))
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> {
                                assertThat(refusal.type()).isEqualTo(ProblemType.QUEUE_FULL);
                                assertThat(refusal.members()).containsEntry("bottleneck", "bodies");
                            });
        }
    }

    @Test
    void whatIsMoreThanAllOfItIsTooLarge() {
        try (BodyMemory.Share share = memory.share()) {
            assertThatThrownBy(() -> share.resize((1 << 20) + 1))
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> assertThat(refusal.type()).isEqualTo(ProblemType.TOO_LARGE));
        }
    }
}
