package dev.millrace.testing;

import dev.millrace.testing.OraclePartition.Counted;
import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.History;
import dev.millrace.testing.OraclePipeline.Input;
import dev.millrace.testing.OraclePipeline.Stage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says what a pipeline must come to, as simply as can be: goes through the events one by one, keeps
 * all that count in a list, and in the end groups that list. Knows no commits, deltas or
 * accumulators, and shares no code with what it is held against.
 */
public final class Oracle {
    /**
     * @param watermarkMs the slowest partition's; {@link Long#MIN_VALUE} where one has none
     * @param rows those that a reader sees
     * @param cells the ledger, by where its events came from
     */
    public record Verdict(
            long watermarkMs,
            List<RowState> rows,
            List<LetterState> letters,
            LedgerState ledger,
            Map<LedgerPlace, CellState> cells) {}

    private Oracle() {}

    /**
     * @param partitions what happens to each, in order
     */
    public static Verdict judge(OraclePipeline pipeline, List<List<Input>> partitions) {
        return judge(pipeline, partitions, Long.MIN_VALUE);
    }

    /**
     * @param first the pipeline's first version
     * @param inputs what happens to each partition, in order; in the end all run one version
     * @param nowMs the clock of whoever reads the rows
     */
    public static Verdict judge(OraclePipeline first, List<List<Input>> inputs, long nowMs) {
        List<OraclePartition> partitions =
                inputs.stream()
                        .map(of -> {
                            OraclePartition partition = new OraclePartition(first);
                            of.forEach(partition::follow);
                            return partition;
                        })
                        .toList();
        long slowestMs =
                partitions.stream().mapToLong(OraclePartition::watermarkMs).min().orElseThrow();
        long newestMs =
                partitions.stream().mapToLong(OraclePartition::newestMs).reduce(nowMs, Math::max);
        return new Verdict(
                slowestMs,
                rows(partitions, slowestMs, newestMs),
                partitions.stream().flatMap(one -> one.letters().stream()).toList(),
                partitions.stream()
                        .map(OraclePartition::ledger)
                        .reduce(LedgerState.ledger(), LedgerState::plus),
                cells(partitions));
    }

    private static Map<LedgerPlace, CellState> cells(List<OraclePartition> partitions) {
        Map<LedgerPlace, CellState> cells = new HashMap<>();
        partitions.forEach(partition ->
                partition
                        .cells()
                        .forEach((origin, cell) -> cells.merge(origin, cell, CellState::plus)));
        return cells;
    }

    /**
     * The rows that a stream comes to in which no event is late and no id comes back after it was
     * forgotten, whatever its order. None is final.
     */
    public static List<RowState> rowsInAnyOrder(OraclePipeline pipeline, Collection<Event> events) {
        Map<List<String>, Event> distinct = new HashMap<>();
        events.forEach(event -> distinct.putIfAbsent(List.of(event.source(), event.id()), event));
        OraclePartition partition = new OraclePartition(pipeline);
        distinct.values().forEach(event -> partition.follow(new History(event)));
        return rows(List.of(partition), Long.MIN_VALUE, Long.MIN_VALUE);
    }

    private static List<RowState> rows(
            List<OraclePartition> partitions, long watermarkMs, long newestMs) {
        List<OraclePipeline> versions = partitions.getFirst().versions();
        List<RowState> rows = new ArrayList<>();
        for (Stage stage : versions.getLast().stages()) {
            if (stage instanceof Aggregate aggregate) {
                int since = since(aggregate, versions);
                List<Event> events =
                        partitions.stream()
                                .flatMap(one -> one.counted().stream())
                                .filter(one -> counts(one, aggregate, since))
                                .map(Counted::event)
                                .toList();
                rows.addAll(OracleRows.of(aggregate, events, watermarkMs, newestMs));
            }
        }
        return rows;
    }

    private static boolean counts(Counted one, Aggregate aggregate, int since) {
        return one.version() >= since && one.aggregate().name().equals(aggregate.name());
    }

    /** The version since which an aggregate has counted what it counts in the last one. */
    private static int since(Aggregate aggregate, List<OraclePipeline> versions) {
        int version = versions.size() - 1;
        while (version > 0
                && versions.get(version - 1).stages().stream()
                        .anyMatch(stage ->
                                stage instanceof Aggregate before
                                        && before.countsLike(aggregate))) {
            version--;
        }
        return version;
    }
}
