package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.pipeline.Window;
import dev.millrace.core.port.Commit;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.PipelineProgram;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows that one commit changed, decoded when they are asked for. Immutable and thread-safe. */
public final class CommittedRows {
    private final long revision;
    private final long watermarkMs;
    private final List<Commit.RowChange> changes;
    private final Map<Integer, Aggregation> aggregations;

    private CommittedRows(
            long revision,
            long watermarkMs,
            List<Commit.RowChange> changes,
            Map<Integer, Aggregation> aggregations) {
        this.revision = revision;
        this.watermarkMs = watermarkMs;
        this.changes = List.copyOf(changes);
        this.aggregations = Map.copyOf(aggregations);
    }

    /** The rows are those of the aggregates that the partitions run now. */
    static CommittedRows of(
            long revision,
            long watermarkMs,
            List<Commit.RowChange> changes,
            Collection<Handover> handovers) {
        Map<Integer, Aggregation> aggregations = new LinkedHashMap<>();
        handovers.stream()
                .map(Handover::program)
                .distinct()
                .map(PipelineProgram::aggregations)
                .forEach(list -> list.forEach(one -> aggregations.put(one.number(), one)));
        return new CommittedRows(revision, watermarkMs, changes, aggregations);
    }

    /** Of the commit; those of later commits are higher. */
    public long revision() {
        return revision;
    }

    /** Of the windows, epoch milliseconds; {@link Long#MIN_VALUE} before the first event. */
    public long watermarkMs() {
        return watermarkMs;
    }

    /**
     * The changed rows of an aggregate, in no particular order; sessions that were replaced are
     * among them, retracted. Of a sliding aggregate, whose windows are put together when they are
     * read, there are none: ask for {@link Pipeline#rows} instead.
     */
    public List<Row> rows(String aggregate) {
        List<Row> rows = new ArrayList<>();
        for (Commit.RowChange change : changes) {
            Aggregation aggregation = aggregations.get(change.aggregate());
            if (aggregation != null
                    && aggregation.name().equals(aggregate)
                    && !(aggregation.definition().window() instanceof Window.Sliding)) {
                rows.add(aggregation.row(change.windowStartMs(), change.group(), change.value()));
            }
        }
        return rows;
    }
}
