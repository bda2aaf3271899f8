package dev.millrace.engine;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.pipeline.SinkDefinition;
import dev.millrace.core.port.PipelineStore;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The system of one sink, while it is open: every call is interrupted when it takes too long, and
 * what a connector throws becomes an answer. Confined to the sink's worker, but for {@link
 * #underWay}.
 */
final class SinkConnection {
    private final PipelineStore store;
    private final Connectors connectors;
    private final SinkWatch watch;
    private final HostClock clock;
    private @Nullable Opened opened;

    /** 0 while none is under way. */
    private volatile long callSinceNanos;

    private record Opened(Sink sink, SinkDefinition definition, List<RowShape> shapes) {}

    SinkConnection(PipelineStore store, Connectors connectors, SinkWatch watch, HostClock clock) {
        this.store = store;
        this.connectors = connectors;
        this.watch = watch;
        this.clock = clock;
    }

    /**
     * Opens the system if it is not open as this.
     *
     * @param shapes of the aggregates that it takes
     * @param mustFit whether one that is open with other shapes will not do
     * @return whether it was opened
     * @throws ConnectorException if that fails; it is closed then
     */
    boolean open(SinkDefinition definition, List<RowShape> shapes, boolean mustFit)
            throws ConnectorException {
        Opened open = opened;
        if (open != null
                && open.definition().equals(definition)
                && (!mustFit || open.shapes().equals(shapes))) {
            return false;
        }
        close();
        var kind =
                connectors
                        .sink(definition.kind())
                        .orElseThrow(() ->
                                ConnectorException.lasting(
                                        "this server has no sinks of kind " + definition.kind()));
        SinkContext context =
                new SinkContext(
                        store.pipeline(),
                        store.identity(),
                        definition,
                        shapes,
                        definition.timeout());
        try (var _ = watch.within(definition.timeout())) {
            opened = new Opened(kind.open(context), definition, shapes);
        } finally {
            clearInterrupt();
        }
        return true;
    }

    /** Whether its system keeps a cursor. */
    boolean isExact() {
        return opened().sink() instanceof CursorSink;
    }

    /**
     * The cursor as the system has it.
     *
     * @throws ConnectorException if it cannot be asked
     */
    Optional<SinkCursor> cursor() throws ConnectorException {
        Opened open = opened();
        try (var _ = watch.within(open.definition().timeout())) {
            return open.sink() instanceof CursorSink exact ? exact.cursor() : Optional.empty();
        } finally {
            clearInterrupt();
        }
    }

    /**
     * Sets the cursor of a system that keeps one.
     *
     * @throws ConnectorException if it cannot be written
     */
    void reset(long position) throws ConnectorException {
        Opened open = opened();
        try (var _ = watch.within(open.definition().timeout())) {
            if (open.sink() instanceof CursorSink exact) {
                exact.reset(new SinkCursor(store.identity(), position));
            }
        } finally {
            clearInterrupt();
        }
    }

    /** An answer of a system, and which part of its timeout that took. */
    record Answer(Delivery delivery, double tookPart) {}

    Answer deliver(SinkBatch batch) {
        Opened open = opened();
        Duration timeout = open.definition().timeout();
        long begin = clock.nanos();
        callSinceNanos = begin;
        Delivery delivery;
        try (var _ = watch.within(timeout)) {
            delivery = open.sink().deliver(batch);
        } catch (RuntimeException fault) {
            log(open.definition(), "a fault of its connector", fault);
            delivery = new Delivery.RetryLater("its connector failed: " + fault);
        } finally {
            clearInterrupt();
            callSinceNanos = 0;
        }
        return new Answer(delivery, (clock.nanos() - begin) / (double) timeout.toNanos());
    }

    /** How long a delivery is under way; zero while none is. Any thread may ask. */
    Duration underWay() {
        long since = callSinceNanos;
        return since == 0 ? Duration.ZERO : Duration.ofNanos(clock.nanos() - since);
    }

    void close() {
        Opened open = opened;
        opened = null;
        if (open != null) {
            try {
                open.sink().close();
            } catch (RuntimeException fault) {
                log(open.definition(), "it could not be closed", fault);
            }
        }
    }

    private Opened opened() {
        Opened open = opened;
        if (open == null) {
            throw new IllegalStateException("the sink is not open");
        }
        return open;
    }

    private void log(SinkDefinition definition, String what, RuntimeException fault) {
        System.getLogger(SinkConnection.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "sink %s of pipeline %s: %s"
                                .formatted(definition.name(), store.pipeline(), what),
                        fault);
    }

    /** An interrupt that was meant for a call that took too long has done its work. */
    private static void clearInterrupt() {
        boolean _ = Thread.interrupted();
    }
}
