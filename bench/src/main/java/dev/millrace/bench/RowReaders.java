package dev.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Readers of rows beside a load: each asks for a hundred of them, ten times a second. */
final class RowReaders implements AutoCloseable {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String rows;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory());
    private final List<Future<?>> reading = new ArrayList<>();
    private final LongAdder answered = new LongAdder();
    private volatile boolean closed;

    RowReaders(URI server, String pipeline, int count) {
        this.rows = ServedPipeline.rows(pipeline) + "?limit=100";
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime() + EVERY_NANOS * i / count;
            reading.add(
                    threads.submit(() -> {
                        read(server, begin);
                        return null;
                    }));
        }
    }

    private void read(URI server, long begin) throws IOException {
        try (HttpConnection connection = new HttpConnection(server)) {
            for (long due = begin; !closed; due += EVERY_NANOS) {
                Pause.until(due);
                HttpConnection.Answer answer = connection.get(rows);
                if (answer.status() != 200) {
                    throw new IOException("a reader was answered " + answer.status());
                }
                answered.increment();
            }
        }
    }

    /** How often they had an answer. */
    long answered() {
        return answered.sum();
    }

    /**
     * @throws IOException if one of them failed
     */
    @Override
    public void close() throws IOException {
        closed = true;
        threads.close();
        for (Future<?> one : reading) {
            if (one.state() == Future.State.FAILED) {
                throw new IOException(one.exceptionNow());
            }
        }
    }
}
