package dev.millrace.bench;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** A load of page views over some connections, a thread each. */
final class EventLoad implements AutoCloseable {
    private final List<EventSender> senders = new ArrayList<>();
    private final int eventsPerRequest;
    private final AtomicLong accepted = new AtomicLong();

    /**
     * What a run came to.
     *
     * @param events accepted
     * @param answers nanoseconds from sending to 202, refusals and their waits among them
     */
    record Sent(long events, long refused, double seconds, Histogram answers) {
        double answerMs(double percentile) {
            return answers.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /**
     * @param run three characters that no other load of this server has
     */
    EventLoad(URI server, String run, int connections, int eventsPerRequest) throws IOException {
        this.eventsPerRequest = eventsPerRequest;
        for (int i = 0; i < connections; i++) {
            senders.add(new EventSender(server, "%s%03d".formatted(run, i), i, eventsPerRequest));
        }
    }

    /** A number of requests, by whichever connection is free. */
    Sent requests(long count) throws IOException, InterruptedException {
        AtomicLong left = new AtomicLong(count);
        return run(() -> left.getAndDecrement() > 0);
    }

    /** As many requests as are answered in this time. */
    Sent seconds(int seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        return run(() -> System.nanoTime() < end);
    }

    /** Requests at even distances for some seconds. */
    Sent paced(double eventsPerSecond, int seconds) throws IOException, InterruptedException {
        double distance = TimeUnit.SECONDS.toNanos(1) * eventsPerRequest / eventsPerSecond;
        AtomicLong next = new AtomicLong();
        long begin = System.nanoTime();
        return run(() -> {
            double due = next.getAndIncrement() * distance;
            Pause.until(begin + (long) due);
            return due < TimeUnit.SECONDS.toNanos(seconds);
        });
    }

    /** All events accepted so far. */
    long accepted() {
        return accepted.get();
    }

    /**
     * @param more asked before each request, by all connections at once
     */
    private Sent run(BooleanSupplier more) throws IOException, InterruptedException {
        Histogram answers = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        AtomicLong refused = new AtomicLong();
        long before = accepted.get();
        long begin = System.nanoTime();
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<?>> running = new ArrayList<>();
            for (EventSender sender : senders) {
                running.add(
                        threads.submit(() -> {
                            while (more.getAsBoolean()) {
                                byte[] body = sender.next();
                                long sent = System.nanoTime();
                                refused.addAndGet(sender.send(body));
                                answers.recordValue(System.nanoTime() - sent);
                                accepted.addAndGet(eventsPerRequest);
                            }
                            return null;
                        }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException broken) {
            throw new IOException(broken.getCause());
        }
        return new Sent(
                accepted.get() - before, refused.get(), (System.nanoTime() - begin) / 1e9, answers);
    }

    @Override
    public void close() throws IOException {
        for (EventSender sender : senders) {
            sender.close();
        }
    }
}
