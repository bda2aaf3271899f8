package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.port.StageServices;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Replays as durable jobs, on a storage in memory. */
class ReplaysTest {
    private static final String PRICE = "{\"data\":{\"price\":3}}";

    private MemoryStorage storage = new MemoryStorage();
    private Engine engine = Engine.open(storage, EngineOptions.defaults());

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void aPatchMendsWhatFailed() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(5, Shop::unpriced));

        ReplayReport report = shop.replay(Shop.all(PRICE), Shop.PATIENCE);

        assertThat(report.done()).isTrue();
        assertThat(report.replayed()).isEqualTo(5);
        assertThat(report.remaining()).isZero();
        assertThat(report.outcomes())
                .hasSize(5)
                .allSatisfy(one -> assertThat(one.result()).isEqualTo("replayed"));
        assertThat(Shop.letters(shop)).isEmpty();
        assertThat(Shop.orders(shop)).isEqualTo(5);
    }

    @Test
    void whatIsUnknownFailsAndCountsNoAttempt() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(1, Shop::unpriced));
        LetterId there = Shop.ids(shop).getFirst();
        LetterId unknown = new LetterId(7, 1, 99);
        LetterId beyond = new LetterId(7, 77, 0);

        ReplayReport none = shop.replay(Shop.named(List.of(unknown)), Shop.PATIENCE);
        ReplayReport some =
                shop.replay(Shop.named(List.of(beyond, there, unknown, there)), Shop.PATIENCE);

        assertThat(none.done()).isTrue();
        assertThat(none.outcomes())
                .containsExactly(
                        new ReplayReport.Outcome(
                                unknown.toString(), "failed", "there is no such dead letter"));
        assertThat(some.done()).isTrue();
        assertThat(some.failed()).isEqualTo(3);
        assertThat(some.outcomes())
                .extracting(ReplayReport.Outcome::letter)
                .containsExactlyInAnyOrder(beyond.toString(), there.toString(), unknown.toString());
        assertThat(shop.letter(there).orElseThrow().attempts()).isEqualTo(2);
    }

    @Test
    void aLetterWhoseStageIsGoneSaysSoAndStays() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(1, Shop::unpriced));
        assertThat(
                        engine.put(
                                "shop",
                                Shop.DEFINITION.replace("name: priced", "name: valued"),
                                false))
                .isInstanceOf(PutOutcome.Changed.class);

        ReplayReport report = shop.replay(Shop.all(PRICE), Shop.PATIENCE);

        assertThat(report.outcomes())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.result()).isEqualTo("failed");
                    assertThat(one.message()).contains("no stage priced");
                });
        assertThat(Shop.letters(shop))
                .singleElement()
                .satisfies(kept ->
                        assertThat(new String(kept.event(), UTF_8)).isEqualTo(Shop.unpriced(0)));
    }

    @Test
    void invalidEventsGoThroughAdmissionLikeNewOnes() {
        Pipeline shop = Shop.in(engine);
        List<String> orders = new ArrayList<>(Shop.many(3, Shop::untyped));
        orders.addAll(Shop.many(2, Shop::sourceless));
        orders.add("no json");
        Shop.send(shop, orders);
        assertThat(shop.ledger().rejected()).isEqualTo(6);

        ReplayReport report = shop.replay(Shop.all("{\"type\":\"order\"}"), Shop.PATIENCE);

        assertThat(report.done()).isTrue();
        assertThat(report.replayed()).isEqualTo(3);
        assertThat(report.failed()).isEqualTo(3);
        assertThat(Shop.orders(shop)).isEqualTo(3);
        assertThat(shop.ledger().received()).isEqualTo(6);
        assertThat(shop.ledger().accepted()).isEqualTo(3);
        assertThat(shop.ledger().rejected()).isEqualTo(3);
        assertThat(Shop.letters(shop))
                .extracting(DeadLetter::attempts, DeadLetter::code, DeadLetter::message)
                .containsOnly(
                        tuple(
                                2,
                                "invalid-patch",
                                "with the patch it is no valid event: /source: source must be a string of 1 to 256"
                                        + " characters; it is missing"),
                        tuple(2, "invalid-patch", "what is no JSON cannot be patched"));
        assertThat(Shop.letters(shop))
                .allSatisfy(kept -> assertThat(kept.kind()).isEqualTo(LetterKind.INVALID));
    }

    @Test
    void whatWasAcceptedBeforeIsADuplicate() {
        Pipeline shop = Shop.in(engine);
        Shop.send(
                shop,
                List.of(Shop.order("untyped-0", "{\"price\":1,\"sold\":true}"), Shop.untyped(0)));

        ReplayReport report = shop.replay(Shop.all("{\"type\":\"order\"}"), Shop.PATIENCE);

        assertThat(report.replayed()).isEqualTo(1);
        assertThat(Shop.orders(shop)).isEqualTo(1);
        assertThat(shop.ledger().duplicate()).isEqualTo(1);
    }

    @Test
    void anEventOfTheFutureSucceedsOnceItsTimeHasCome() {
        AtomicLong nowMs = new AtomicLong(1_700_000_000_000L);
        engine.close();
        engine =
                Engine.open(
                        storage,
                        EngineOptions.defaults(),
                        HandlerSource.NONE,
                        StageServices.NONE,
                        new SteadyClock(nowMs::get, System::nanoTime));
        Pipeline shop = Shop.in(engine);
        long soonMs = nowMs.get() + Duration.ofHours(1).toMillis();
        Shop.send(
                shop,
                List.of(
                        Shop.order("soon", "{\"price\":1,\"sold\":true}")
                                .replace("1700000000000", Long.toString(soonMs))));
        assertThat(Shop.letters(shop))
                .singleElement()
                .satisfies(one -> assertThat(one.kind()).isEqualTo(LetterKind.FUTURE));

        nowMs.set(soonMs);
        ReplayReport report = shop.replay(Shop.named(Shop.ids(shop)), Shop.PATIENCE);

        assertThat(report.replayed()).isEqualTo(1);
        assertThat(Shop.orders(shop)).isEqualTo(1);
        assertThat(shop.ledger().rejected()).isZero();
    }

    @Test
    void invalidEventsAreReadmittedInPartsWhereTheQueueIsSmall() {
        assertThat(
                        engine.put(
                                "shop",
                                Shop.DEFINITION.replace(
                                        "partitions: 2", "partitions: 2\nqueueLimit: 7"),
                                false))
                .isInstanceOf(PutOutcome.Created.class);
        Pipeline shop = engine.pipeline("shop").orElseThrow();
        for (String order : Shop.many(50, Shop::untyped)) {
            Shop.send(shop, List.of(order));
        }

        ReplayReport report = shop.replay(Shop.all("{\"type\":\"order\"}"), Shop.PATIENCE);

        assertThat(report.replayed()).isEqualTo(50);
        assertThat(Shop.orders(shop)).isEqualTo(50);
        assertThat(shop.metrics().queueDepth()).isZero();
    }

    @Test
    void twoReplaysOfTheSameLettersTakeEachOnce() {
        Pipeline shop = Shop.in(engine);
        List<String> orders = new ArrayList<>(Shop.many(400, Shop::unpriced));
        orders.addAll(Shop.many(400, Shop::untyped));
        Shop.send(shop, orders);
        String patch = "{\"type\":\"order\",\"data\":{\"price\":3}}";

        List<CompletableFuture<ReplayReport>> replays = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            replays.add(
                    CompletableFuture.supplyAsync(
                            () -> shop.replay(Shop.all(patch), Shop.PATIENCE)));
        }
        List<ReplayReport> reports = replays.stream().map(CompletableFuture::join).toList();

        assertThat(reports).allMatch(ReplayReport::done);
        assertThat(reports.stream().mapToLong(ReplayReport::replayed).sum()).isEqualTo(800);
        assertThat(reports)
                .flatExtracting(ReplayReport::outcomes)
                .filteredOn(one -> one.result().equals("failed"))
                .allSatisfy(
                        one -> assertThat(one.message()).isEqualTo("there is no such dead letter"));
        assertThat(Shop.orders(shop)).isEqualTo(800);
        assertThat(shop.ledger().accepted()).isEqualTo(800);
        assertThat(shop.ledger().duplicate()).isZero();
    }

    @Test
    void theTenthFailureParksALetterWhichOnlyItsIdThenTries() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, List.of(Shop.unpriced(0), Shop.untyped(0)));
        for (int i = 0; i < 8; i++) {
            assertThat(shop.replay(Shop.all(), Shop.PATIENCE).failed()).isEqualTo(2);
        }

        ReplayReport parking = shop.replay(Shop.all(), Shop.PATIENCE);
        ReplayReport passing = shop.replay(Shop.all(), Shop.PATIENCE);
        ReplayReport named = shop.replay(Shop.named(Shop.ids(shop)), Shop.PATIENCE);

        assertThat(parking.outcomes())
                .extracting(ReplayReport.Outcome::result)
                .containsExactly("parked", "parked");
        assertThat(passing.done()).isTrue();
        assertThat(passing.outcomes()).isEmpty();
        assertThat(named.failed()).isEqualTo(2);
        assertThat(Shop.letters(shop)).allMatch(DeadLetter::parked);
        assertThat(Shop.letters(shop)).extracting(DeadLetter::attempts).containsOnly(11);
    }

    @Test
    void aFilterTakesUpToItsLimitInSlicesAndOnlyWhatWasThereWhenItBegan() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(3_500, Shop::unpriced));
        ReplayRequest some =
                new ReplayRequest(
                        List.of(),
                        Shop.kind(LetterKind.STAGE),
                        2_300,
                        PRICE.getBytes(UTF_8),
                        OptionalDouble.empty());

        ReplayReport report = shop.replay(some, Shop.PATIENCE);

        assertThat(report.replayed()).isEqualTo(2_300);
        assertThat(report.outcomes()).hasSize(1_000);
        assertThat(Shop.letters(shop)).hasSize(1_200);
        assertThat(Shop.orders(shop)).isEqualTo(2_300);

        ReplayReport slow = shop.replay(Shop.atRate(Shop.all(PRICE), 2_000), Duration.ZERO);
        Shop.send(shop, Shop.many(3_600, Shop::unpriced).subList(3_500, 3_600));

        assertThat(Shop.done(shop, slow.id()).replayed()).isEqualTo(1_200);
        assertThat(Shop.letters(shop)).hasSize(100);
    }

    @Test
    void aReplayAtARateGoesOnAfterARestartAndCountsNothingTwice() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(200, Shop::unpriced));
        String id = shop.replay(Shop.atRate(Shop.all(PRICE), 80), Duration.ZERO).id();
        for (int i = 0; i < 3; i++) {
            Pipeline running = shop;
            long before = running.replay(id).orElseThrow().replayed();
            await().atMost(Shop.PATIENCE)
                    .until(() -> {
                        ReplayReport now = running.replay(id).orElseThrow();
                        return now.replayed() > before || now.done();
                    });
            ReplayReport left = running.replay(id).orElseThrow();
            shop = reopened();
            assertThat(shop.replay(id).orElseThrow().replayed())
                    .isGreaterThanOrEqualTo(left.replayed());
        }

        ReplayReport report = Shop.done(shop, id);

        assertThat(report.replayed()).isEqualTo(200);
        assertThat(report.failed()).isZero();
        assertThat(report.remaining()).isZero();
        assertThat(report.outcomes()).hasSize(200).doesNotHaveDuplicates();
        assertThat(Shop.letters(shop)).isEmpty();
        assertThat(Shop.orders(shop)).isEqualTo(200);
        assertThat(shop.replays()).extracting(ReplayReport::id).containsExactly(id);
    }

    @Test
    void aReplayThatIsStoppedTakesNoMoreAndStaysSoAfterARestart() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(100, Shop::unpriced));
        String id = shop.replay(Shop.atRate(Shop.all(PRICE), 10), Duration.ZERO).id();
        Pipeline running = shop;
        await().atMost(Shop.PATIENCE).until(() -> running.replay(id).orElseThrow().replayed() > 2);

        assertThat(shop.stopReplay(id).orElseThrow().stopped()).isTrue();
        ReplayReport stopped = Shop.done(shop, id);

        assertThat(stopped.replayed() + stopped.remaining()).isEqualTo(100);
        shop = reopened();
        assertThat(shop.replay(id).orElseThrow()).isEqualTo(stopped);
        assertThat(Shop.letters(shop)).hasSize((int) stopped.remaining());
        assertThat(shop.stopReplay("none")).isEmpty();
    }

    @Test
    void ofReplaysThatAreDoneTheNewestAreRememberedAndOfOthersAll() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(20, Shop::unpriced));
        String slow =
                shop.replay(Shop.atRate(Shop.all(), ReplayRequest.MIN_RATE), Duration.ZERO).id();
        String first = shop.replay(Shop.named(List.of(new LetterId(7, 1, 99))), Duration.ZERO).id();
        for (int i = 0; i < ReplayBook.REPLAYS; i++) {
            ReplayReport report =
                    shop.replay(Shop.named(List.of(new LetterId(7, 1, 99))), Shop.PATIENCE);
            assertThat(report.failed()).isEqualTo(1);
        }

        assertThat(shop.replays()).hasSize(ReplayBook.REPLAYS);
        assertThat(shop.replay(first)).isEmpty();
        assertThat(shop.replay(slow)).isPresent();
        List<String> notes = new ArrayList<>();
        storage.pipelines().getFirst().notes("replay/", (key, _) -> notes.add(key));
        assertThat(notes).noneMatch(key -> key.contains(first));
        assertThat(reopened().replays()).hasSize(ReplayBook.REPLAYS);
    }

    @Test
    void noMoreReplaysBeginThanAreRemembered() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(30, Shop::unpriced));
        ReplayRequest endless = Shop.atRate(Shop.all(), ReplayRequest.MIN_RATE);
        for (int i = 0; i < ReplayBook.REPLAYS; i++) {
            ReplayReport _ = shop.replay(endless, Duration.ZERO);
        }

        assertThatExceptionOfType(TooManyReplaysException.class)
                .isThrownBy(() -> shop.replay(endless, Duration.ZERO))
                .withMessageContaining("1000 replays of pipeline shop are under way");
    }

    @Test
    void aDryRunSaysWhatWouldHappenAndChangesNothing() {
        Pipeline shop = Shop.in(engine);
        List<String> orders =
                List.of(
                        Shop.unpriced(0),
                        Shop.unsold(0),
                        Shop.untyped(0),
                        Shop.sourceless(0),
                        "no json");
        Shop.send(shop, orders);
        List<DeadLetter> before = Shop.letters(shop);
        LedgerView ledger = shop.ledger();
        String patch = "{\"type\":\"order\",\"data\":{\"price\":3}}";

        ReplayReport dry = shop.dryRun(Shop.all(patch), Shop.PATIENCE);

        assertThat(dry.dryRun()).isTrue();
        assertThat(dry.done()).isTrue();
        assertThat(dry.replayed()).isEqualTo(2);
        assertThat(dry.failed()).isEqualTo(3);
        assertThat(Shop.letters(shop)).isEqualTo(before);
        assertThat(shop.ledger()).isEqualTo(ledger);
        assertThat(shop.replays()).isEmpty();

        ReplayReport real = shop.replay(Shop.all(patch), Shop.PATIENCE);

        assertThat(real.outcomes()).containsExactlyInAnyOrderElementsOf(dry.outcomes());
        assertThat(Shop.orders(shop)).isEqualTo(2);
    }

    @Test
    void aDryRunOfTheNinthFailureSaysParked() {
        Pipeline shop = Shop.in(engine);
        Shop.send(shop, Shop.many(1, Shop::unpriced));
        for (int i = 0; i < 8; i++) {
            ReplayReport _ = shop.replay(Shop.all(), Shop.PATIENCE);
        }

        assertThat(shop.dryRun(Shop.all(), Shop.PATIENCE).outcomes())
                .singleElement()
                .satisfies(one -> assertThat(one.result()).isEqualTo("parked"));
        assertThat(Shop.letters(shop).getFirst().attempts()).isEqualTo(9);
    }

    @Test
    void deletingAndReplayingTheSameLettersLeavesABalance() {
        Pipeline shop = Shop.in(engine);
        List<String> orders = new ArrayList<>(Shop.many(300, Shop::unpriced));
        orders.addAll(Shop.many(300, Shop::untyped));
        Shop.send(shop, orders);
        List<LetterId> ids = Shop.ids(shop);

        CompletableFuture<Integer> deleting =
                CompletableFuture.supplyAsync(() -> shop.discard(ids.subList(200, 600)));
        ReplayReport replayed =
                shop.replay(Shop.all("{\"type\":\"order\",\"data\":{\"price\":3}}"), Shop.PATIENCE);

        assertThat(replayed.replayed() + deleting.join()).isEqualTo(600);
        assertThat(Shop.orders(shop)).isEqualTo(replayed.replayed());
        assertThat(shop.letters(LetterFilter.ALL, Optional.empty(), 10).letters()).isEmpty();
    }

    /** What a process that is killed leaves behind, opened again. */
    private Pipeline reopened() {
        MemoryStorage left = storage.reopened();
        engine.close();
        storage = left;
        engine = Engine.open(storage, EngineOptions.defaults());
        return engine.pipeline("shop").orElseThrow();
    }
}
