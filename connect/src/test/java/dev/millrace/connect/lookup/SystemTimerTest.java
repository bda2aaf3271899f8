package dev.millrace.connect.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class SystemTimerTest {
    private static final Duration SOON = Duration.ofMillis(1);

    private final SystemTimer timer = new SystemTimer();

    @AfterEach
    void close() {
        timer.close();
    }

    @Test
    void aTaskThatThrowsAnErrorIsRunAgain() throws Exception {
        CountDownLatch runs = new CountDownLatch(3);
        timer.every(
                SOON,
                () -> {
                    runs.countDown();
                    throw new NoClassDefFoundError("table");
                });

        assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTaskThatBlocksHoldsUpNoOther() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(3);
        timer.every(
                SOON,
                () -> {
                    blocked.countDown();
                    awaitForever();
                });
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();

        timer.startAfter(SOON, others::countDown);
        timer.every(SOON, others::countDown);

        assertThat(others.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitForever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
