package dev.millrace.server.fault;

import dev.millrace.testing.server.LiveClient;
import dev.millrace.testing.server.LiveView;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.system.RealPostgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes until an event is seen: in the API, in the live stream, in the table of a sink.
 * Each of a page of its own, ten a second; where one looks again and again, every 10 ms.
 */
final class Sightings implements AutoCloseable {
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final String MARK = "/mark/";

    private enum Place {
        API,
        STREAM,
        TABLE
    }

    private final ServerApi api;
    private final String pipeline;
    private final RealPostgres postgres;
    private final LiveClient live;
    private final Map<String, Long> sentNanos = new ConcurrentHashMap<>();
    private final Map<Place, Map<String, Long>> seenNanos = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private int marks;
    private volatile boolean stopping;

    /**
     * @param postgres with a table {@code views} of the pipeline's aggregate of that name
     */
    Sightings(ServerApi api, String pipeline, RealPostgres postgres) {
        this.api = api;
        this.pipeline = pipeline;
        this.postgres = postgres;
        Arrays.stream(Place.values())
                .forEach(place -> seenNanos.put(place, new ConcurrentHashMap<>()));
        this.live = LiveClient.open(api.address(), "?aggregate=views", "", new Watching());
        List.<Runnable>of(this::send, this::askApi, this::askTable).forEach(this::start);
    }

    private void start(Runnable work) {
        threads.add(
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                work.run();
                            } catch (AssertionError | RuntimeException e) {
                                failures.add(e);
                            }
                        }));
    }

    private final class Watching extends LiveView {
        @Override
        @SuppressWarnings("unchecked")
        public synchronized void apply(String event, Object data) {
            if (event.equals("rows")) {
                for (Map<String, Object> row : (List<Map<String, Object>>) data) {
                    seen(
                            Place.STREAM,
                            ShownRows.members(row, "group").iterator().next().toString());
                }
            }
        }
    }

    private void seen(Place place, String path) {
        if (path.startsWith(MARK)) {
            places(place).putIfAbsent(path, System.nanoTime());
        }
    }

    private Map<String, Long> places(Place place) {
        return Objects.requireNonNull(seenNanos.get(place));
    }

    private void send() {
        long next = System.nanoTime();
        while (!stopping) {
            String path = MARK + "%06d".formatted(marks++);
            String event = SteadyLoad.event(path, System.currentTimeMillis(), path);
            sentNanos.put(path, System.nanoTime());
            if (api.ingest(pipeline, List.of(event)).status() != 202) {
                sentNanos.remove(path);
            }
            next += BEAT_NANOS;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private Set<String> missing(Place place) {
        Set<String> missing = new HashSet<>(sentNanos.keySet());
        missing.removeAll(places(place).keySet());
        return missing;
    }

    private void askApi() {
        while (!stopping) {
            for (String path : missing(Place.API)) {
                String query = "/aggregates/views?group.data.path=" + path;
                if (!api.get(pipeline + query).hasStatus(200).list("rows").isEmpty()) {
                    seen(Place.API, path);
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void askTable() {
        String known = MARK;
        while (!stopping) {
            List<String> paths =
                    postgres.rows(
                            "select path from views where path > '%s' and path like '%s%%' order by path"
                                    .formatted(known, MARK));
            paths.forEach(path -> seen(Place.TABLE, path));
            // Those of one batch come together, and batches in order.
            known = paths.isEmpty() ? known : paths.getLast();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Waits for so many more events to be seen everywhere, and says how long each took. */
    Figures next(int count) {
        Set<String> before = Set.copyOf(sentNanos.keySet());
        while (failures.isEmpty()) {
            Set<String> seen = new HashSet<>(sentNanos.keySet());
            seen.removeAll(before);
            for (Place place : Place.values()) {
                seen.removeAll(missing(place));
            }
            if (seen.size() >= count) {
                return figures(seen);
            }
            LockSupport.parkNanos(BEAT_NANOS);
        }
        throw new AssertionError("nobody looks any more", failures.peek());
    }

    private Figures figures(Set<String> paths) {
        Map<String, Figures.Spread> spreads = new TreeMap<>();
        for (Place place : Place.values()) {
            long[] took =
                    paths.stream()
                            .mapToLong(path ->
                                    Objects.requireNonNull(places(place).get(path))
                                            - Objects.requireNonNull(sentNanos.get(path)))
                            .sorted()
                            .toArray();
            spreads.put(
                    place.name().toLowerCase(Locale.ROOT),
                    new Figures.Spread(
                            ms(took[took.length / 2]), ms(took[took.length * 99 / 100])));
        }
        return new Figures(paths.size(), spreads);
    }

    private static long ms(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** By the place where they were seen. */
    record Figures(int events, Map<String, Spread> places) {
        record Spread(long p50Ms, long p99Ms) {
            @Override
            public String toString() {
                return "p50 %d ms, p99 %d ms".formatted(p50Ms, p99Ms);
            }
        }

        @Override
        public String toString() {
            return "%d events by %s".formatted(events, places);
        }
    }

    @Override
    public void close() {
        stopping = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        live.close();
    }
}
