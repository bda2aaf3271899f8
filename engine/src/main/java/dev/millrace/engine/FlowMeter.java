package dev.millrace.engine;

import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.task.StageCount;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What comes to the stages of a pipeline a second, and how many batches are refused before, of
 * late. {@link #beat} belongs to one thread; what it found is read by any.
 */
final class FlowMeter {
    /** Counts change with commits only, so a rate is taken over several. */
    private static final long SPAN_NANOS = 1_000_000_000L;

    private final List<PartitionRunner> runners;
    private Map<String, StageCount> before = Map.of();
    private long refusedBefore;
    private long beforeNanos;
    private volatile Map<String, StageStatus.Rates> rates = Map.of();
    private volatile double refusedPerSecond;

    FlowMeter(List<PartitionRunner> runners, long nowNanos) {
        this.runners = List.copyOf(runners);
        this.beforeNanos = nowNanos;
    }

    /**
     * @param refused batches, since the start
     */
    void beat(long nowNanos, long refused) {
        long elapsed = nowNanos - beforeNanos;
        if (elapsed < SPAN_NANOS) {
            return;
        }
        Map<String, StageCount> now = counts();
        Map<String, StageStatus.Rates> found = new HashMap<>();
        now.forEach((stage, count) -> {
            StageCount was = before.getOrDefault(stage, new StageCount(stage, 0, 0, 0, 0));
            double seconds = elapsed / 1e9;
            found.put(
                    stage,
                    new StageStatus.Rates(
                            Math.max(0, count.in() - was.in()) / seconds,
                            Math.max(0, count.out() - was.out()) / seconds,
                            Math.max(0, count.filtered() - was.filtered()) / seconds,
                            Math.max(0, count.failed() - was.failed()) / seconds));
        });
        rates = found;
        refusedPerSecond = (refused - refusedBefore) * 1e9 / elapsed;
        before = now;
        refusedBefore = refused;
        beforeNanos = nowNanos;
    }

    private Map<String, StageCount> counts() {
        Map<String, StageCount> counts = new HashMap<>();
        for (PartitionRunner runner : runners) {
            for (StageCount count : runner.stageCounts()) {
                counts.merge(count.stage(), count, StageCount::plus);
            }
        }
        return counts;
    }

    double refusedPerSecond() {
        return refusedPerSecond;
    }

    /** In the order of the definition. */
    List<StageStatus> statuses(List<Stage> stages) {
        Map<String, StageCount> counts = counts();
        List<StageStatus> statuses = new ArrayList<>(stages.size());
        for (int number = 0; number < stages.size(); number++) {
            String name = stages.get(number).name();
            statuses.add(
                    new StageStatus(
                            name,
                            stages.get(number).kind(),
                            counts.getOrDefault(name, new StageCount(name, 0, 0, 0, 0)),
                            rates.getOrDefault(name, StageStatus.Rates.NONE),
                            nanosPerEvent(number)));
        }
        return statuses;
    }

    private OptionalDouble nanosPerEvent(int number) {
        double nanos = 0;
        double events = 0;
        for (PartitionRunner runner : runners) {
            nanos += runner.stageClock().nanosIn(number);
            events += runner.stageClock().eventsIn(number);
        }
        return events == 0 ? OptionalDouble.empty() : OptionalDouble.of(nanos / events);
    }
}
