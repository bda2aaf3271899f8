package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Explode;
import dev.millrace.testing.OraclePipeline.Failure;
import dev.millrace.testing.OraclePipeline.Filter;
import dev.millrace.testing.OraclePipeline.Input;
import dev.millrace.testing.OraclePipeline.Stage;
import dev.millrace.testing.OraclePipeline.Transform;
import dev.millrace.testing.OraclePipeline.Watermark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Says what a pipeline must come to, as simply as can be: goes through the events one by one, keeps
 * all that count in a list, and in the end groups that list. Knows no commits, deltas or
 * accumulators, and shares no code with what it is held against.
 */
public final class Oracle {
    private final OraclePipeline pipeline;
    private final List<Counted> counted = new ArrayList<>();
    private final List<LetterState> letters = new ArrayList<>();
    private final Map<String, Long> late = new HashMap<>();
    private long newestMs = Long.MIN_VALUE;
    private long duplicate;
    private long filtered;
    private long dead;
    private long completed;
    private long exploded;

    private record Counted(Aggregate aggregate, Event event) {}

    /**
     * @param watermarkMs the slowest partition's; {@link Long#MIN_VALUE} where one has none
     * @param rows those that a reader sees
     */
    public record Verdict(
            long watermarkMs, List<RowState> rows, List<LetterState> letters, LedgerState ledger) {}

    private Oracle(OraclePipeline pipeline) {
        this.pipeline = pipeline;
    }

    /**
     * @param partitions what happens to each, in order
     */
    public static Verdict judge(OraclePipeline pipeline, List<List<Input>> partitions) {
        return judge(pipeline, partitions, Long.MIN_VALUE);
    }

    /**
     * @param partitions what happens to each, in order
     * @param nowMs the clock of whoever reads the rows
     */
    public static Verdict judge(OraclePipeline pipeline, List<List<Input>> partitions, long nowMs) {
        Oracle oracle = new Oracle(pipeline);
        long slowestMs = Long.MAX_VALUE;
        for (List<Input> inputs : partitions) {
            slowestMs = Math.min(slowestMs, oracle.follow(inputs));
        }
        return new Verdict(
                slowestMs,
                oracle.rows(slowestMs, nowMs),
                oracle.letters,
                new LedgerState(
                        oracle.duplicate,
                        oracle.filtered,
                        oracle.dead,
                        0,
                        oracle.completed,
                        oracle.exploded,
                        oracle.late));
    }

    /**
     * The rows that a stream comes to in which no event is late and no id comes back after it was
     * forgotten, whatever its order. None is final.
     */
    public static List<RowState> rowsInAnyOrder(OraclePipeline pipeline, Collection<Event> events) {
        Oracle oracle = new Oracle(pipeline);
        Map<List<String>, Event> distinct = new HashMap<>();
        events.forEach(event -> distinct.putIfAbsent(List.of(event.source(), event.id()), event));
        distinct.values().forEach(event -> oracle.process(event, 0, Long.MIN_VALUE));
        return oracle.rows(Long.MIN_VALUE, Long.MIN_VALUE);
    }

    /** Goes through one partition's inputs, and returns its watermark. */
    private long follow(List<Input> inputs) {
        SequencedMap<List<String>, Long> remembered = new LinkedHashMap<>();
        long watermarkMs = Long.MIN_VALUE;
        long receiptMs = Long.MIN_VALUE;
        long latestMs = Long.MIN_VALUE;
        for (Input input : inputs) {
            switch (input) {
                case Watermark(long toMs) -> watermarkMs = Math.max(watermarkMs, toMs);
                case Event event -> {
                    receiptMs = Math.max(receiptMs, event.receivedAtMs());
                    if (isDuplicate(event, receiptMs, remembered)) {
                        duplicate++;
                    } else {
                        long known = Math.min(event.timestampMs(), event.receivedAtMs());
                        watermarkMs = Math.max(watermarkMs, known - pipeline.outOfOrderMs());
                        latestMs = Math.max(latestMs, event.timestampMs());
                        process(event, 0, watermarkMs);
                    }
                }
            }
        }
        newestMs = Math.max(newestMs, Math.min(latestMs, watermarkMs + pipeline.outOfOrderMs()));
        return watermarkMs;
    }

    private boolean isDuplicate(
            Event event, long receiptMs, SequencedMap<List<String>, Long> remembered) {
        if (pipeline.dedupeMs() == 0) {
            return false;
        }
        List<String> identity = List.of(event.source(), event.id());
        remembered
                .values()
                .removeIf(receivedAtMs -> receivedAtMs <= receiptMs - pipeline.dedupeMs());
        if (remembered.containsKey(identity)) {
            return true;
        }
        if (remembered.size() == pipeline.dedupeLimit()) {
            remembered.pollFirstEntry();
        }
        remembered.put(identity, receiptMs);
        return false;
    }

    private void process(Event accepted, int first, long watermarkMs) {
        Event event = accepted;
        for (int i = first; i < pipeline.stages().size(); i++) {
            Stage stage = pipeline.stages().get(i);
            try {
                switch (stage) {
                    case Filter filter -> {
                        if (!filter.lets().test(event)) {
                            filtered++;
                            return;
                        }
                    }
                    case Transform transform -> event = transform.change().apply(event);
                    case Explode explode -> {
                        explode(explode, event, i + 1, watermarkMs);
                        return;
                    }
                    case Aggregate aggregate -> count(aggregate, event, watermarkMs);
                }
            } catch (Failure failure) {
                dead++;
                letters.add(LetterState.failed(event.id(), stage.name(), failure.code()));
                return;
            }
        }
        completed++;
    }

    private void explode(Explode explode, Event event, int next, long watermarkMs) {
        Object value = event.at(explode.field());
        if (value != null && !(value instanceof List)) {
            throw new Failure("type");
        }
        List<?> items = value == null ? List.of() : (List<?>) value;
        if (items.isEmpty()) {
            filtered++;
            return;
        }
        exploded += items.size() - 1;
        Event without = event.with(explode.field().substring("data.".length()), null);
        for (int i = 0; i < items.size(); i++) {
            process(without.withItem(items.get(i), i), next, watermarkMs);
        }
    }

    private void count(Aggregate aggregate, Event event, long watermarkMs) {
        if (!aggregate.where().test(event)) {
            return;
        }
        OracleNumbers.check(aggregate, event);
        long endMs = aggregate.window().lastEndOf(event.timestampMs());
        boolean isLate = endMs + aggregate.latenessMs() <= watermarkMs;
        boolean isKept = endMs + aggregate.keepMs() > watermarkMs;
        if (isLate) {
            late.merge(aggregate.name(), 1L, Long::sum);
        }
        if (isLate && !(aggregate.correctsLate() && isKept)) {
            letters.add(LetterState.late(event.id(), aggregate.name()));
        } else {
            counted.add(new Counted(aggregate, event));
        }
    }

    private List<RowState> rows(long watermarkMs, long nowMs) {
        Map<Aggregate, List<Event>> byAggregate = new LinkedHashMap<>();
        for (Counted one : counted) {
            byAggregate.computeIfAbsent(one.aggregate(), _ -> new ArrayList<>()).add(one.event());
        }
        List<RowState> rows = new ArrayList<>();
        byAggregate.forEach((aggregate, events) ->
                rows.addAll(
                        OracleRows.of(aggregate, events, watermarkMs, Math.max(newestMs, nowMs))));
        return rows;
    }
}
