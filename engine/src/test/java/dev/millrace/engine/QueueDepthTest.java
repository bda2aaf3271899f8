package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

class QueueDepthTest {
    @Test
    void aBatchEntersWholeOrNotAtAll() {
        QueueDepth depth = new QueueDepth(1_000);

        assertThat(depth.tryEnter(6, 600, 10)).isTrue();
        assertThat(depth.tryEnter(5, 100, 10)).as("too many events").isFalse();
        assertThat(depth.tryEnter(4, 500, 10)).as("too many bytes").isFalse();
        assertThat(depth.events()).isEqualTo(6);
        assertThat(depth.bytes()).isEqualTo(600);
        assertThat(depth.tryEnter(4, 400, 10)).isTrue();
    }

    @Test
    void aBatchOfMoreBytesThanTheLimitFindsRoomInAnEmptyQueue() {
        QueueDepth depth = new QueueDepth(1_000);

        assertThat(depth.tryEnter(1, 5_000, 10)).isTrue();
        assertThat(depth.tryEnter(1, 1, 10)).isFalse();
        depth.leave(1, 5_000);
        assertThat(depth.tryEnter(1, 1, 10)).isTrue();
    }

    @Test
    void nobodySeesMoreThanTheLimitWhileManyAreRefused() throws Exception {
        QueueDepth depth = new QueueDepth(Long.MAX_VALUE);
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> producers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                producers.add(
                        threads.submit(() -> {
                            while (!stop.get()) {
                                if (depth.tryEnter(7, 7, 10)) {
                                    depth.leave(7, 7);
                                }
                            }
                        }));
            }
            long most = 0;
            for (int i = 0; i < 1_000_000; i++) {
                most = Math.max(most, depth.events());
            }
            stop.set(true);
            for (Future<?> producer : producers) {
                producer.get();
            }
            assertThat(most).isLessThanOrEqualTo(10);
        }
        assertThat(depth.events()).isZero();
    }
}
