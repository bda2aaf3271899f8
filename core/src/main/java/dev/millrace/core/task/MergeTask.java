package dev.millrace.core.task;

import dev.millrace.core.aggregate.AggregateWindows;
import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Deltas;
import dev.millrace.core.aggregate.SessionMarks;
import dev.millrace.core.detect.Detectors;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Puts windows together from what the partitions hand over, closes them as the slowest partition's
 * watermark passes their end, and says which rows a commit must write. Owns every window of the
 * pipeline's aggregates, and the detectors that watch them.
 *
 * <p>Deterministic, and indifferent to how events were spread over handovers, but for one thing:
 * which groups of a window come too late for {@code maxGroups}. One thread at a time.
 */
public final class MergeTask {
    private final WindowRows stored;
    private final Map<Integer, SessionMarks> sessions;
    private final Map<Integer, AggregateWindows> aggregates = new HashMap<>();
    private final Map<Integer, Long> expiredBeforeMs = new HashMap<>();
    private final Detectors detectors;

    /** That all partitions have reached; 0 where that is not known. */
    private int version;

    private long watermarkMs;

    /**
     * Takes up the windows as the last commit left them.
     *
     * @param versions all that the pipeline has: while some partitions run an older one than
     *     others, there is state of both, and of those between
     * @param checkpoint of that commit, or the initial one
     */
    public MergeTask(
            Collection<PipelineProgram> versions, WindowRows stored, Checkpoint checkpoint) {
        this.stored = stored;
        this.watermarkMs = checkpoint.watermarkMs();
        this.sessions = checkpoint.sessions();
        this.detectors = new Detectors(stored);
        versions.stream()
                .sorted(Comparator.comparingInt(one -> one.version().version()))
                .forEach(one -> {
                    one.aggregations().forEach(this::windowsOf);
                    detectors.adopt(one.detections(), watermarkMs);
                });
    }

    /** The watermark at which the next window closes; {@link Long#MAX_VALUE} where none is open. */
    public long nextCloseMs() {
        return aggregates.values().stream()
                .mapToLong(AggregateWindows::nextCloseMs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** How often a group went to the group of the others, since this was made. */
    public long overflowed() {
        return aggregates.values().stream().mapToLong(AggregateWindows::overflowed).sum();
    }

    /** Alerts that are open. */
    public long openAlerts() {
        return detectors.openAlerts();
    }

    /** Groups that are held in memory. */
    public long groups() {
        return aggregates.values().stream().mapToLong(AggregateWindows::groups).sum();
    }

    /** As {@link #merge(List, List, long)}, with nothing but the handovers. */
    public Merged merge(List<Handover> handovers, long revision) {
        return merge(handovers, List.of(), revision);
    }

    /**
     * Merges one handover of each partition.
     *
     * @param backfilled what a backfill adds
     * @param revision of the commit that the result becomes part of
     */
    public Merged merge(List<Handover> handovers, List<Deltas> backfilled, long revision) {
        Optional<PipelineProgram> reached = newlyReached(handovers);
        reached.ifPresent(this::adopt);
        backfilled.forEach(deltas -> windowsOf(deltas.aggregation()).merge(deltas));
        for (Handover handover : handovers) {
            for (Deltas deltas : handover.deltas()) {
                windowsOf(deltas.aggregation()).merge(deltas);
            }
        }
        long slowestMs =
                handovers.stream()
                        .mapToLong(one -> one.state().watermarkMs())
                        .min()
                        .orElse(watermarkMs);
        watermarkMs = Math.max(watermarkMs, slowestMs);
        long firstMs =
                handovers.stream()
                        .mapToLong(one -> one.state().firstWatermarkMs())
                        .min()
                        .orElse(watermarkMs);
        List<Integer> dropped = reached.map(this::dropUnused).orElse(List.of());
        List<Commit.RowChange> rows = new ArrayList<>();
        List<Commit.RowExpiry> expiries = new ArrayList<>();
        aggregates.forEach((number, windows) -> {
            windows.advance(watermarkMs, revision, rows);
            long keptFromMs = windows.keptFromMs(longestKeep(windows, handovers));
            if (keptFromMs > expiredBeforeMs.getOrDefault(number, Long.MIN_VALUE)) {
                expiredBeforeMs.put(number, keptFromMs);
                for (int state : windows.states()) {
                    expiries.add(
                            new Commit.RowExpiry(state, keptFromMs, windows.sparedMs(keptFromMs)));
                }
            }
        });
        detectors.advance(firstMs, watermarkMs, rows, expiries);
        return new Merged(watermarkMs, rows, expiries, dropped, sessionMarks());
    }

    private Map<Integer, SessionMarks> sessionMarks() {
        Map<Integer, SessionMarks> marks = new HashMap<>();
        aggregates.forEach((number, windows) ->
                windows.sessionMarks().ifPresent(one -> marks.put(number, one)));
        return marks;
    }

    /*
     * While partitions run different versions, rows are kept as the most patient one says. So no
     * row goes that a partition, which is ahead of the merge, may still take for kept: see
     * AggregateOperator.
     */
    private static Duration longestKeep(AggregateWindows windows, List<Handover> handovers) {
        int number = windows.aggregation().number();
        return handovers.stream()
                .flatMap(one -> one.program().aggregations().stream())
                .filter(one -> one.number() == number)
                .map(one -> one.definition().keep())
                .max(Comparator.naturalOrder())
                .orElse(windows.aggregation().definition().keep());
    }

    private AggregateWindows windowsOf(Aggregation aggregation) {
        return aggregates.computeIfAbsent(
                aggregation.number(),
                number ->
                        AggregateWindows.open(
                                aggregation,
                                stored,
                                watermarkMs,
                                sessions.getOrDefault(number, SessionMarks.NONE)));
    }

    /** The version that every partition has come to run since the last merge. */
    private Optional<PipelineProgram> newlyReached(List<Handover> handovers) {
        PipelineProgram program = handovers.getFirst().program();
        int reached = program.version().version();
        boolean everywhere =
                handovers.stream().allMatch(one -> one.program().version().version() == reached);
        return everywhere && reached != version ? Optional.of(program) : Optional.empty();
    }

    private void adopt(PipelineProgram program) {
        version = program.version().version();
        program.aggregations().forEach(aggregation -> windowsOf(aggregation).redefine(aggregation));
        detectors.adopt(program.detections(), watermarkMs);
    }

    /** Lets go of the state that a program does not name, and that nobody adds to any more. */
    private List<Integer> dropUnused(PipelineProgram program) {
        Set<Integer> used =
                program.aggregations().stream()
                        .map(Aggregation::number)
                        .collect(Collectors.toSet());
        List<Integer> dropped =
                aggregates.keySet().stream().filter(number -> !used.contains(number)).toList();
        List<Integer> states = new ArrayList<>();
        dropped.forEach(number -> {
            states.addAll(Objects.requireNonNull(aggregates.remove(number)).states());
            expiredBeforeMs.remove(number);
        });
        states.addAll(detectors.retain(program.detections()));
        return states;
    }
}
