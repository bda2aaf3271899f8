package dev.millrace.engine;

import dev.millrace.core.pipeline.SinkDefinition;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What one sink's worker says of itself. Written by the worker, read by many threads. */
final class SinkReport {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String pipeline;
    private final String sink;
    private final HostClock clock;
    private final SinkRate rate;
    private final LongAdder retries = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile String lastError = "";
    private volatile boolean retrying;
    private volatile long oldestMs;

    SinkReport(String pipeline, String sink, HostClock clock) {
        this.pipeline = pipeline;
        this.sink = sink;
        this.clock = clock;
        this.rate = new SinkRate(clock.nanos());
    }

    /** When the first item that waits was committed; 0 where none waits. */
    void oldest(long committedAtMs) {
        oldestMs = committedAtMs;
    }

    boolean knowsOldest() {
        return oldestMs != 0;
    }

    void delivered(int items) {
        rate.add(items, clock.nanos());
        well();
    }

    /** Nothing is wrong. */
    void well() {
        lastError = "";
        retrying = false;
    }

    void refused(int items, String reason) {
        refused.add(items);
        lastError = reason;
    }

    void retry(String reason) {
        say(reason);
        retries.increment();
        retrying = true;
    }

    /** Something is wrong; into the log when it is another thing than before. */
    void say(String reason) {
        if (!reason.equals(lastError)) {
            System.getLogger(SinkReport.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "sink %s of pipeline %s: %s".formatted(sink, pipeline, reason));
        }
        lastError = reason;
    }

    /**
     * @param underWay how long a delivery is
     */
    SinkStatus status(SinkDefinition definition, SinkState ours, SinkPace pace, Duration underWay) {
        long waitingSinceMs = oldestMs;
        return new SinkStatus(
                definition.name(),
                definition.kind(),
                state(ours),
                ours.command().map(SinkCommand::verb),
                pace.breaker(),
                ours.lagItems(),
                ours.lagBytes(),
                ours.lagItems() == 0 || waitingSinceMs == 0
                        ? 0
                        : Math.max(0, clock.epochMs() - waitingSinceMs),
                definition.budgetBytes(),
                rate.total(),
                rate.perSecond(clock.nanos()),
                retries.sum(),
                refused.sum(),
                error(definition, ours, underWay),
                pace.items(),
                ours.cursor(),
                ours.end(),
                ours.outbox().trimmed());
    }

    private SinkStatus.State state(SinkState ours) {
        if (ours.isPaused()) {
            return SinkStatus.State.PAUSED;
        }
        if (ours.stopped().isPresent()) {
            return SinkStatus.State.STOPPED;
        }
        return retrying ? SinkStatus.State.RETRYING : SinkStatus.State.RUNNING;
    }

    private Optional<String> error(SinkDefinition definition, SinkState ours, Duration underWay) {
        if (underWay.compareTo(definition.timeout().plus(PATIENCE)) > 0) {
            return Optional.of(
                    "a delivery has not come back for %d s, though it was interrupted"
                            .formatted(underWay.toSeconds()));
        }
        return ours.stopped()
                .map(SinkState.Stopped::reason)
                .or(() -> Optional.of(lastError).filter(text -> !text.isEmpty()));
    }
}
