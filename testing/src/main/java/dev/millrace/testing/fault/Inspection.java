package dev.millrace.testing.fault;

import dev.millrace.testing.Oracle;
import dev.millrace.testing.OraclePipeline;
import dev.millrace.testing.OraclePipeline.History;
import dev.millrace.testing.OraclePipeline.Input;
import dev.millrace.testing.OraclePipeline.Watermark;
import dev.millrace.testing.RowState;
import dev.millrace.testing.fault.Book.Batch;
import dev.millrace.testing.fault.Book.State;
import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** Holds what a server that nobody sends to shows against the book. */
final class Inspection {
    private static final int SHOWN = 5;

    private final ServerApi api;
    private final Book book;
    private final FaultPipeline pipeline;
    private long watermarkMs;

    /**
     * What was compared, and found as it must be.
     *
     * @param stored events that are there
     * @param rows rows that are what the oracle says, and those that tell the events
     * @param letters dead letters
     * @param watermarkMs the pipeline's
     */
    record Findings(Set<Long> stored, long rows, long letters, long watermarkMs) {}

    private Inspection(ServerApi api, Book book, FaultPipeline pipeline) {
        this.api = api;
        this.book = book;
        this.pipeline = pipeline;
    }

    /**
     * @throws AssertionError if something acknowledged is missing, anything counts twice or was
     *     never to be stored, a batch is there in part, a row is not what the oracle makes of the
     *     stored events, or the ledger does not balance
     */
    static Findings of(ServerApi api, Book book, FaultPipeline pipeline) {
        return new Inspection(api, book, pipeline).inspect();
    }

    private Findings inspect() {
        api.awaitReplays(FaultPipeline.NAME);
        // All that is on its way is processed and visible when it answers.
        watermarkMs = api.advance(FaultPipeline.NAME, 0).hasStatus(200).number("watermark");
        List<Map<String, Object>> ids = api.rows(FaultPipeline.NAME, "ids");
        Set<Long> stored = stored(ids);
        Set<Long> dead = dead(stored);
        requireWholeBatches(stored);
        requireLedger(stored, dead);
        long rows = ids.size() + compare(FaultPipeline.BEFORE, List.of("arrivals"), stored);
        Set<Long> alive = new HashSet<>(stored);
        alive.removeAll(dead);
        rows += compare(FaultPipeline.BEHIND, List.of("sales", "online", "visits"), alive);
        return new Findings(stored, rows, dead.size(), watermarkMs);
    }

    private static Set<Long> stored(List<Map<String, Object>> rows) {
        Set<Long> stored = new TreeSet<>();
        for (Map<String, Object> row : rows) {
            long first = FaultPipeline.firstOf((long) only(row, "group"));
            int[] counts = FaultPipeline.countsOf((long) only(row, "values"));
            for (int i = 0; i < counts.length; i++) {
                require(counts[i] <= 1, "event %d was counted %d times", first + i, counts[i]);
                if (counts[i] == 1) {
                    // Of a window next to another: a bucket may lie in two.
                    require(stored.add(first + i), "event %d was counted twice", first + i);
                }
            }
        }
        return stored;
    }

    private static Object only(Map<String, Object> row, String member) {
        return ((Map<?, ?>) value(row, member)).values().iterator().next();
    }

    private static Object value(Map<String, Object> object, String member) {
        Object value = object.get(member);
        if (value == null) {
            throw new AssertionError("no %s in %s".formatted(member, object));
        }
        return value;
    }

    /** A batch is one record of the journal: it is there as a whole or not at all. */
    private void requireWholeBatches(Set<Long> stored) {
        long known = 0;
        for (Batch batch : book.batches()) {
            long there =
                    LongStream.range(batch.first(), batch.first() + batch.size())
                            .filter(stored::contains)
                            .count();
            known += there;
            State state = book.state(batch);
            require(
                    there == 0 || there == batch.size(),
                    "of %s only %d events are stored",
                    batch,
                    there);
            require(
                    state != State.ACKNOWLEDGED || there == batch.size(),
                    "%s was acknowledged and is lost",
                    batch);
            require(state != State.REFUSED || there == 0, "%s was refused and is stored", batch);
        }
        require(
                known == stored.size(),
                "%d events are stored that nobody sent",
                stored.size() - known);
    }

    /** Numbers of the events that wait as dead letters, each once. */
    private Set<Long> dead(Set<Long> stored) {
        Set<Long> dead = new HashSet<>();
        for (Map<String, Object> letter : api.letters(FaultPipeline.NAME, "stage")) {
            long number = FaultPipeline.number(value(asObject(value(letter, "event")), "id"));
            require(dead.add(number), "event %d has two dead letters", number);
            require(stored.contains(number), "event %d is dead, but was never stored", number);
            require(pipeline.fails(number), "event %d is dead, but no stage fails", number);
        }
        return dead;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asObject(Object value) {
        return (Map<String, Object>) value;
    }

    private void requireLedger(Set<Long> stored, Set<Long> dead) {
        Ledger ledger = api.ledger(FaultPipeline.NAME).requireBalanced();
        long filtered =
                stored.stream()
                        .filter(number -> !dead.contains(number) && !pipeline.isCheap(number))
                        .count();
        require(ledger.inFlight() == 0, "events are in flight: %s", ledger);
        require(ledger.distinct() == stored.size(), "%d are stored: %s", stored.size(), ledger);
        require(ledger.dead() == dead.size(), "%d letters: %s", dead.size(), ledger);
        require(ledger.filtered() == filtered, "%d are not cheap: %s", filtered, ledger);
        require(
                ledger.late().values().stream().allMatch(count -> count == 0),
                "some are late: %s",
                ledger);
        int invalid = api.letters(FaultPipeline.NAME, "invalid").size();
        require(ledger.rejected() == invalid, "%d invalid: %s", invalid, ledger);
    }

    /** How many rows were compared. */
    private long compare(OraclePipeline oracle, List<String> aggregates, Set<Long> events) {
        List<Input> inputs = new ArrayList<>();
        events.forEach(number -> inputs.add(new History(pipeline.event(number))));
        List<RowState> rows;
        long beforeMs;
        do {
            beforeMs = watermarkMs;
            rows =
                    aggregates.stream()
                            .flatMap(name -> api.rows(FaultPipeline.NAME, name).stream())
                            .map(Inspection::rowState)
                            .toList();
            // It moves on while the pipeline is idle, and takes rows with it that were early.
            watermarkMs = api.metric(FaultPipeline.NAME, "watermark");
        } while (watermarkMs != beforeMs);
        inputs.add(new Watermark(watermarkMs));
        requireSame(rows, Oracle.judge(oracle, List.of(inputs), System.currentTimeMillis()).rows());
        return rows.size();
    }

    private static RowState rowState(Map<String, Object> row) {
        return new RowState(
                value(row, "aggregate").toString(),
                (long) value(row, "windowStart"),
                OptionalLong.of((long) value(row, "windowEnd")),
                new ArrayList<>(asObject(value(row, "group")).values()),
                new ArrayList<>(asObject(value(row, "values")).values()),
                (boolean) value(row, "final"),
                false);
    }

    private static void requireSame(Collection<RowState> shown, Collection<RowState> expected) {
        Map<RowState, Integer> missing = new HashMap<>();
        expected.forEach(row -> missing.merge(row, 1, Integer::sum));
        shown.forEach(row -> missing.merge(row, -1, Integer::sum));
        List<String> differences =
                missing.entrySet().stream()
                        .filter(entry -> entry.getValue() != 0)
                        .map(entry ->
                                (entry.getValue() > 0 ? "missing: " : "unexpected: ")
                                        + entry.getKey())
                        .toList();
        require(
                differences.isEmpty(),
                "%d rows differ, such as\n%s",
                differences.size(),
                String.join("\n", differences.subList(0, Math.min(SHOWN, differences.size()))));
    }

    private static void require(boolean holds, String message, @Nullable Object... details) {
        if (!holds) {
            throw new AssertionError(message.formatted(details));
        }
    }
}
