package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/** Letters of sinks, from the refusal to the outcome of their replay, each exactly once. */
class SinkReplaysTest {
    private final SinkShop shop = new SinkShop();

    @AfterEach
    void close() {
        shop.close();
    }

    /** A letter of order 7, whose sink is paused and would take it. */
    private LetterId letterOfAPausedSink() {
        shop.refuse(7);
        Pipeline pipeline = shop.with(SinkShop.OUT);
        shop.send(0, 10);
        shop.awaitDrained("out");
        LetterId letter = shop.onlyLetter().id();
        shop.refuseNothing();
        assertThat(pipeline.pauseSink("out")).isPresent();
        return letter;
    }

    private String begin(LetterId letter) {
        ReplayReport report =
                shop.pipeline().replay(Shop.named(List.of(letter)), Duration.ofMillis(1));
        assertThat(report.done()).isFalse();
        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").lagItems() == 1);
        return report.id();
    }

    private ReplayReport done(String replay) {
        return Shop.done(shop.pipeline(), replay);
    }

    @Test
    void aLetterThatOneReplayHasSentIsNotSentByAnother() {
        LetterId letter = letterOfAPausedSink();
        String first = begin(letter);

        ReplayReport second =
                shop.pipeline().replay(Shop.named(List.of(letter)), SinkShop.PATIENCE);
        assertThat(second.failed()).isEqualTo(1);
        assertThat(second.outcomes().getFirst().message()).contains(first);

        assertThat(shop.pipeline().resumeSink("out", false)).isPresent();
        assertThat(done(first).replayed()).isEqualTo(1);
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void norByOneThatBeginsAfterARestart() {
        LetterId letter = letterOfAPausedSink();
        String first = begin(letter);
        Pipeline again = shop.start();

        ReplayReport second = again.replay(Shop.named(List.of(letter)), SinkShop.PATIENCE);
        assertThat(second.failed()).isEqualTo(1);

        assertThat(again.resumeSink("out", false)).isPresent();
        assertThat(done(first).replayed()).isEqualTo(1);
        assertThat(shop.systems.items("out")).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void aLetterThatIsDeletedWhileItsItemWaitsIsNotSent() {
        LetterId letter = letterOfAPausedSink();
        String replay = begin(letter);
        assertThat(shop.pipeline().discard(List.of(letter))).isEqualTo(1);

        assertThat(shop.pipeline().resumeSink("out", false)).isPresent();

        assertThat(done(replay).failed()).isEqualTo(1);
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).doesNotContain(SinkShop.order(7));
    }

    @Test
    void aReplayWhoseSinkIsRemovedComesToAnEnd() {
        LetterId letter = letterOfAPausedSink();
        String replay = begin(letter);

        Pipeline without = shop.with("");
        shop.send(10, 11);

        assertThat(done(replay).failed()).isEqualTo(1);
        assertThat(without.replay(replay).orElseThrow().outcomes().getFirst().message())
                .contains("removed");
        assertThat(shop.onlyLetter().id()).isEqualTo(letter);
    }

    @Test
    void aRewindBooksNoOutcomeAgain() {
        LetterId letter = letterOfAPausedSink();
        String replay = begin(letter);
        assertThat(shop.pipeline().resumeSink("out", false)).isPresent();
        assertThat(done(replay).replayed()).isEqualTo(1);

        assertThat(shop.pipeline().rewindSink("out", OptionalLong.of(0))).isPresent();
        shop.awaitDrained("out");
        shop.send(10, 11);

        // The order that was refused is kept too, at its place and at that of its replay.
        assertThat(shop.systems.items("out").subList(10, 21)).containsAll(SinkShop.orders(0, 10));
        assertThat(done(replay).replayed()).isEqualTo(1);
    }

    @Test
    void aRewindThatDeliversWhatWasRefusedRemovesItsLetter() {
        LetterId _ = letterOfAPausedSink();
        assertThat(shop.pipeline().resumeSink("out", false)).isPresent();

        assertThat(shop.pipeline().rewindSink("out", OptionalLong.of(0))).isPresent();

        shop.awaitDrained("out");
        await().atMost(SinkShop.PATIENCE).until(() -> Shop.letters(shop.pipeline()).isEmpty());
    }

    /**
     * The process dies when the letter of order 7 is durable, and its sink is about to be given the
     * rest of the batch.
     *
     * @param attempts that the letter has then
     */
    private MemoryStorage diskAsItWasWhenTheRestWasGiven(int attempts) {
        shop.systems.namesItems("out");
        AtomicReference<MemoryStorage> disk = new AtomicReference<>();
        shop.systems.refuse(
                "out",
                item -> {
                    boolean isWritten =
                            Shop.letters(shop.pipeline()).stream()
                                    .anyMatch(letter -> letter.attempts() == attempts);
                    if (isWritten) {
                        disk.compareAndSet(null, shop.snapshot());
                        throw new IllegalStateException("the process is dead");
                    }
                    return new String(item.json(), UTF_8).contains("\"o7\"");
                });
        assertThat(shop.pipeline().resumeSink("out", false)).isPresent();
        await().atMost(SinkShop.PATIENCE).until(() -> disk.get() != null);
        shop.stop();
        return disk.get();
    }

    @Test
    void aLetterGoesIfItsItemIsTakenAfterACrash() {
        Pipeline pipeline = shop.with(SinkShop.OUT);
        assertThat(pipeline.pauseSink("out")).isPresent();
        shop.send(0, 10);
        MemoryStorage disk = diskAsItWasWhenTheRestWasGiven(1);
        shop.refuseNothing();

        Pipeline again = shop.start(disk);

        shop.awaitDrained("out");
        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 10));
        await().atMost(SinkShop.PATIENCE).until(() -> Shop.letters(again).isEmpty());
    }

    @Test
    void anOutcomeIsBookedOnceThoughTheItemIsRefusedAgainAfterACrash() {
        shop.systems.refuse("out", item -> new String(item.json(), UTF_8).matches(".*\"o[78]\".*"));
        Pipeline pipeline = shop.with(SinkShop.OUT);
        shop.send(0, 10);
        shop.awaitDrained("out");
        await().atMost(SinkShop.PATIENCE).until(() -> Shop.letters(pipeline).size() == 2);
        assertThat(pipeline.pauseSink("out")).isPresent();
        String replay = pipeline.replay(Shop.all(), Duration.ofMillis(1)).id();
        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").lagItems() == 2);
        MemoryStorage disk = diskAsItWasWhenTheRestWasGiven(2);
        shop.refuse(7);

        Pipeline _ = shop.start(disk);
        shop.awaitDrained("out");

        ReplayReport report = done(replay);
        assertThat(report.replayed()).isEqualTo(1);
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.outcomes()).hasSize(2);
        DeadLetter left = shop.onlyLetter();
        assertThat(new String(left.event(), UTF_8)).isEqualTo(SinkShop.order(7));
    }

    @Test
    void replaysThatWaitForASinkKeepNoOtherFromRunning() {
        int replays = Replays.AT_ONCE + 1;
        shop.systems.refuse("out", _ -> true);
        Pipeline pipeline =
                shop.with(
                        """
                        sinks:
                          - {name: out, from: [events], memory: {}}
                          - {name: well, from: [sales], memory: {}}
                        """);
        shop.send(0, replays);
        await().atMost(SinkShop.PATIENCE).until(() -> Shop.letters(pipeline).size() == replays);
        assertThat(pipeline.pauseSink("out")).isPresent();
        List<String> waiting = new ArrayList<>();
        for (LetterId letter : Shop.ids(pipeline)) {
            waiting.add(pipeline.replay(Shop.named(List.of(letter)), Duration.ofMillis(1)).id());
        }
        shop.awaitDrained("well");
        shop.systems.refuse("well", _ -> true);
        shop.send(100, 101);
        await().atMost(SinkShop.PATIENCE).until(() -> Shop.letters(pipeline).size() == replays + 1);
        LetterId other = Shop.ids(pipeline).getLast();
        shop.systems.refuse("well", _ -> false);

        ReplayReport report = pipeline.replay(Shop.named(List.of(other)), SinkShop.PATIENCE);

        assertThat(report.done()).isTrue();
        assertThat(report.replayed()).isEqualTo(1);
        shop.refuseNothing();
        assertThat(pipeline.resumeSink("out", false)).isPresent();
        waiting.forEach(replay -> assertThat(done(replay).replayed()).isEqualTo(1));
    }
}
