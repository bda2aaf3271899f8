package dev.millrace.testing.fault;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What one or more fault runs did and found. One thread. */
public final class FaultReport {
    private final Map<String, Integer> injuries = new TreeMap<>();
    private final long beganNanos = System.nanoTime();
    private long acknowledgements;
    private long refusals;
    private long syncsFailed;
    private long bytesCut;
    private long inspections;
    private long unknown;
    private long rowsCompared;
    private long stored;

    void injured(Injury injury) {
        injuries.merge(injury.getClass().getSimpleName(), 1, Integer::sum);
    }

    void answered(long with202, long otherwise) {
        acknowledgements += with202;
        refusals += otherwise;
    }

    void syncsFailed(long count) {
        syncsFailed += count;
    }

    void cut(long bytes) {
        bytesCut += bytes;
    }

    void found(Inspection.Findings found) {
        inspections++;
        rowsCompared += found.rows();
    }

    /** Events that had to be sent again, since nobody knew of them. */
    void unknown(long events) {
        unknown += events;
    }

    void ended(Book.Counts counts) {
        stored += counts.sent();
    }

    /** How often that was done. */
    public int injuries(Class<? extends Injury> kind) {
        return injuries.getOrDefault(kind.getSimpleName(), 0);
    }

    /** Syncs that were made to fail. */
    public long syncsFailed() {
        return syncsFailed;
    }

    /** Takes up what another run did. */
    public void add(FaultReport other) {
        other.injuries.forEach((name, count) -> injuries.merge(name, count, Integer::sum));
        acknowledgements += other.acknowledgements;
        refusals += other.refusals;
        syncsFailed += other.syncsFailed;
        bytesCut += other.bytesCut;
        inspections += other.inspections;
        unknown += other.unknown;
        rowsCompared += other.rowsCompared;
        stored += other.stored;
    }

    @Override
    public String toString() {
        return """
        %s in %d s; %d requests acknowledged, %d refused, %d failed syncs, %d unsynced bytes cut; \
        %d events were unknown and sent again; %d events are stored, each once; %d rows compared \
        at %d inspections\
        """
                .formatted(
                        injuries,
                        Duration.ofNanos(System.nanoTime() - beganNanos).toSeconds(),
                        acknowledgements,
                        refusals,
                        syncsFailed,
                        bytesCut,
                        unknown,
                        stored,
                        rowsCompared,
                        inspections);
    }
}
