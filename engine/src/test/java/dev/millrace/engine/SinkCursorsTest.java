package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.connector.SinkCursor;
import dev.millrace.testing.MemorySinks.Trouble;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What a sink makes of the cursor that its system has, and of what it is told about that. */
class SinkCursorsTest {
    private final SinkShop shop = new SinkShop();

    @AfterEach
    void close() {
        shop.close();
    }

    private SinkCursor delivered(int orders) {
        Pipeline _ = shop.with(SinkShop.OUT);
        shop.send(0, orders);
        shop.awaitDrained("out");
        return shop.systems.cursor("out").orElseThrow();
    }

    @Test
    void aCursorThatIsGoneStopsTheSinkUntilItIsRewound() {
        SinkCursor _ = delivered(10);
        shop.stop();
        shop.systems.forgetCursor("out");

        Pipeline again = shop.start();
        shop.awaitState("out", SinkStatus.State.STOPPED);
        assertThat(shop.status("out").lastError().orElseThrow())
                .contains("10 items")
                .contains("rewind")
                .contains("takeOver");
        shop.send(10, 12);
        assertThat(shop.systems.items("out")).hasSize(10);

        assertThat(again.rewindSink("out", OptionalLong.empty())).isPresent();
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize(22);
    }

    @Test
    void aStoppedSinkLooksAgainWhenItIsResumed() {
        SinkCursor ours = delivered(10);
        shop.stop();
        shop.systems.cursor("out", new SinkCursor("somebody", 5));
        Pipeline stopped = shop.start();
        shop.awaitState("out", SinkStatus.State.STOPPED);
        // The commit that says so is one of those.
        shop.send(10, 12);
        assertThat(stopped.pauseSink("out")).isPresent();
        shop.systems.cursor("out", ours);

        Pipeline again = shop.start();
        assertThat(again.resumeSink("out", false).orElseThrow().lastError()).isEmpty();
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void aStoppedSinkStaysStoppedOverARestart() {
        SinkCursor ours = delivered(10);
        shop.stop();
        shop.systems.cursor("out", new SinkCursor("somebody", 5));
        Pipeline _ = shop.start();
        shop.awaitState("out", SinkStatus.State.STOPPED);
        shop.send(10, 12);
        shop.systems.cursor("out", ours);

        Pipeline _ = shop.start();

        assertThat(shop.status("out").state()).isEqualTo(SinkStatus.State.STOPPED);
        assertThat(shop.status("out").lastError().orElseThrow()).contains("somebody");
    }

    /** As with a copy of the data directory's files, whose original has gone on. */
    @Test
    void aCursorThatNoProcessOfOursCanHaveWrittenStopsTheSinkThoughSoMuchIsPutOutByNow() {
        SinkCursor ours = delivered(10);
        shop.stop();
        shop.systems.cursor("out", new SinkCursor(ours.owner(), 15));
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline _ = shop.start();
        shop.send(10, 30);
        shop.systems.trouble("out", Trouble.NONE);

        shop.awaitState("out", SinkStatus.State.STOPPED);
        assertThat(shop.status("out").lastError().orElseThrow()).contains("past the 10");
        shop.stop();
        Pipeline again = shop.start();
        assertThat(again.resumeSink("out", false).orElseThrow().state())
                .isEqualTo(SinkStatus.State.STOPPED);

        assertThat(again.resumeSink("out", true)).isPresent();
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 30));
    }

    @Test
    void aRewindIsDoneWhenItIsAnswered() {
        SinkCursor ours = delivered(10);
        Pipeline pipeline = shop.pipeline();
        assertThat(pipeline.pauseSink("out")).isPresent();

        SinkStatus status = pipeline.rewindSink("out", OptionalLong.of(4)).orElseThrow();

        assertThat(status.pending()).isEmpty();
        assertThat(status.cursor()).isEqualTo(4);
        assertThat(shop.systems.cursor("out")).hasValue(new SinkCursor(ours.owner(), 4));
    }

    @Test
    void aRewindThatCannotBeDoneYetIsDoneAfterARestart() {
        SinkCursor _ = delivered(10);
        shop.systems.trouble("out", Trouble.AWAY);
        CompletableFuture<Void> told =
                CompletableFuture.runAsync(
                        () -> shop.pipeline().rewindSink("out", OptionalLong.empty()));
        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").pending().isPresent());
        // Commits come one after the other, so what was settled before the next is durable.
        shop.send(10, 11);
        var disk = shop.snapshot();
        shop.stop();
        shop.systems.trouble("out", Trouble.NONE);

        Pipeline _ = shop.start(disk);
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize(21);
        assertThat(told.handle((_, _) -> true).join()).isTrue();
    }
}
