package dev.millrace.bench;

import dev.millrace.bench.redis.LocalRedis;
import dev.millrace.connect.ConnectOptions;
import dev.millrace.connect.ConnectServices;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.RowShape.GroupField;
import dev.millrace.core.connector.RowShape.ValueField;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.pipeline.Settings;
import dev.millrace.core.pipeline.SinkDefinition;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many rows a second sinks take, each a real server beside this process: PostgreSQL, every
 * commit synced, and Redis with its append-only file and without. Batches are those that a pipeline
 * hands over by default; a row has two group fields and three values.
 *
 * <p>First rows of groups that are new, then newer states of the same.
 */
public final class SinksBenchmark {
    private static final int BATCH_ROWS = 5_000;
    private static final int GROUPS = 200_000;
    private static final int WARM_UP_ROWS = 200_000;
    private static final int ROWS = 1_000_000;
    private static final long NANOS = 1_000_000_000L;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String OWNER = "bench/1";
    private static final RowShape SHAPE =
            new RowShape(
                    "views",
                    List.of(new GroupField("source", true), new GroupField("data.path", false)),
                    List.of(
                            new ValueField("views", RowShape.Type.INTEGER),
                            new ValueField("bytes", RowShape.Type.NUMBER),
                            new ValueField("visitors", RowShape.Type.INTEGER)));

    private final String kind;
    private final CursorSink sink;
    private long position;

    private SinksBenchmark(String kind, CursorSink sink) {
        this.kind = kind;
        this.sink = sink;
    }

    public static void main(String[] args) throws Exception {
        try (TempFolder files = TempFolder.create();
                ConnectServices services =
                        new ConnectServices(
                                new ConnectOptions(
                                        List.of(), files.path(), _ -> Optional.empty()))) {
            List<String> kinds = args.length == 0 ? List.of("postgres", "redis") : List.of(args);
            if (kinds.contains("postgres")) {
                postgres(services);
            }
            if (kinds.contains("redis")) {
                redis(services);
            }
        }
    }

    private static void postgres(ConnectServices services) throws Exception {
        try (EmbeddedPostgres server =
                EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start()) {
            String url = "postgresql://postgres@localhost:%d/postgres".formatted(server.getPort());
            run(services, "postgres", Map.of("url", url, "table", "views"));
        }
    }

    private static void redis(ConnectServices services) throws Exception {
        System.out.println("with its append-only file");
        try (LocalRedis server = LocalRedis.startWithFile()) {
            run(services, "redis", Map.of("url", "redis://127.0.0.1:" + server.port()));
        }
        System.out.println("in memory alone");
        try (LocalRedis server = LocalRedis.startInMemory()) {
            run(services, "redis", Map.of("url", "redis://127.0.0.1:" + server.port()));
        }
    }

    private static void run(ConnectServices services, String kind, Map<String, Object> settings)
            throws Exception {
        SinkDefinition definition =
                new SinkDefinition(
                        kind,
                        List.of("views"),
                        1L << 30,
                        new SinkDefinition.Batch(BATCH_ROWS, 4L << 20, Duration.ZERO),
                        TIMEOUT,
                        kind,
                        new Settings(settings));
        SinkContext context = new SinkContext("web", OWNER, definition, List.of(SHAPE), TIMEOUT);
        try (CursorSink sink =
                (CursorSink) services.connectors().sink(kind).orElseThrow().open(context)) {
            sink.reset(new SinkCursor(OWNER, 0));
            SinksBenchmark benchmark = new SinksBenchmark(kind, sink);
            benchmark.deliver("warm-up", 0, WARM_UP_ROWS);
            benchmark.deliver("new groups", 60_000, GROUPS);
            benchmark.deliver("newer states", 60_000, ROWS);
        }
    }

    @SuppressWarnings("SystemOut")
    private void deliver(String what, long window, int rows) {
        long busy = 0;
        for (int done = 0; done < rows; done += BATCH_ROWS) {
            // Made before the clock runs: in a pipeline others do that.
            SinkBatch batch = batch(window);
            long start = System.nanoTime();
            Delivery delivery = sink.deliver(batch);
            busy += System.nanoTime() - start;
            if (!(delivery instanceof Delivery.Delivered)) {
                throw new IllegalStateException(kind + ": " + delivery);
            }
        }
        System.out.printf(
                "%-8s %-12s %,9d rows/s, a batch of %,d in %.1f ms%n",
                kind, what, rows * NANOS / busy, BATCH_ROWS, busy / 1e6 * BATCH_ROWS / rows);
    }

    private SinkBatch batch(long window) {
        long from = position;
        List<SinkItem> items = new ArrayList<>(BATCH_ROWS);
        for (int i = 0; i < BATCH_ROWS; i++, position++) {
            long group = position % GROUPS;
            Map<String, Object> by = new LinkedHashMap<>();
            by.put("source", "shop-%02d.example".formatted(group % 50));
            by.put("data.path", "/products/%d/summer-shoes".formatted(group));
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("views", position);
            values.put("bytes", position * 1_024);
            values.put("visitors", position / 2);
            Row row =
                    new Row(
                            "views",
                            window,
                            window + 60_000,
                            by,
                            values,
                            position + 1,
                            false,
                            false);
            items.add(new SinkItem.RowItem(position, row));
        }
        return new SinkBatch("web", kind, OWNER, from, position, items);
    }
}
