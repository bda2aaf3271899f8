package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.detect.Alert;
import dev.millrace.core.detect.Detection;
import dev.millrace.core.pipeline.Window;
import dev.millrace.core.port.Commit;
import dev.millrace.core.task.Handover;

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
    private final Map<Integer, Detection> detections;

    private CommittedRows(
            long revision,
            long watermarkMs,
            List<Commit.RowChange> changes,
            Map<Integer, Aggregation> aggregations,
            Map<Integer, Detection> detections) {
        this.revision = revision;
        this.watermarkMs = watermarkMs;
        this.changes = List.copyOf(changes);
        this.aggregations = Map.copyOf(aggregations);
        this.detections = Map.copyOf(detections);
    }

    /** The rows are those of the aggregates that the partitions run now. */
    static CommittedRows of(
            long revision,
            long watermarkMs,
            List<Commit.RowChange> changes,
            Collection<Handover> handovers) {
        Map<Integer, Aggregation> aggregations = new LinkedHashMap<>();
        Map<Integer, Detection> detections = new LinkedHashMap<>();
        handovers.stream()
                .map(Handover::program)
                .distinct()
                .forEach(program -> {
                    program.aggregations().forEach(one -> aggregations.put(one.number(), one));
                    program.detections().forEach(one -> detections.put(one.number(), one));
                });
        return new CommittedRows(revision, watermarkMs, changes, aggregations, detections);
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
        for (Aggregation aggregation : aggregations.values()) {
            if (aggregation.name().equals(aggregate)) {
                rows.addAll(rows(aggregation.number(), Long.MIN_VALUE, Long.MAX_VALUE));
            }
        }
        return rows;
    }

    /**
     * The same of the aggregate whose state has that number, of windows that start in {@code
     * [fromMs, toMs)}.
     */
    public List<Row> rows(int stateNumber, long fromMs, long toMs) {
        List<Row> rows = new ArrayList<>();
        Aggregation aggregation = aggregations.get(stateNumber);
        if (aggregation == null || aggregation.definition().window() instanceof Window.Sliding) {
            return rows;
        }
        for (Commit.RowChange change : changes) {
            long startMs = change.windowStartMs();
            if (change.aggregate() == stateNumber && startMs >= fromMs && startMs < toMs) {
                rows.add(aggregation.row(startMs, change.group(), change.value()));
            }
        }
        return rows;
    }

    /** Whether it changed anything of the aggregate whose state has that number, sliding or not. */
    public boolean changes(int stateNumber) {
        return changes.stream().anyMatch(change -> change.aggregate() == stateNumber);
    }

    /** The alerts that it opened, changed or ended. */
    public List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        for (Commit.RowChange change : changes) {
            Detection detection = detections.get(change.aggregate());
            if (detection != null) {
                alerts.add(detection.alert(change.windowStartMs(), change.group(), change.value()));
            }
        }
        return alerts;
    }
}
