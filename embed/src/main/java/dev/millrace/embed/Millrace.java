package dev.millrace.embed;

import dev.millrace.core.MillraceException;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.PlainEvent;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.pipeline.Window;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageException;
import dev.millrace.engine.AdvanceOutcome;
import dev.millrace.engine.CommittedRows;
import dev.millrace.engine.Engine;
import dev.millrace.engine.EngineOptions;
import dev.millrace.engine.IngestOutcome;
import dev.millrace.engine.PutOutcome;
import dev.millrace.engine.ReplayReport;
import dev.millrace.engine.ReplayRequest;
import dev.millrace.engine.RowQuery;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Millrace in this process, with its own folder. Safe for use by many threads; methods block.
 *
 * <pre>{@code
 * try (Millrace millrace = Millrace.open(Path.of("data"))) {
 *     millrace.register(web);
 *     IngestResult result = millrace.ingest("web", events);
 *     millrace.advance("web");
 *     List<Row> rows = millrace.rows("web", "views");
 * }
 * }</pre>
 *
 * <p>What was ingested before is there after {@link #open}. A pipeline with Java code goes on when
 * it is registered again, and until then waits and takes no events.
 */
public final class Millrace implements AutoCloseable {
    private static final Duration REPLAY_PATIENCE = Duration.ofMinutes(1);

    private final Storage storage;
    private final RegisteredHandlers handlers;
    private final Engine engine;
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

    private Millrace(Storage storage, RegisteredHandlers handlers, Engine engine) {
        this.storage = storage;
        this.handlers = handlers;
        this.engine = engine;
    }

    /**
     * Opens a data folder, which is made if it is not there; one process at a time can.
     *
     * @throws MillraceException if it cannot be opened; the message says why
     */
    public static Millrace open(Path folder) {
        Storage storage = RocksStorage.open(folder, StoreOptions.defaults());
        RegisteredHandlers handlers = new RegisteredHandlers();
        try {
            return new Millrace(
                    storage, handlers, Engine.open(storage, EngineOptions.defaults(), handlers));
        } catch (RuntimeException broken) {
            storage.close();
            throw broken;
        }
    }

    /**
     * Creates a pipeline, or takes up the one of that name, with a new version where the definition
     * differs.
     *
     * @return the version that applies from now on, from 1 up
     * @throws IllegalArgumentException if the pipeline that is there cannot become this one; the
     *     message says why, and nothing has changed
     * @throws StorageException if it cannot be written
     */
    public synchronized int register(Pipeline pipeline) {
        Map<String, Handler> before = handlers.add(pipeline.name(), pipeline.handlers());
        return switch (engine.put(pipeline.name(), pipeline.definition(), false)) {
            case PutOutcome.Created created -> created.version();
            case PutOutcome.Changed changed -> changed.version();
            case PutOutcome.Same same -> same.version();
            case PutOutcome.Invalid invalid -> {
                handlers.set(pipeline.name(), before);
                throw new IllegalArgumentException(
                        "pipeline %s cannot be registered: %s"
                                .formatted(pipeline.name(), invalid.problems()));
            }
            case PutOutcome.BackfillRefused refused ->
                    throw new IllegalStateException("no backfill was asked for: " + refused);
        };
    }

    /**
     * Takes events. Returns once they are on disk.
     *
     * @throws IllegalArgumentException if they are more than the pipeline's queue can ever hold, or
     *     one of them is too large; nothing was written
     * @throws StorageException if they cannot be written; then it is not known what became of them,
     *     and the same events can be ingested again without counting twice
     */
    public IngestResult ingest(String pipeline, List<PlainEvent> events) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (PlainEvent event : events) {
            body.writeBytes(event.toJson());
            body.write('\n');
        }
        return switch (running(pipeline).ingest(body.toByteArray(), BodyFormat.NDJSON)) {
            case IngestOutcome.Accepted accepted ->
                    new IngestResult.Accepted(
                            accepted.accepted(), accepted.rejected(), accepted.rejections());
            case IngestOutcome.QueueFull full ->
                    new IngestResult.QueueFull(
                            Duration.ofSeconds(full.retryAfterSeconds()), full.bottleneck());
            case IngestOutcome.LettersFull full ->
                    new IngestResult.QueueFull(
                            Duration.ofSeconds(full.retryAfterSeconds()),
                            IngestOutcome.LettersFull.BOTTLENECK);
            case IngestOutcome.TooLarge(String detail) ->
                    throw new IllegalArgumentException(detail);
            case IngestOutcome.Malformed(String detail) ->
                    throw new IllegalArgumentException(detail);
            case IngestOutcome.Unavailable(String detail) -> throw new StorageException(detail);
        };
    }

    /**
     * Tells of the rows of an aggregate that change from now on, commit by commit: at most four
     * times a second, and each row as it is then. Sessions that others have taken the place of are
     * among them, retracted. Of a sliding aggregate, only of the rows of its current window.
     *
     * @param consumer called from a thread of its own
     * @throws IllegalStateException if the pipeline has a thousand subscriptions already
     * @return to be closed when it is of no interest any more; closing this does so too
     */
    public Subscription subscribe(String pipeline, String aggregate, Consumer<Rows> consumer) {
        dev.millrace.engine.Pipeline running = running(pipeline);
        boolean sliding = requireAggregate(running, aggregate).window() instanceof Window.Sliding;
        Subscription subscription =
                new Subscription(
                        pipeline + "-" + aggregate,
                        commit ->
                                sliding
                                        ? current(running, aggregate, commit)
                                        : commit.rows(aggregate),
                        consumer,
                        closed -> {
                            running.removeCommitListener(closed.listener());
                            subscriptions.remove(closed);
                        });
        running.addCommitListener(subscription.listener());
        subscriptions.add(subscription);
        subscription.start();
        return subscription;
    }

    private static Stage.Aggregate requireAggregate(
            dev.millrace.engine.Pipeline pipeline, String aggregate) {
        return pipeline.definition()
                .aggregate(aggregate)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "pipeline %s has no aggregate %s"
                                        .formatted(pipeline.name(), aggregate)));
    }

    /** What a commit changed in the current window. */
    private static List<Row> current(
            dev.millrace.engine.Pipeline pipeline, String aggregate, CommittedRows commit) {
        return pipeline.rows(RowQuery.current(aggregate)).rows().stream()
                .filter(row -> row.revision() >= commit.revision())
                .toList();
    }

    /** The rows of an aggregate, the first 10,000 by window start, then group. */
    public List<Row> rows(String pipeline, String aggregate) {
        return rows(pipeline, RowQuery.all(aggregate));
    }

    /**
     * @throws IllegalArgumentException if the query names what is not there
     */
    public List<Row> rows(String pipeline, RowQuery query) {
        return running(pipeline).rows(query).rows();
    }

    /** Processes all that was ingested and closes its windows; returns once the rows are there. */
    public void advance(String pipeline) {
        AdvanceOutcome _ = running(pipeline).advance(OptionalLong.empty());
    }

    /** Events that could not be processed, the first 1,000, oldest first. */
    public List<DeadLetter> deadLetters(String pipeline) {
        return running(pipeline).letters(LetterFilter.ALL, Optional.empty(), 1_000).letters();
    }

    /** Tries dead letters again, the first 1,000; returns when it is known what became of them. */
    public ReplayReport replay(String pipeline) {
        return running(pipeline)
                .replay(new ReplayRequest(List.of(), LetterFilter.ALL, 1_000), REPLAY_PATIENCE);
    }

    private dev.millrace.engine.Pipeline running(String name) {
        return engine.pipeline(name)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                engine.waiting().containsKey(name)
                                        ? "pipeline %s waits to be registered".formatted(name)
                                        : "there is no pipeline " + name));
    }

    /**
     * Processes and commits what was ingested, tells subscribers of it, and closes the folder. What
     * cannot be processed within 20 seconds is processed after the next {@link #open}.
     */
    @Override
    public void close() {
        try (storage) {
            engine.close();
            subscriptions.forEach(Subscription::close);
        }
    }
}
