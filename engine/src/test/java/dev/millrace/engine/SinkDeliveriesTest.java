package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.testing.CommitBuilder;
import dev.millrace.testing.MemorySinks.Trouble;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;

/** When a sink delivers how much, and what it keeps. */
class SinkDeliveriesTest {
    private final SinkShop shop = new SinkShop();

    @AfterEach
    void close() {
        shop.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"CLAIMS_THAT_IT_MOVED", "REFUSES_OTHERS"})
    void anAnswerThatMakesNoSenseIsFollowedByAPause(Trouble trouble) {
        shop.systems.trouble("out", trouble);
        Pipeline pipeline = shop.with(SinkShop.OUT);
        shop.send(0, 10);

        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").retries() > 2);
        assertThat(shop.status("out").lastError()).isPresent();

        shop.systems.trouble("out", Trouble.NONE);
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 10));
        assertThat(Shop.letters(pipeline)).isEmpty();
    }

    @Test
    void aBatchWaitsForMoreThanTheNextCommit() {
        Pipeline _ =
                shop.with(
                        "sinks: [{name: out, from: [events], batch: {items: 10, wait: 1m}, memory: {}}]");
        for (int i = 0; i < 12; i += 3) {
            shop.send(i, i + 3);
        }

        await().atMost(SinkShop.PATIENCE).until(() -> !shop.systems.batches("out").isEmpty());
        assertThat(shop.systems.batches("out").getFirst()).isEqualTo(10);
    }

    @Test
    void aBatchDoesNotWaitWhileTheOutboxIsFull() {
        Pipeline _ =
                shop.with(
                        "sinks: [{name: out, from: [events], budget: 1MiB, batch: {items: 100000, bytes: 64MiB, wait: 1m}, memory: {}}]");

        shop.send(0, 20_000);

        await().atMost(SinkShop.PATIENCE).until(() -> !shop.systems.items("out").isEmpty());
    }

    @Test
    void batchesShrinkWhereCallsTimeOutAndTheBreakerOpens() {
        shop.systems.trouble("out", Trouble.HANGS);
        Pipeline pipeline =
                shop.with(
                        "sinks: [{name: out, from: [events], timeout: 100ms, batch: {items: 64}, memory: {}}]");
        assertThat(pipeline.pauseSink("out")).isPresent();
        shop.send(0, 100);
        assertThat(pipeline.resumeSink("out", false)).isPresent();

        await().atMost(SinkShop.PATIENCE)
                .until(() -> shop.status("out").breaker() != SinkStatus.Breaker.CLOSED);
        assertThat(shop.status("out").batchItems()).isLessThan(32);

        shop.systems.trouble("out", Trouble.NONE);
        shop.awaitDrained("out");
        assertThat(shop.status("out").breaker()).isEqualTo(SinkStatus.Breaker.CLOSED);
        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 100));
        assertThat(shop.systems.batches("out").getFirst()).isEqualTo(64);
    }

    @Test
    void anotherBatchHoldsForASinkThatIsAwayToo() {
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline _ = shop.with(SinkShop.OUT);
        shop.send(0, 10);
        Pipeline _ =
                shop.with("sinks: [{name: out, from: [events], batch: {items: 7}, memory: {}}]");
        shop.send(10, 11);

        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").batchItems() == 7);
    }

    @Test
    void whatComesToAPausedSinkGrowsOld() {
        Pipeline pipeline = shop.with(SinkShop.OUT);
        shop.awaitState("out", SinkStatus.State.RUNNING);
        assertThat(pipeline.pauseSink("out")).isPresent();
        shop.send(0, 3);

        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").lagMs() > 0);
    }

    @Test
    void whatWasDeliveredGoesThoughTheHostIsRestartedAllTheTime() {
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], budget: 1MiB, memory: {}}]");
        for (int run = 0; run < 6; run++) {
            // About a fifth of the budget, of which a quarter is kept.
            shop.send(2_000 * run, 2_000 * (run + 1));
            shop.awaitDrained("out");
            Pipeline _ = shop.start();
        }
        shop.send(100_000, 102_000);
        shop.awaitDrained("out");

        assertThat(shop.status("out").keptFrom()).isGreaterThan(8_000);
    }

    @Test
    void aSinkThatRefusesEverythingStandsStillAtItsBudgetOfLetters() {
        try (SinkShop strict =
                new SinkShop(
                        new EngineOptions(
                                2,
                                Duration.ofMillis(5),
                                1 << 24,
                                Duration.ofSeconds(5),
                                new LetterBudget(3, 1 << 20)))) {
            strict.systems.refuse("out", _ -> true);
            Pipeline pipeline = strict.with(SinkShop.OUT);
            strict.send(0, 10);
            await().atMost(SinkShop.PATIENCE).until(() -> strict.status("out").retries() > 1);
            assertThat(Shop.letters(pipeline)).hasSize(3);
            assertThat(strict.status("out").lastError().orElseThrow()).contains("3 dead letters");

            strict.refuseNothing();
            assertThat(pipeline.discard(Shop.ids(pipeline))).isEqualTo(3);
            strict.awaitDrained("out");
            assertThat(strict.systems.items("out")).hasSize(7);
        }
    }

    @Test
    void anEntryThatCannotBeReadBecomesALetterAndIsPassed() {
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline _ = shop.with(SinkShop.OUT);
        shop.send(0, 10);
        shop.send(10, 20);
        MemoryStorage disk = shop.snapshot();
        shop.stop();
        PipelineStore store = disk.pipelines().getFirst();
        store.commit(
                CommitBuilder.commit()
                        .checkpoint(store.checkpoint().orElseThrow())
                        .putOut("out", 0, "broken")
                        .build());
        shop.systems.trouble("out", Trouble.NONE);

        Pipeline _ = shop.start(disk.reopened());

        shop.awaitDrained("out");
        DeadLetter letter = shop.onlyLetter();
        assertThat(letter.code()).isEqualTo("unreadable");
        assertThat(shop.systems.items("out")).hasSizeLessThan(20).contains(SinkShop.order(19));
    }
}
