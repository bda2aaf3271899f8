package dev.millrace.connect.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.lookup.LookupStatus.State;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;
import dev.millrace.core.pipeline.Stage;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;

class RemoteLookupTest {
    private static final Attempt AWAY =
            new Attempt.Unavailable("lookup-503", "source answered 503");

    private static final Attempt ERRED = new Attempt.Erred("lookup-500", "source answered 500");

    private final ManualTimer timer = new ManualTimer();
    private final Source source = new Source();

    /** A source whose answers the test decides, and which notes what it was asked. */
    private static final class Source implements Fetcher {
        final List<Object> asked = new ArrayList<>();
        Function<Object, Attempt> answers = RemoteLookupTest::echo;
        boolean closed;

        @Override
        public Attempt fetch(Object key) {
            asked.add(key);
            return answers.apply(key);
        }

        @Override
        public int concurrency() {
            return 4;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Attempt echo(Object key) {
        return new Attempt.Answered(found(key));
    }

    private static Answer found(Object key) {
        return new Answer.Found("value of " + key);
    }

    private RemoteLookup lookup(Stage.Enrich.Cache cache, Stage.Retry retry) {
        Stage.Enrich stage =
                new Stage.Enrich(
                        "geo",
                        new LookupSource.Http("http://example.org/{value}", Map.of()),
                        FieldPath.parse("data.ip"),
                        FieldPath.parse("data.geo"),
                        Stage.Enrich.OnMissing.PASS,
                        Duration.ofSeconds(1),
                        cache,
                        retry);
        return new RemoteLookup(stage, source, timer);
    }

    private RemoteLookup lookup() {
        return lookup(new Stage.Enrich.Cache(10, Duration.ofMinutes(1)), Stage.Retry.NONE);
    }

    private static CompletableFuture<Answer> fetch(RemoteLookup lookup, Object key) {
        return lookup.fetch(key).toCompletableFuture();
    }

    private List<CompletableFuture<Answer>> fetchMany(RemoteLookup lookup, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> fetch(lookup, "k" + i)).toList();
    }

    private static List<CompletableFuture<Answer>> waiting(List<CompletableFuture<Answer>> all) {
        return all.stream().filter(future -> !future.isDone()).toList();
    }

    @Test
    void answersAreRememberedUntilTheyAreTooOld() {
        RemoteLookup lookup = lookup();
        CompletableFuture<Answer> answer = fetch(lookup, "a");
        timer.run();

        assertThat(answer).isCompletedWithValue(found("a"));
        assertThat(lookup.known("a")).isEqualTo(found("a"));
        timer.advance(Duration.ofSeconds(61));
        assertThat(lookup.known("a")).isNull();
        assertThat(lookup.status().hits()).isEqualTo(1);
        assertThat(lookup.status().misses()).isEqualTo(1);
    }

    @Test
    void nothingIsRememberedAndFailuresAreNot() {
        RemoteLookup lookup = lookup();
        source.answers =
                key ->
                        new Attempt.Answered(
                                key.equals("none")
                                        ? new Answer.Nothing()
                                        : new Answer.Failed("lookup-400", "no"));
        CompletableFuture<Answer> _ = fetch(lookup, "none");
        CompletableFuture<Answer> failed = fetch(lookup, "bad");
        timer.run();

        assertThat(lookup.known("none")).isEqualTo(new Answer.Nothing());
        assertThat(failed).isCompletedWithValue(new Answer.Failed("lookup-400", "no"));
        assertThat(lookup.known("bad")).isNull();
        assertThat(lookup.status().lastError()).contains("no");
    }

    @Test
    void aCacheOfNoEntriesRemembersNothing() {
        RemoteLookup lookup =
                lookup(new Stage.Enrich.Cache(0, Duration.ofMinutes(1)), Stage.Retry.NONE);
        CompletableFuture<Answer> _ = fetch(lookup, "a");
        timer.run();

        assertThat(lookup.known("a")).isNull();
    }

    @Test
    void aLargeAnswerTakesThePlaceOfSeveral() {
        String text = "x".repeat(10 * AnswerCache.ENTRY_BYTES);

        assertThat(AnswerCache.weight(new Answer.Found(Map.of("a", List.of(text))))).isEqualTo(11);
        assertThat(AnswerCache.weight(new Answer.Found("small"))).isEqualTo(1);
        assertThat(AnswerCache.weight(new Answer.Nothing())).isEqualTo(1);
    }

    @Test
    void aKeyIsAskedForOnceHoweverManyWantIt() {
        RemoteLookup lookup = lookup();
        CompletableFuture<Answer> one = fetch(lookup, "a");
        CompletableFuture<Answer> other = fetch(lookup, "a");
        timer.run();

        assertThat(source.asked).containsExactly("a");
        assertThat(one).isCompletedWithValue(found("a"));
        assertThat(other).isCompletedWithValue(found("a"));
    }

    @Test
    void noMoreKeysAreAskedForAtATimeThanTheSourceTakes() {
        RemoteLookup lookup = lookup();
        List<CompletableFuture<Answer>> all = fetchMany(lookup, 0, 10);

        assertThat(timer.running()).isEqualTo(4);
        assertThat(lookup.status().waiting()).isEqualTo(10);
        timer.run();
        assertThat(waiting(all)).isEmpty();
        assertThat(source.asked).hasSize(10).startsWith("k0", "k1", "k2");
    }

    @Test
    void theNthPauseBetweenAttemptsIsNTimesTheBackoff() {
        RemoteLookup lookup =
                lookup(
                        new Stage.Enrich.Cache(10, Duration.ofMinutes(1)),
                        new Stage.Retry(3, Duration.ofMillis(100)));
        source.answers = _ -> AWAY;
        CompletableFuture<Answer> answer = fetch(lookup, "a");

        timer.run();
        assertThat(source.asked).hasSize(1);
        timer.advance(Duration.ofMillis(99));
        assertThat(source.asked).hasSize(1);
        timer.advance(Duration.ofMillis(1));
        assertThat(source.asked).hasSize(2);
        timer.advance(Duration.ofMillis(199));
        assertThat(source.asked).hasSize(2);
        assertThat(answer).isNotDone();
        timer.advance(Duration.ofMillis(1));
        assertThat(source.asked).hasSize(3);
        assertThat(answer)
                .isCompletedWithValue(new Answer.Failed("lookup-503", "source answered 503"));
    }

    @Test
    void anAttemptThatSucceedsEndsTheRetries() {
        RemoteLookup lookup =
                lookup(
                        new Stage.Enrich.Cache(10, Duration.ofMinutes(1)),
                        new Stage.Retry(3, Duration.ofMillis(100)));
        source.answers = key -> source.asked.size() < 2 ? AWAY : echo(key);
        CompletableFuture<Answer> answer = fetch(lookup, "a");
        timer.advance(Duration.ofSeconds(1));

        assertThat(answer).isCompletedWithValue(found("a"));
        assertThat(source.asked).hasSize(2);
    }

    @Test
    void aSourceThatIsAwayFailsAFewKeysAndLetsTheOthersWait() {
        RemoteLookup lookup = lookup();
        source.answers = _ -> AWAY;
        List<CompletableFuture<Answer>> all = fetchMany(lookup, 0, 100);
        timer.run();

        assertThat(waiting(all)).hasSize(100 - (Breaker.FAILURES_MAX - 1));
        LookupStatus status = lookup.status();
        assertThat(status.state()).isEqualTo(State.OPEN);
        assertThat(status.waiting()).isEqualTo(96);
        assertThat(status.lastError()).contains("source answered 503");
        CompletableFuture<Answer> later = fetch(lookup, "later");
        timer.run();
        assertThat(later).isNotDone();
    }

    @Test
    void whileItIsAwayOneKeyIsTriedAtATimeInGrowingPauses() {
        RemoteLookup lookup = lookup();
        source.answers = _ -> AWAY;
        List<CompletableFuture<Answer>> _ = fetchMany(lookup, 0, 100);
        timer.run();
        List<Integer> askedIn = new ArrayList<>();
        for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            source.asked.clear();
            timer.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(source.asked).isEmpty();
            timer.advance(Duration.ofMillis(1));
            askedIn.add(source.asked.size());
        }

        assertThat(askedIn).containsOnly(1);
    }

    @Test
    void onceItIsBackAllThatWaitedGoOn() {
        RemoteLookup lookup = lookup();
        source.answers = _ -> AWAY;
        List<CompletableFuture<Answer>> all = fetchMany(lookup, 0, 100);
        timer.advance(Duration.ofSeconds(10));
        source.answers = RemoteLookupTest::echo;
        timer.advance(Duration.ofSeconds(8));

        assertThat(waiting(all)).isEmpty();
        assertThat(all.stream().filter(answer -> answer.join() instanceof Answer.Found))
                .hasSize(96);
        LookupStatus status = lookup.status();
        assertThat(status.state()).isEqualTo(State.CLOSED);
        assertThat(status.sinceMs()).isEqualTo(15_000);
        assertThat(status.lastError()).isEmpty();
        assertThat(status.waiting()).isZero();
    }

    @Test
    void aKeyThatAloneFailsDoesNotHoldUpTheOthers() {
        RemoteLookup lookup = lookup();
        source.answers = _ -> AWAY;
        List<CompletableFuture<Answer>> all = fetchMany(lookup, 0, 10);
        timer.run();
        source.answers = key -> key.equals("k4") ? AWAY : echo(key);
        timer.advance(Duration.ofMinutes(1));

        assertThat(waiting(all)).isEmpty();
        assertThat(all.get(4).join()).isInstanceOf(Answer.Failed.class);
        assertThat(lookup.status().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void keysOverWhichAHealthySourceErrsFailAndLetTheOthersGoOn() {
        RemoteLookup lookup = lookup();
        List<CompletableFuture<Answer>> good = fetchMany(lookup, 0, 20);
        timer.run();
        source.answers = key -> key.toString().startsWith("bad") ? ERRED : echo(key);
        List<CompletableFuture<Answer>> bad =
                IntStream.range(0, 7).mapToObj(i -> fetch(lookup, "bad" + i)).toList();
        timer.advance(Duration.ofMinutes(10));

        assertThat(waiting(good)).isEmpty();
        assertThat(bad)
                .allSatisfy(answer ->
                        assertThat(answer)
                                .isCompletedWithValue(
                                        new Answer.Failed("lookup-500", "source answered 500")));
        assertThat(source.asked)
                .filteredOn("bad6"::equals)
                .hasSizeBetween(RemoteLookup.PROBES_MAX, RemoteLookup.PROBES_MAX + 1);
        CompletableFuture<Answer> next = fetch(lookup, "next");
        timer.advance(Breaker.LONGEST_PAUSE);
        assertThat(next).isCompletedWithValue(found("next"));
        assertThat(lookup.status().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void whileTheSourceIsAwayKeysWaitAsLongAsItTakes() {
        RemoteLookup lookup = lookup();
        source.answers = _ -> AWAY;
        List<CompletableFuture<Answer>> all = fetchMany(lookup, 0, Breaker.FAILURES_MAX);
        timer.advance(Duration.ofDays(7));

        assertThat(waiting(all)).hasSize(1);
        source.answers = RemoteLookupTest::echo;
        timer.advance(Breaker.LONGEST_PAUSE);
        assertThat(waiting(all)).isEmpty();
    }

    @Test
    void anAnswerInBetweenStartsTheCountAnew() {
        RemoteLookup lookup = lookup();
        source.answers = key -> key.equals("good") ? echo(key) : AWAY;
        List<CompletableFuture<Answer>> first = fetchMany(lookup, 0, 4);
        CompletableFuture<Answer> _ = fetch(lookup, "good");
        List<CompletableFuture<Answer>> second = fetchMany(lookup, 4, 8);
        timer.run();

        assertThat(waiting(first)).isEmpty();
        assertThat(waiting(second)).isEmpty();
        assertThat(lookup.status().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aLookupThatThrowsFailsWithoutItsMessage() {
        RemoteLookup lookup = lookup();
        source.answers =
                _ -> {
                    throw new IllegalStateException("https://user:secret@host");
                };
        CompletableFuture<Answer> answer = fetch(lookup, "a");
        timer.run();

        assertThat(answer)
                .isCompletedWithValue(
                        new Answer.Failed(
                                "lookup-failed", "the lookup failed by IllegalStateException"));
    }

    @Test
    void anErrorOfALookupFailsItsKeyAndGivesItsPlaceToTheNext() {
        RemoteLookup lookup = lookup();
        source.answers =
                _ -> {
                    throw new NoClassDefFoundError("driver");
                };
        List<CompletableFuture<Answer>> all = fetchMany(lookup, 0, 10);
        timer.run();

        assertThat(all)
                .allSatisfy(answer ->
                        assertThat(answer)
                                .isCompletedWithValue(
                                        new Answer.Failed(
                                                "lookup-failed",
                                                "the lookup failed by NoClassDefFoundError")));
    }

    @Test
    void closingClosesTheSource() {
        lookup().close();

        assertThat(source.closed).isTrue();
    }
}
