package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.testing.MemorySinks;
import dev.millrace.testing.MemorySinks.Trouble;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What sinks get, whatever their systems and the host do meanwhile. */
class SinksTest {
    private final SinkShop shop = new SinkShop();

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void eventsThatWentThroughAllStagesComeOutOnce() {
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 100);
        shop.send(-5, 0);
        shop.send(50, 60);

        shop.awaitDrained("out");

        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 100));
        assertThat(shop.status("out").state()).isEqualTo(SinkStatus.State.RUNNING);
        assertThat(shop.status("out").lastError()).isEmpty();
    }

    @Test
    void rowsComeWithTheirRevisionsAndTheNewestLast() {
        Pipeline _ = shop.with("sinks: [{name: out, from: [sales], memory: {}}]");
        shop.send(0, 10);
        shop.send(10, 20);

        shop.awaitDrained("out");

        assertThat(shop.systems.items("out"))
                .last()
                .asString()
                .startsWith(
                        "{\"aggregate\":\"sales\",\"windowStart\":1699999200000,\"windowEnd\":1700002800000,"
                                + "\"group\":{\"source\":\"s\"},\"values\":{\"orders\":20,\"price\":190},\"revision\":")
                .endsWith(",\"final\":false}");
        assertThat(shop.systems.opened("out").getFirst().shapes())
                .singleElement()
                .satisfies(shape -> {
                    assertThat(shape.group()).extracting("path").containsExactly("source");
                    assertThat(shape.values())
                            .extracting("name")
                            .containsExactly("orders", "price");
                });
    }

    @Test
    void rowsThatANewerRevisionSupersedesInABatchAreNotDelivered() {
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline _ = shop.with("sinks: [{name: out, from: [sales], memory: {}}]");
        for (int i = 0; i < 10; i++) {
            shop.send(i, i + 1);
        }
        shop.systems.trouble("out", Trouble.NONE);

        shop.awaitDrained("out");

        assertThat(shop.systems.items("out")).singleElement().asString().contains("\"orders\":10");
    }

    @Test
    void aSystemThatIsAwayIsTriedAgainUntilItIsBack() {
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 10);
        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").retries() > 1);
        assertThat(shop.status("out").lastError()).contains("the memory is away");
        assertThat(shop.status("out").lagItems()).isEqualTo(10);

        shop.systems.trouble("out", Trouble.NONE);

        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize(10);
        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("out").lastError().isEmpty());
    }

    @Test
    void aLostAnswerWritesNothingTwice() {
        shop.systems.trouble("out", Trouble.LOSES_ANSWERS);
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 10);
        shop.send(10, 20);

        shop.awaitDrained("out");

        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 20));
    }

    @Test
    void aCallThatHangsIsBrokenOffAndCostsOthersNothing() {
        shop.systems.trouble("stuck", Trouble.HANGS);
        Pipeline _ =
                shop.with(
                        """
                        sinks:
                          - {name: stuck, from: [events], timeout: 100ms, memory: {}}
                          - {name: well, from: [events], memory: {}}
                        """);
        shop.send(0, 10);

        shop.awaitDrained("well");
        await().atMost(SinkShop.PATIENCE).until(() -> shop.status("stuck").retries() > 1);
        assertThat(shop.status("stuck").lastError()).contains("the memory did not answer");
        assertThat(shop.systems.items("well")).hasSize(10);

        shop.systems.trouble("stuck", Trouble.NONE);
        shop.awaitDrained("stuck");
        assertThat(shop.systems.items("stuck"))
                .containsExactlyElementsOf(shop.systems.items("well"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneBadItemIsSetAsideAndTheOthersGetThrough(boolean named) {
        if (named) {
            shop.systems.namesItems("out");
        }
        shop.systems.refuse("out", item -> new String(item.json(), UTF_8).contains("\"o617\""));
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 1_000);
        shop.systems.trouble("out", Trouble.NONE);

        shop.awaitDrained("out");

        assertThat(shop.systems.items("out")).hasSize(999).doesNotHaveDuplicates();
        assertThat(shop.systems.batches("out")).hasSizeLessThan(60);
        DeadLetter letter = shop.onlyLetter();
        assertThat(letter.kind()).isEqualTo(LetterKind.SINK);
        assertThat(letter.stage()).isEqualTo("out");
        assertThat(letter.code()).isEqualTo("bad");
        assertThat(letter.message()).isEqualTo("the memory refuses it");
        assertThat(letter.source()).isEqualTo("s");
        assertThat(new String(letter.event(), UTF_8)).isEqualTo(SinkShop.order(617));
        assertThat(shop.status("out").refused()).isEqualTo(1);
    }

    @Test
    void aLetterOfASinkIsReplayedToThatSinkOnly() {
        shop.systems.refuse("out", item -> new String(item.json(), UTF_8).contains("\"o7\""));
        Pipeline pipeline =
                shop.with(
                        """
                        sinks:
                          - {name: out, from: [events], memory: {}}
                          - {name: other, from: [events], memory: {}}
                        """);
        shop.send(0, 10);
        shop.awaitDrained("out");
        shop.awaitDrained("other");
        DeadLetter letter = shop.onlyLetter();

        ReplayReport again = pipeline.replay(Shop.named(List.of(letter.id())), SinkShop.PATIENCE);
        assertThat(again.done()).isTrue();
        assertThat(again.failed()).isEqualTo(1);
        assertThat(shop.onlyLetter().attempts()).isEqualTo(2);

        shop.systems.refuse("out", _ -> false);
        ReplayReport mended = pipeline.replay(Shop.all(), SinkShop.PATIENCE);
        assertThat(mended.done()).isTrue();
        assertThat(mended.replayed()).isEqualTo(1);
        await().atMost(SinkShop.PATIENCE).until(() -> Shop.letters(pipeline).isEmpty());
        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 10));
        assertThat(shop.systems.items("other"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 10));
    }

    @Test
    void aLetterOfASinkCanBeDeleted() {
        shop.systems.refuse("out", item -> new String(item.json(), UTF_8).contains("\"o7\""));
        Pipeline pipeline = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 10);

        assertThat(pipeline.discard(List.of(shop.onlyLetter().id()))).isEqualTo(1);

        assertThat(Shop.letters(pipeline)).isEmpty();
        assertThat(pipeline.ledger().balanced()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(MemoryStorage.Fault.class)
    void nothingIsMissingAndNothingTwiceWhicheverWriteFails(MemoryStorage.Fault fault) {
        for (int write = 1; write < 14; write++) {
            MemoryStorage dying = new MemoryStorage();
            MemorySinks its = new MemorySinks();
            int sent = sendUntilItDies(dying, its, write, fault);

            try (SinkShop next = new SinkShop(dying.reopened(), its)) {
                await().atMost(SinkShop.PATIENCE).until(() -> !next.pipeline().sinks().isEmpty());
                next.pipeline().drain().join();
                next.awaitDrained("out");
                assertThat(its.items("out"))
                        .as("write %d was %s", write, fault)
                        .doesNotHaveDuplicates()
                        .containsAll(SinkShop.orders(0, sent))
                        .hasSize((int) next.pipeline().ledger().completed());
            }
        }
    }

    /** How many orders were acknowledged. */
    private static int sendUntilItDies(
            MemoryStorage dying, MemorySinks its, int write, MemoryStorage.Fault fault) {
        int sent = 0;
        try (SinkShop first = new SinkShop(dying, its)) {
            Pipeline pipeline = first.with(SinkShop.OUT);
            dying.failWrite(write, fault);
            while (sent < 100
                    && pipeline.ingest(SinkShop.order(sent).getBytes(UTF_8), BodyFormat.JSON)
                            instanceof IngestOutcome.Accepted) {
                sent++;
            }
        } catch (RuntimeException failed) {
            assertThat(failed).isNotNull();
        }
        return sent;
    }

    @Test
    void whatWaitsSurvivesARestart() {
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 10);
        shop.stop();
        shop.systems.trouble("out", Trouble.NONE);

        Pipeline _ = shop.start();

        shop.awaitDrained("out");
        assertThat(shop.systems.items("out"))
                .containsExactlyInAnyOrderElementsOf(SinkShop.orders(0, 10));
    }

    @Test
    void aPausedSinkStaysPausedAndGoesOnWhenItIsResumed() {
        Pipeline pipeline = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        assertThat(pipeline.pauseSink("out").orElseThrow().state())
                .isEqualTo(SinkStatus.State.PAUSED);
        shop.send(0, 10);
        Pipeline again = shop.start();
        assertThat(shop.status("out").state()).isEqualTo(SinkStatus.State.PAUSED);
        assertThat(shop.systems.items("out")).isEmpty();

        assertThat(again.resumeSink("out", false)).isPresent();

        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize(10);
        assertThat(again.pauseSink("none")).isEmpty();
    }

    @Test
    void aRewoundSinkGetsAgainWhatIsKept() {
        Pipeline pipeline = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 10);
        shop.awaitDrained("out");

        assertThat(pipeline.rewindSink("out", OptionalLong.of(4))).isPresent();

        await().atMost(SinkShop.PATIENCE).until(() -> shop.systems.items("out").size() == 16);
        List<String> taken = shop.systems.items("out");
        assertThat(taken.subList(10, 16)).isEqualTo(taken.subList(4, 10));
    }

    @Test
    void aCursorOfAnotherOwnerStopsTheSinkUntilSomebodyTakesOver() {
        shop.systems.cursor("out", new SinkCursor("somebody", 5));
        Pipeline pipeline = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 10);
        await().atMost(SinkShop.PATIENCE)
                .until(() -> shop.status("out").state() == SinkStatus.State.STOPPED);
        assertThat(shop.status("out").lastError().orElseThrow())
                .contains("somebody")
                .contains("takeOver");
        assertThat(shop.systems.items("out")).isEmpty();

        assertThat(pipeline.resumeSink("out", true)).isPresent();

        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize(10);
    }

    @Test
    void aCursorPastTheEndStopsTheSink() {
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(0, 10);
        shop.awaitDrained("out");
        SinkCursor its = shop.systems.cursor("out").orElseThrow();
        shop.stop();
        shop.systems.cursor("out", new SinkCursor(its.owner(), 1_000));

        Pipeline _ = shop.start();

        await().atMost(SinkShop.PATIENCE)
                .until(() -> shop.status("out").state() == SinkStatus.State.STOPPED);
        assertThat(shop.status("out").lastError().orElseThrow()).contains("past the 10");
    }

    @Test
    void aFullOutboxHoldsThePipelineBackByName() {
        shop.systems.trouble("out", Trouble.AWAY);
        Pipeline pipeline =
                shop.with("sinks: [{name: out, from: [events], budget: 1MiB, memory: {}}]");
        IngestOutcome outcome = ingestUntilRefused(pipeline);

        assertThat(outcome).isInstanceOf(IngestOutcome.QueueFull.class);
        IngestOutcome.QueueFull full = (IngestOutcome.QueueFull) outcome;
        assertThat(full.bottleneck()).isEqualTo("sink:out");
        assertThat(full.retryAfterSeconds()).isPositive();
        long waiting = shop.status("out").lagItems();

        shop.systems.trouble("out", Trouble.NONE);
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSize((int) waiting);
        assertThat(pipeline.ingest(SinkShop.order(1_000_000).getBytes(UTF_8), BodyFormat.JSON))
                .isInstanceOf(IngestOutcome.Accepted.class);
    }

    private static IngestOutcome ingestUntilRefused(Pipeline pipeline) {
        for (int i = 0; i < 100_000; i += 500) {
            String body = String.join("\n", SinkShop.orders(i, i + 500));
            IngestOutcome outcome = pipeline.ingest(body.getBytes(UTF_8), BodyFormat.NDJSON);
            if (!(outcome instanceof IngestOutcome.Accepted)) {
                return outcome;
            }
            await().atMost(SinkShop.PATIENCE).until(() -> pipeline.ledger().inFlight() == 0);
            pipeline.drain().join();
        }
        throw new AssertionError("it was never refused");
    }

    @Test
    void aSinkWithoutACursorGetsItemsInOrder() {
        Pipeline _ = shop.with("sinks: [{name: out, from: [events], memory: {forgetful: true}}]");
        for (int i = 0; i < 10; i++) {
            shop.send(10 * i, 10 * i + 10);
        }

        shop.awaitDrained("out");

        List<String> taken = shop.systems.items("out");
        assertThat(taken).hasSize(100);
        for (int i = 0; i < 100; i += 10) {
            // Those of one commit come from two partitions.
            assertThat(taken.subList(i, i + 10))
                    .containsExactlyInAnyOrderElementsOf(SinkShop.orders(i, i + 10));
        }
        assertThat(shop.systems.cursor("out")).isEmpty();
    }

    @Test
    void aSinkComesAndGoesWithTheVersions() {
        Pipeline pipeline = shop.with("");
        shop.send(0, 10);
        shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(10, 20);
        shop.awaitDrained("out");
        shop.with("sinks: [{name: out, from: [sales], memory: {}}]");
        shop.send(20, 30);
        shop.awaitDrained("out");
        assertThat(shop.systems.items("out")).hasSizeGreaterThan(10);
        shop.with("");
        shop.send(30, 40);
        await().atMost(SinkShop.PATIENCE).until(() -> pipeline.sinks().isEmpty());
        shop.with("sinks: [{name: out, from: [events], memory: {}}]");
        shop.send(40, 50);
        shop.awaitDrained("out");

        List<String> events = new ArrayList<>(shop.systems.items("out"));
        events.removeIf(item -> item.startsWith("{\"aggregate\""));
        List<String> expected = new ArrayList<>(SinkShop.orders(10, 20));
        expected.addAll(SinkShop.orders(40, 50));
        assertThat(events).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aWrongKindIsRefusedWithItsPlace() {
        PutOutcome outcome = shop.put("sinks: [{name: out, from: [sales], memoy: {}}]");

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PutOutcome.Invalid.class,
                        invalid ->
                                assertThat(invalid.problems())
                                        .extracting("pointer")
                                        .containsExactly("/sinks/0/memoy"));
    }

    @Test
    void aDefinitionThatIsPutAgainAfterARestartIsTheSame() {
        String sinks =
                "sinks: [{name: out, from: [sales], memory: {patience: 60s, room: 1024KiB}}]";
        Pipeline _ = shop.with(sinks);
        Pipeline _ = shop.start();

        assertThat(shop.put(sinks)).isInstanceOf(PutOutcome.Same.class);
    }

    @Test
    void aMessageThatIsLargerThanAnEventMayBeBecomesALetterCut() {
        int bytes = ReadLimits.DEFAULT_EVENT_BYTES;
        shop.sources.bring("in", SinkShop.order(1));
        shop.sources.bring(
                "in",
                SinkShop.order(2)
                        .replace("\"data\"", "\"x\":\"" + "x".repeat(bytes) + "\",\"data\""));
        shop.sources.bring("in", SinkShop.order(3));
        Pipeline pipeline = shop.with("sources: [{name: in, memory: {}}]");

        await().atMost(SinkShop.PATIENCE).until(() -> shop.sources.waiting("in").isEmpty());

        DeadLetter letter = shop.onlyLetter();
        assertThat(letter.kind()).isEqualTo(LetterKind.INVALID);
        assertThat(letter.original()).hasSize(bytes);
        assertThat(letter.message()).contains("at most 1048576");
        await().atMost(SinkShop.PATIENCE).until(() -> pipeline.ledger().completed() == 2);
        assertThat(pipeline.ledger().balanced()).isTrue();
    }

    @Test
    void aSourceIsReadIntoThePipelineAndAcknowledged() {
        for (int i = 0; i < 10; i++) {
            shop.sources.bring("in", SinkShop.order(i).replace(",", ",\n"));
        }
        shop.sources.bring("in", "no event");
        Pipeline pipeline =
                shop.with(
                        """
                        sinks: [{name: out, from: [events], memory: {}}]
                        sources: [{name: in, memory: {}}]
                        """);

        await().atMost(SinkShop.PATIENCE).until(() -> shop.sources.waiting("in").isEmpty());
        await().atMost(SinkShop.PATIENCE).until(() -> shop.systems.items("out").size() == 10);
        shop.sources.bring("in", SinkShop.order(3));
        shop.sources.bring("in", SinkShop.order(10));
        await().atMost(SinkShop.PATIENCE).until(() -> shop.systems.items("out").size() == 11);
        assertThat(shop.onlyLetter().kind()).isEqualTo(LetterKind.INVALID);
        await().atMost(SinkShop.PATIENCE)
                .untilAsserted(() ->
                        assertThat(pipeline.sources())
                                .singleElement()
                                .extracting("messages")
                                .isEqualTo(13L));
    }
}
