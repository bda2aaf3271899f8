package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A replay, each of whose writes is the one that fails; the next host goes on with it. */
class ReplayCrashTest {
    private static final int OF_EACH = 5;

    /** One that makes slices of six letters. */
    private static final ReplayRequest REQUEST =
            Shop.atRate(Shop.all("{\"type\":\"order\",\"data\":{\"price\":3}}"), 60);

    /** Commits at each beat. */
    private static final EngineOptions EAGER =
            new EngineOptions(
                    2, Duration.ofNanos(1), 1 << 20, Duration.ofSeconds(1), LetterBudget.DEFAULT);

    @ParameterizedTest
    @EnumSource(MemoryStorage.Fault.class)
    void everyLetterHasOneOutcomeWhicheverWriteFails(MemoryStorage.Fault fault) {
        MemoryStorage letters = withLetters();
        int replaysBegun = 0;
        for (int write = 1; write < 26; write += 2) {
            MemoryStorage storage = letters.reopened();
            storage.failWrite(write, fault);
            cutShort(storage);

            try (Engine engine = Engine.open(storage.reopened(), EAGER)) {
                Pipeline shop = engine.pipeline("shop").orElseThrow();
                List<ReplayReport> begun = shop.replays();
                replaysBegun += begun.size();
                ReplayReport report =
                        begun.isEmpty()
                                ? shop.replay(Shop.all(patch()), Shop.PATIENCE)
                                : Shop.done(shop, begun.getFirst().id());
                verify(shop, report);
            } catch (AssertionError wrong) {
                throw new AssertionError("write " + write + " was " + fault, wrong);
            }
        }
        assertThat(replaysBegun).as("replays that the next host went on with").isPositive();
    }

    private static String patch() {
        return "{\"type\":\"order\",\"data\":{\"price\":3}}";
    }

    private static void verify(Pipeline shop, ReplayReport report) {
        assertThat(report.replayed()).isEqualTo(2 * OF_EACH);
        assertThat(report.failed()).isEqualTo(2 * OF_EACH);
        assertThat(report.remaining()).isZero();
        assertThat(report.outcomes()).hasSize(4 * OF_EACH).doesNotHaveDuplicates();
        assertThat(Shop.orders(shop)).isEqualTo(2 * OF_EACH);
        assertThat(shop.ledger().accepted()).isEqualTo(3 * OF_EACH);
        assertThat(shop.ledger().rejected()).isEqualTo(OF_EACH);
        assertThat(shop.ledger().dead()).isEqualTo(OF_EACH);
        assertThat(Shop.letters(shop))
                .hasSize(2 * OF_EACH)
                .extracting(DeadLetter::attempts)
                .containsOnly(2);
    }

    private static MemoryStorage withLetters() {
        MemoryStorage storage = new MemoryStorage();
        try (Engine engine = Engine.open(storage, EAGER)) {
            Pipeline shop = Shop.in(engine);
            List<String> orders = new ArrayList<>();
            for (int i = 0; i < OF_EACH; i++) {
                orders.add(Shop.unpriced(i));
                orders.add(Shop.untyped(i));
                orders.add(Shop.unsold(i));
                orders.add(Shop.sourceless(i));
            }
            Shop.send(shop, orders);
            assertThat(Shop.letters(shop)).hasSize(4 * OF_EACH);
        }
        return storage.reopened();
    }

    /** Replays until the write fails that was told to. */
    private static void cutShort(MemoryStorage storage) {
        try (Engine engine = Engine.open(storage, EAGER)) {
            ReplayReport _ =
                    engine.pipeline("shop").orElseThrow().replay(REQUEST, Duration.ofSeconds(5));
        } catch (RuntimeException failed) {
            assertThat(failed).isNotNull();
        }
    }
}
