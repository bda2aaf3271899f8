package dev.millrace.core.task;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Deltas;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.expression.BoundExpression;
import dev.millrace.core.expression.EvaluationException;
import dev.millrace.core.pipeline.LatePolicy;

import org.jspecify.annotations.Nullable;

/**
 * Adds events to the deltas of one aggregate, until the task hands them over, and lets every event
 * through. The windows themselves belong to the merge task.
 */
final class AggregateOperator implements Operator.Single {
    private final Aggregation aggregation;
    private final @Nullable BoundExpression where;
    private final long latenessMs;
    private final long keepMs;
    private final boolean correctsLate;
    private final KeyBuffer key = new KeyBuffer();
    private Deltas deltas;

    /*
     * Windows that end at or before this went under a version that kept rows for less: a longer
     * keep must not bring a row back with nothing in it but a correction. Counted by this
     * partition's own watermark, so that what becomes of an event does not depend on when commits
     * are. The merge lags behind every partition, and expires rows by the longest keep among the
     * versions that they run, so all that it ever let go is below.
     */
    private long floorMs = Long.MIN_VALUE;

    AggregateOperator(Aggregation aggregation, @Nullable BoundExpression where) {
        this.aggregation = aggregation;
        this.where = where;
        this.latenessMs = aggregation.definition().lateness().toMillis();
        this.keepMs = aggregation.definition().keep().toMillis();
        this.correctsLate = aggregation.definition().late() == LatePolicy.CORRECT;
        this.deltas = aggregation.newDeltas();
    }

    @Override
    public String name() {
        return aggregation.name();
    }

    @Override
    public boolean onEvent(Event event, Arrival arrival) throws StageFailure {
        if (!isCounted(event)) {
            return true;
        }
        String problem = aggregation.keyOrProblem(event, key);
        if (problem != null) {
            throw new StageFailure("type", problem);
        }
        if (arrival.isCountedBy(number())) {
            arrival.counted(number());
            return true;
        }
        long lastEndMs = aggregation.windows().lastEndOf(event.timestampMs());
        long storedEndMs = aggregation.windows().storedEndOf(event.timestampMs());
        boolean kept = storedEndMs + keepMs > arrival.watermarkMs() && storedEndMs > floorMs;
        boolean late = !arrival.isNeverLate() && lastEndMs + latenessMs <= arrival.watermarkMs();
        if (!kept && arrival.isReplayedHere()) {
            throw new StageFailure(
                    "no-longer-kept",
                    "the row that this event belongs to is no longer kept by " + name());
        }
        if (!kept || late && !correctsLate) {
            arrival.late(event, name());
            return true;
        }
        if (late) {
            arrival.correction(name());
        }
        deltas.add(event, key);
        arrival.counted(number());
        return true;
    }

    private boolean isCounted(Event event) throws StageFailure {
        if (where == null) {
            return true;
        }
        try {
            return where.test(event);
        } catch (EvaluationException failed) {
            throw new StageFailure(failed.code().toString(), failed.getMessage());
        }
    }

    /** The number under which the aggregate's state is kept. */
    int number() {
        return aggregation.number();
    }

    /** Where windows end that are no longer kept; {@link Long#MIN_VALUE} before the first event. */
    long floorMs(long watermarkMs) {
        return watermarkMs == Long.MIN_VALUE ? floorMs : Math.max(floorMs, watermarkMs - keepMs);
    }

    /** Whether the floor is more than what follows from the watermark. */
    boolean hasFloor(long watermarkMs) {
        return floorMs != Long.MIN_VALUE && floorMs > watermarkMs - keepMs;
    }

    /** Takes a window that ends at or before this for gone. */
    void raiseFloor(long toMs) {
        floorMs = Math.max(floorMs, toMs);
    }

    /** About how much heap the deltas take that were not taken yet. */
    long bytes() {
        return deltas.bytes();
    }

    /** Hands over what was added since the last time, and begins anew. */
    Deltas takeDeltas() {
        Deltas taken = deltas;
        deltas = taken.next();
        return taken;
    }
}
