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
import java.util.function.LongSupplier;

/** A load of events over some connections, a thread each. Its runs come one after the other. */
public final class EventLoad implements AutoCloseable {
    private static final long OVER = -1;

    private final List<Sender> senders = new ArrayList<>();
    private final List<LiveEvents> liveEvents = new ArrayList<>();
    private final int eventsPerRequest;
    private final AtomicLong accepted = new AtomicLong();

    private record Sender(Client client, Bodies bodies) {}

    /** Connects. */
    @FunctionalInterface
    public interface Opening {
        Client open() throws IOException;
    }

    /**
     * What a run came to.
     *
     * @param events accepted
     * @param answers nanoseconds from when a request was due to its 202, refusals and their waits
     *     among them; in a closed loop a request is due when it is sent
     */
    public record Sent(long events, long refused, double seconds, Histogram answers) {
        double answerMs(double percentile) {
            return answers.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /**
     * @param eventsPerRequest how many are in a body
     */
    public EventLoad(int eventsPerRequest) {
        this.eventsPerRequest = eventsPerRequest;
    }

    /**
     * Page views of the present time to the pipeline of {@link ServedPipeline#web}.
     *
     * @param run three characters that no other load of this server has
     */
    static EventLoad live(URI server, String run, int connections, int eventsPerRequest)
            throws IOException {
        EventLoad load = new EventLoad(eventsPerRequest);
        for (int i = 0; i < connections; i++) {
            LiveEvents events = new LiveEvents("%s%03d".formatted(run, i), i, eventsPerRequest);
            load.add(new EventClient(server, ServedPipeline.WEB), events);
            load.liveEvents.add(events);
        }
        return load;
    }

    /** The events of a shared input. */
    public static EventLoad of(
            InputBodies input, int connections, int eventsPerRequest, Opening opening)
            throws IOException {
        EventLoad load = new EventLoad(eventsPerRequest);
        for (int i = 0; i < connections; i++) {
            load.add(opening.open(), () -> input.next(eventsPerRequest));
        }
        return load;
    }

    /** Adds a connection. */
    void add(Client client, Bodies bodies) {
        senders.add(new Sender(client, bodies));
    }

    /** As many requests as can be sent in this time, each connection one behind the other. */
    public Sent seconds(double seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + nanos(seconds);
        return run(() -> {
            long now = System.nanoTime();
            return now < end ? now : OVER;
        });
    }

    /**
     * Requests due at even distances for some seconds, by whichever connection is free. One that is
     * sent late because all were waiting counts from when it was due.
     */
    Sent paced(double eventsPerSecond, double seconds) throws IOException, InterruptedException {
        double distance = TimeUnit.SECONDS.toNanos(1) * eventsPerRequest / eventsPerSecond;
        AtomicLong next = new AtomicLong();
        long begin = System.nanoTime();
        return run(() -> {
            long after = (long) (next.getAndIncrement() * distance);
            if (after >= nanos(seconds)) {
                return OVER;
            }
            Pause.until(begin + after);
            return begin + after;
        });
    }

    private static long nanos(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    /** All events accepted so far. */
    public long accepted() {
        return accepted.get();
    }

    /** How many of the live events handed out so far pass the filter; between runs. */
    long people() {
        return liveEvents.stream().mapToLong(LiveEvents::people).sum();
    }

    /**
     * @param due asked before each request, by all connections at once: when it is due, or {@link
     *     #OVER}
     */
    private Sent run(LongSupplier due) throws IOException, InterruptedException {
        Histogram answers = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        AtomicLong refused = new AtomicLong();
        long before = accepted.get();
        long begin = System.nanoTime();
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<?>> running = new ArrayList<>();
            for (Sender sender : senders) {
                running.add(
                        threads.submit(() -> {
                            for (long at = due.getAsLong(); at != OVER; at = due.getAsLong()) {
                                refused.addAndGet(sender.client.send(sender.bodies.next()));
                                answers.recordValue(System.nanoTime() - at);
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
        for (Sender sender : senders) {
            sender.client.close();
        }
    }
}
