package dev.millrace.testing;

import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.letter;
import static dev.millrace.testing.Step.replay;
import static dev.millrace.testing.Times.at;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.port.StorageException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * An aggregate that is backfilled comes to the rows of one that was there from the start, wherever
 * commits and crashes fall. {@code -Dmillrace.seed=N} runs one seed of the random streams, {@code
 * -Dmillrace.seeds=N} so many.
 */
class BackfillTest {
    private static final String BEFORE =
            """
            pipeline: web
            key: data.path
            outOfOrder: 1s
            dedupe: 1d
            stages:
              - {name: good, filter: data.status < 400}
              - {name: lines, explode: data.items}
              - {name: number, transform: {data.m: "double(data.n)"}}
              - name: views
                aggregate: {window: {tumbling: 30s}, by: [data.g], values: {n: count}, late: correct}
            """;

    private static final String AFTER =
            BEFORE.replace("{n: count}", "{n: count, sum: {sum: data.m}}")
                    + """
                      - name: visits
                        aggregate: {window: {session: 20s}, by: [data.g], values: {n: count}, late: correct}
                      - name: sliding
                        aggregate:
                          window: {sliding: 1m, every: 20s}
                          values: {n: count, sites: {distinct: source}}
                          late: correct
                          keep: 90d
                    """;

    /** What failed for its status passes. */
    private static final String MENDED =
            AFTER.replace(
                    "filter: data.status < 400",
                    "filter: '!has(data.status) || type(data.status) != int || data.status < 400'");

    /** With which an event passes. */
    private static final String PATCH =
            """
            {"data": {"status": 200, "n": 1}}\
            """;

    private static final List<String> TARGETS = List.of("views", "visits", "sliding");

    private static Step.Sent view(String id, String time, long receivedAfterMs) {
        return event(id, at(time))
                .receivedAt(Times.RECEIVED + receivedAfterMs)
                .with("path", "/" + id)
                .with("status", 200)
                .with("items", List.of("p"))
                .with("n", 2)
                .with("g", "x");
    }

    @Test
    void duplicateOfAnEventBeforeTheRangeIsNotCounted() {
        assertThat(
                        run(
                                List.of(
                                        view("a", "12:01", 1_000),
                                        view("a", "12:01", 2_000),
                                        view("b", "12:01", 2_000),
                                        change(AFTER, Times.RECEIVED + 2_000),
                                        view("b", "12:01", 3_000),
                                        view("c", "12:01", 3_000))))
                .contains(row("views", at("12:01"), 2L, 4.0).group("x").withoutEnd());
    }

    @Test
    void letterWhoseEventTheBackfillCountsIsNotCountedAgain() {
        List<Step> steps =
                List.of(
                        view("a", "12:01", 1_000),
                        view("b", "12:01", 2_000).with("status", null),
                        change(MENDED, Times.RECEIVED),
                        view("c", "12:01", 3_000),
                        replay("r", letter("b", "good")));
        assertThat(run(steps)).contains(row("views", at("12:01"), 3L, 6.0).group("x").withoutEnd());
    }

    @Test
    void randomStreamsComeToTheRowsOfAggregatesThatWereThereFromTheStart() {
        Long one = Long.getLong("millrace.seed");
        LongStream seeds =
                one != null
                        ? LongStream.of(one)
                        : LongStream.range(0, Long.getLong("millrace.seeds", 150));
        seeds.forEach(BackfillTest::hold);
    }

    /**
     * The same stream with the change where the backfill begins, and with the change later and a
     * backfill from there. The ledger is that of the later change alone: a backfill takes up no
     * event, and a letter whose event it counts waits for its replay as before.
     */
    private static void hold(long seed) {
        Random random = new Random(seed);
        List<Step.Sent> stream = stream(random);
        int from = random.nextInt(stream.size() + 1);
        while (from > 0
                && from < stream.size()
                && stream.get(from).receivedAtMs() == stream.get(from - 1).receivedAtMs()) {
            from++;
        }
        int to = from + random.nextInt(stream.size() - from + 1);
        long fromMs =
                from < stream.size()
                        ? stream.get(from).receivedAtMs()
                        : stream.getLast().receivedAtMs() + 1;
        boolean mended = random.nextBoolean();
        String after = mended ? MENDED : AFTER;
        List<List<Step>> replays = replays(random, stream, !mended);
        int partitions = 1 + random.nextInt(3);
        boolean batched = random.nextBoolean();
        List<RowState> expected;
        Observed observed;
        Observed unfilled;
        String what = "-Dmillrace.seed=%d, from %d to %d".formatted(seed, from, to);
        try {
            expected =
                    targets(
                            Run.of(
                                    feed(
                                            with(stream, from, change(after), replays),
                                            partitions,
                                            batched),
                                    Mode.stepwise(batched)));
            observed =
                    new Drive(
                                    feed(
                                            with(stream, to, change(after, fromMs), replays),
                                            partitions,
                                            batched),
                                    random)
                            .run();
            unfilled =
                    Run.of(
                            feed(with(stream, to, change(after), replays), partitions, batched),
                            Mode.stepwise(batched));
        } catch (RuntimeException | AssertionError broken) {
            throw new AssertionError(what, broken);
        }
        assertThat(targets(observed)).as(what).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(observed.cells()).as(what).isEqualTo(unfilled.cells());
    }

    private static List<Step.Sent> stream(Random random) {
        List<Step.Sent> events = new ArrayList<>();
        for (Step step : RandomStream.of(random)) {
            if (step instanceof Step.Sent sent) {
                List<Object> items = new ArrayList<>();
                for (int left = sent.id().hashCode() & 3; left > 0; left--) {
                    items.add(left);
                }
                events.add(sent.with("items", items));
            }
        }
        return events.isEmpty() ? stream(random) : events;
    }

    /**
     * Letters of any event that are tried again after each event, if that changes nothing but what
     * they count in: where the backfilled version has mended what they failed for, only in the end.
     */
    private static List<List<Step>> replays(
            Random random, List<Step.Sent> stream, boolean inBetween) {
        List<List<Step>> replays = new ArrayList<>();
        for (int i = 0; i < stream.size(); i++) {
            List<Step> now = new ArrayList<>();
            if (i == stream.size() - 1) {
                now.add(tryAgain(stream.get(i), stream, null));
            } else if (inBetween && random.nextInt(4) == 0) {
                now.add(
                        tryAgain(
                                stream.get(i),
                                List.of(stream.get(random.nextInt(i + 1)), stream.get(i)),
                                random.nextBoolean() ? PATCH : null));
            }
            replays.add(now);
        }
        return replays;
    }

    /** Of letters of these events, whether there are any or not. */
    private static Step tryAgain(Step.Sent last, List<Step.Sent> of, @Nullable String patch) {
        List<Step.LetterRef> letters = new ArrayList<>();
        for (Step.Sent event : of) {
            letters.add(letter(event.id(), "good"));
            letters.add(letter(event.id(), "number"));
        }
        return new Step.Replay("r", last.receivedAtMs(), letters, patch);
    }

    private static List<Step> with(
            List<Step.Sent> stream, int index, Step change, List<List<Step>> replays) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < stream.size(); i++) {
            if (i == index) {
                steps.add(change);
            }
            steps.add(stream.get(i));
            if (index == stream.size() && i == index - 1) {
                steps.add(change);
            }
            steps.addAll(replays.get(i));
        }
        return steps;
    }

    private static Feed feed(List<? extends Step> steps, int partitions, boolean batched) {
        return Scribe.write(new Programs(BEFORE, partitions), List.copyOf(steps), batched);
    }

    private static List<RowState> run(List<Step> steps) {
        return targets(new Drive(feed(steps, 2, false), new Random(1)).run());
    }

    private static List<RowState> targets(Observed observed) {
        return observed.rows().stream()
                .filter(row -> TARGETS.contains(row.aggregate()))
                .map(RowState::withoutEnd)
                .toList();
    }

    /** Takes partitions and the backfill on by chance, with commits and crashes between. */
    private static final class Drive {
        private final Feed feed;
        private final Random random;
        private MemoryStorage storage = new MemoryStorage();
        private Host host;
        private int[] committed;

        Drive(Feed feed, Random random) {
            this.feed = feed;
            this.random = random;
            this.host =
                    new Host(
                            feed, storage.create("pipeline", feed.programs().version(1).version()));
            this.committed = new int[feed.programs().partitions()];
        }

        Observed run() {
            while (host.hasMore() || host.isBackfilling()) {
                int partition = random.nextInt(feed.programs().partitions());
                for (int left = random.nextInt(4); left > 0; left--) {
                    if (host.hasMore(partition) && !host.isHeld(partition)) {
                        host.process(partition);
                    }
                }
                for (int left = random.nextInt(4); left > 0; left--) {
                    host.backfill();
                }
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> commit();
                    case 3 -> crashWhileCommitting();
                    case 4 -> restore();
                    default -> {}
                }
            }
            commit();
            assertThat(host.storedLetters()).allSatisfy(this::saysWhoCountsIt);
            return host.observe(List.of(), List.of());
        }

        /** Only aggregates that are backfilled are named. */
        private void saysWhoCountsIt(DeadLetter letter) {
            assertThat(feed.backfills())
                    .flatMap(one -> one.aggregates())
                    .containsAll(letter.countedBy());
        }

        private void commit() {
            Host.Begun begun = host.handOver();
            Host.Committed _ = host.commit(begun);
            committed = begun.reached();
        }

        private void crashWhileCommitting() {
            Host.Begun begun = host.handOver();
            boolean written = random.nextBoolean();
            storage.failWrite(
                    1, written ? MemoryStorage.Fault.WRITTEN : MemoryStorage.Fault.NOT_WRITTEN);
            try {
                Host.Committed unexpected = host.commit(begun);
                throw new AssertionError("a commit was told to fail, but made " + unexpected);
            } catch (StorageException told) {
                committed = written ? begun.reached() : committed;
                storage = storage.reopened();
                restore();
            }
        }

        private void restore() {
            host = new Host(feed, storage.pipelines().getFirst(), committed);
        }
    }
}
