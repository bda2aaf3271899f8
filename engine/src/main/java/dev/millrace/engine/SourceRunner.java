package dev.millrace.engine;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceBatch;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.pipeline.SourceDefinition;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Reads one source into a pipeline, on a thread of its own: a batch is acknowledged once the
 * journal has it, and waits while the queue is full, so that what is not taken stays where it is.
 */
final class SourceRunner implements Runnable {
    /** Of one batch; what a pipeline takes at once is bounded by its queue besides. */
    static final int MESSAGES_MAX = 1_000;

    /** Of messages that are taken at once; one that is larger goes alone. */
    private static final long BODY_BYTES = SourceContext.BATCH_BYTES;

    private static final Duration WAIT = Duration.ofSeconds(1);
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String pipeline;
    private final String owner;
    private final SourceDefinition definition;
    private final Connectors connectors;
    private final SinkWatch watch;
    private final Intake intake;
    private final SinkPace pace = new SinkPace(MESSAGES_MAX);
    private volatile boolean stopping;
    private volatile String lastError = "";
    private final LongAdder messages = new LongAdder();

    /**
     * @param intake where messages go
     */
    SourceRunner(
            String pipeline,
            String owner,
            SourceDefinition definition,
            Connectors connectors,
            SinkWatch watch,
            Intake intake) {
        this.pipeline = pipeline;
        this.owner = owner;
        this.definition = definition;
        this.connectors = connectors;
        this.watch = watch;
        this.intake = intake;
    }

    /** A pipeline, as a source sees it. Both block until what they are given is durable. */
    interface Intake {
        /** Takes a body of lines. */
        IngestOutcome lines(byte[] body);

        /** Takes a message that is larger than an event may be, as a dead letter. */
        IngestOutcome tooLarge(byte[] message, String detail);
    }

    SourceDefinition definition() {
        return definition;
    }

    /** Has it come to an end; its thread is to be interrupted too. */
    void stop() {
        stopping = true;
    }

    SourceStatus status() {
        return new SourceStatus(
                definition.name(),
                definition.kind(),
                lastError.isEmpty(),
                messages.sum(),
                lastError.isEmpty() ? Optional.empty() : Optional.of(lastError));
    }

    @Override
    public void run() {
        while (!stopping) {
            try (Source source = open()) {
                while (!stopping) {
                    read(source);
                }
            } catch (InterruptedException interrupted) {
                // It stops, or a call took too long and was broken off.
            } catch (ConnectorException failed) {
                retryAfter(failed.reason(), failed.mayPass());
            } catch (RuntimeException fault) {
                retryAfter("a fault of its connector: " + fault, true);
            }
        }
    }

    private Source open() throws ConnectorException, InterruptedException {
        var kind =
                connectors
                        .source(definition.kind())
                        .orElseThrow(() ->
                                ConnectorException.lasting(
                                        "this server has no sources of kind " + definition.kind()));
        SourceContext context =
                new SourceContext(pipeline, owner, definition, MESSAGES_MAX, TIMEOUT);
        try (var _ = watch.within(TIMEOUT)) {
            return kind.open(context);
        } finally {
            clearInterrupt();
        }
    }

    private void read(Source source) throws ConnectorException, InterruptedException {
        SourceBatch batch;
        try (var _ = watch.within(TIMEOUT.plus(WAIT))) {
            batch = source.read(WAIT);
        } finally {
            clearInterrupt();
        }
        List<byte[]> read = batch.messages();
        take(read);
        if (!read.isEmpty()) {
            try (var _ = watch.within(TIMEOUT)) {
                batch.acknowledge();
            } finally {
                clearInterrupt();
            }
            messages.add(read.size());
        }
        lastError = "";
        pace.succeeded(read.size(), 0);
    }

    /** Returns once the journal has them. */
    private void take(List<byte[]> read) throws InterruptedException {
        int from = 0;
        while (from < read.size()) {
            int to = from;
            long bytes = 0;
            do {
                bytes += read.get(to++).length;
            } while (to < read.size() && bytes + read.get(to).length <= BODY_BYTES);
            takeAtOnce(read.subList(from, to));
            from = to;
        }
    }

    private void takeAtOnce(List<byte[]> part) throws InterruptedException {
        byte[] lines = lines(part);
        if (taken(() -> intake.lines(lines)) instanceof IngestOutcome.TooLarge tooLarge) {
            if (part.size() == 1) {
                IngestOutcome _ = taken(() -> intake.tooLarge(part.getFirst(), tooLarge.detail()));
                return;
            }
            int half = part.size() / 2;
            takeAtOnce(part.subList(0, half));
            takeAtOnce(part.subList(half, part.size()));
        }
    }

    /** Tries until there is room. */
    private IngestOutcome taken(Supplier<IngestOutcome> attempt) throws InterruptedException {
        while (true) {
            failIfStopping();
            switch (attempt.get()) {
                case IngestOutcome.Accepted accepted -> {
                    return accepted;
                }
                case IngestOutcome.TooLarge tooLarge -> {
                    return tooLarge;
                }
                case IngestOutcome.QueueFull full ->
                        hold(
                                "the pipeline waits for " + full.bottleneck(),
                                full.retryAfterSeconds());
                case IngestOutcome.LettersFull full ->
                        hold(full.detail(), full.retryAfterSeconds());
                case IngestOutcome.Unavailable not -> hold(not.detail(), 1);
                case IngestOutcome.Malformed malformed ->
                        throw new IllegalStateException(malformed.detail());
            }
        }
    }

    /** A line each: a line break in JSON can only stand between its members. */
    private static byte[] lines(List<byte[]> read) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] message : read) {
            for (byte one : message) {
                body.write(one == '\n' || one == '\r' ? ' ' : one);
            }
            body.write('\n');
        }
        return body.toByteArray();
    }

    private void hold(String reason, int seconds) throws InterruptedException {
        lastError = reason;
        TimeUnit.MILLISECONDS.sleep(Math.min(seconds, 1) * 1_000L);
    }

    private void retryAfter(String reason, boolean mayPass) {
        if (stopping) {
            return;
        }
        if (!reason.equals(lastError)) {
            log(reason);
        }
        lastError = reason;
        try {
            TimeUnit.MILLISECONDS.sleep(pace.failed(0, mayPass, Optional.empty()).toMillis());
        } catch (InterruptedException interrupted) {
            // Looks at once whether it stops.
        }
    }

    private void log(String reason) {
        System.getLogger(SourceRunner.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "source " + definition.name() + " of pipeline " + pipeline + ": " + reason);
    }

    private void failIfStopping() throws InterruptedException {
        if (stopping) {
            throw new InterruptedException("the source stops");
        }
    }

    private static void clearInterrupt() {
        boolean _ = Thread.interrupted();
    }
}
