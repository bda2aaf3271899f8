package dev.millrace.testing.fault;

import dev.millrace.testing.fault.Book.Batch;
import dev.millrace.testing.fault.Book.State;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerApi.Answer;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that send to one server until they are stopped, and enter in the book what they are
 * answered: new batches, and now and then one that was acknowledged, once more. Beside them an
 * operator changes the pipeline, replays dead letters, and makes and drops another pipeline.
 */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(16);
    private static final long OPERATOR_PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(120);

    private final ServerApi api;
    private final Book book;
    private final FaultPipeline pipeline;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final LongAdder acknowledgements = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private volatile String lastRefusal = "none";
    private volatile boolean stopping;
    private volatile boolean mustNotAcknowledge;

    private Load(ServerApi api, Book book, FaultPipeline pipeline) {
        this.api = api;
        this.book = book;
        this.pipeline = pipeline;
    }

    /** Starts it. */
    static Load on(ServerApi api, Book book, FaultPipeline pipeline, Random seeds) {
        Load load = new Load(api, book, pipeline);
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(seeds.nextLong());
            load.threads.add(Thread.ofVirtual().start(() -> load.runClient(random)));
        }
        Random random = new Random(seeds.nextLong());
        load.threads.add(Thread.ofVirtual().start(() -> load.runOperator(random)));
        return load;
    }

    /** Sends nothing by itself. */
    static Load idle(ServerApi api, Book book, FaultPipeline pipeline) {
        return new Load(api, book, pipeline);
    }

    /** From here on no request that is begun may be answered with 202. */
    void forbidAcknowledgements() {
        mustNotAcknowledge = true;
    }

    /** Answers with 202 so far. */
    long acknowledgements() {
        return acknowledgements.sum();
    }

    /** Answers with any other status so far. */
    long refusals() {
        return refusals.sum();
    }

    /** The newest answer or failure by which a request was not acknowledged. */
    String lastRefusal() {
        return lastRefusal;
    }

    private void runClient(Random random) {
        while (!stopping) {
            Batch batch =
                    random.nextInt(12) == 0
                            ? book.acknowledged(random).orElseGet(() -> book.write(random))
                            : book.write(random);
            State _ = send(batch);
            LockSupport.parkNanos(random.nextLong(PAUSE_NANOS_MAX));
        }
    }

    /** Sends one batch and says what is known of it then. */
    State send(Batch batch) {
        boolean forbidden = mustNotAcknowledge;
        State before = book.send(batch);
        try {
            Answer answer = api.ingest(FaultPipeline.NAME, pipeline.lines(batch));
            switch (answer.status()) {
                case 202 -> {
                    acknowledge(batch, answer, forbidden);
                    return State.ACKNOWLEDGED;
                }
                case 503 -> refuse(answer);
                case 404, 429 -> {
                    refuse(answer);
                    book.refuse(batch, before);
                }
                default -> violations.add("%s was answered with %s".formatted(batch, answer));
            }
        } catch (UncheckedIOException broken) {
            lastRefusal = broken.toString();
            if (broken.getCause() instanceof ConnectException) {
                book.refuse(batch, before);
            }
        }
        return book.state(batch);
    }

    private void refuse(Answer answer) {
        refusals.increment();
        lastRefusal = answer.toString();
    }

    private void acknowledge(Batch batch, Answer answer, boolean forbidden) {
        book.acknowledge(batch);
        acknowledgements.increment();
        int broken = FaultPipeline.hasBrokenLine(batch) ? 1 : 0;
        if (answer.number("accepted") != batch.size() || answer.number("rejected") != broken) {
            violations.add("%s was acknowledged by %s".formatted(batch, answer.json()));
        }
        if (forbidden) {
            violations.add("%s was acknowledged though a sync had failed".formatted(batch));
        }
    }

    private void runOperator(Random random) {
        while (!stopping) {
            try {
                operate(random);
            } catch (UncheckedIOException gone) {
                // The server has ended, or is stopped for long.
            }
            LockSupport.parkNanos(random.nextLong(OPERATOR_PAUSE_NANOS_MAX));
        }
    }

    /** What comes of it is seen by what the server shows afterwards. */
    private void operate(Random random) {
        Answer _ =
                switch (random.nextInt(6)) {
                    case 0 -> api.put(FaultPipeline.NAME, pipeline.failing());
                    case 1 -> api.put(FaultPipeline.NAME, pipeline.mended());
                    case 2 -> api.put(FaultPipeline.ASIDE, FaultPipeline.ASIDE_DEFINITION);
                    case 3 -> api.drop(FaultPipeline.ASIDE);
                    default ->
                            api.replay(FaultPipeline.NAME, "{\"stage\": \"price\", \"limit\": 20}");
                };
    }

    /**
     * Waits until all clients have ended.
     *
     * @throws AssertionError if an answer was wrong
     */
    void stop() {
        stopping = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (!violations.isEmpty()) {
            throw new AssertionError(String.join("\n", violations));
        }
    }

    /** Lets them end, without waiting. */
    @Override
    public void close() {
        stopping = true;
    }
}
