package dev.millrace.bench;

import com.sun.management.OperatingSystemMXBean;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.Storage;
import dev.millrace.engine.Engine;
import dev.millrace.engine.EngineOptions;
import dev.millrace.engine.IngestOutcome;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.PutOutcome;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How soon the engine is there again, on a real data directory. First, events that are all in rows:
 * ten million of them in a million groups of an open window, remembered ids included, from opening
 * the storage to taking events. Then a journal of which nothing is committed, as after a crash: how
 * fast it is caught up with, against the rate at which the same process takes the same events live,
 * durable, from two threads, up to the moment at which the last is in a row. Live and catch-up take
 * turns, and the first turn warms up.
 *
 * <p>A run is void unless every event is counted once. Arguments: events to open with, groups,
 * events of a turn (default: 10000000 1000000 3000000; 0 leaves a part out).
 */
public final class RecoveryBenchmark {
    private static final int BATCH = 1_000;
    private static final int FEW_GROUPS = 2_000;
    private static final int TURNS = 4;
    private static final int RECORDS_AN_APPEND = 16;
    private static final long SPAN_MS = 1_000;

    private static final String DEFINITION =
            """
            pipeline: web
            dedupeLimit: 10000000
            stages:
              - {name: people, filter: "type == 'page_view' && !data.ua.contains('bot')"}
              - name: views
                aggregate:
                  {window: {tumbling: 366d}, by: [data.visitor], values: {views: count}, maxGroups: 2000000}
            """;

    /** Time that passed, and processor time of the process, collections included. */
    private record Spent(double seconds, double cpuSeconds) {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        /** Since the epoch of the clocks. */
        static Spent now() {
            return new Spent(System.nanoTime() / 1e9, SYSTEM.getProcessCpuTime() / 1e9);
        }

        Spent since(Spent begin) {
            return new Spent(seconds - begin.seconds, cpuSeconds - begin.cpuSeconds);
        }
    }

    private RecoveryBenchmark() {}

    public static void main(String[] args) throws Exception {
        int events = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
        int groups = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        int turn = args.length > 2 ? Integer.parseInt(args[2]) : 3_000_000;
        if (events > 0) {
            opening(events, groups);
        }
        for (int i = 0; i < TURNS && turn > 0; i++) {
            Spent live = live(turn);
            Spent caughtUp = catchingUp(turn);
            System.out.printf(
                    "%s%,.0f events/s live, %,.0f events/s caught up with: %.2f; %,.0f and %,.0f ns of CPU an event: %.2f%n",
                    i == 0 ? "warm-up: " : "",
                    turn / live.seconds(),
                    turn / caughtUp.seconds(),
                    live.seconds() / caughtUp.seconds(),
                    live.cpuSeconds() * 1e9 / turn,
                    caughtUp.cpuSeconds() * 1e9 / turn,
                    live.cpuSeconds() / caughtUp.cpuSeconds());
        }
    }

    private static void opening(int events, int groups) throws Exception {
        Path data = Files.createTempDirectory("millrace-recovery");
        try {
            // How it came in does not matter here, only that it is there.
            try (Storage storage =
                            RocksStorage.open(data, StoreOptions.defaults().withUnsafeNoSync());
                    Engine engine = Engine.open(storage, EngineOptions.defaults())) {
                ingest(create(engine), events, groups);
            }
            for (int i = 0; i < 3; i++) {
                Spent begin = Spent.now();
                try (Storage storage = RocksStorage.open(data, StoreOptions.defaults())) {
                    Spent opened = Spent.now().since(begin);
                    try (Engine engine = Engine.open(storage, EngineOptions.defaults())) {
                        Spent ready = Spent.now().since(begin);
                        requireAll(engine.pipeline("web").orElseThrow(), events);
                        System.out.printf(
                                "%,d events, %,d groups: open in %.2f s, %.2f of CPU; of them the storage %.2f and %.2f%n",
                                events,
                                groups,
                                ready.seconds(),
                                ready.cpuSeconds(),
                                opened.seconds(),
                                opened.cpuSeconds());
                    }
                }
            }
        } finally {
            delete(data);
        }
    }

    private static Spent live(int events) throws Exception {
        Path data = Files.createTempDirectory("millrace-recovery");
        try (Storage storage = RocksStorage.open(data, StoreOptions.defaults());
                Engine engine = Engine.open(storage, EngineOptions.defaults())) {
            Pipeline web = create(engine);
            Spent begin = Spent.now();
            ingest(web, events, FEW_GROUPS);
            Spent spent = Spent.now().since(begin);
            requireAll(web, events);
            return spent;
        } finally {
            delete(data);
        }
    }

    private static Spent catchingUp(int events) throws Exception {
        Path data = Files.createTempDirectory("millrace-recovery");
        try {
            try (Storage storage = RocksStorage.open(data, StoreOptions.defaults())) {
                try (Engine engine = Engine.open(storage, EngineOptions.defaults())) {
                    Pipeline _ = create(engine);
                }
                append(storage, events);
            }
            Spent begin = Spent.now();
            try (Storage storage = RocksStorage.open(data, StoreOptions.defaults())) {
                try (Engine engine = Engine.open(storage, EngineOptions.defaults())) {
                    Pipeline web = engine.pipeline("web").orElseThrow();
                    awaitRows(web);
                    Spent spent = Spent.now().since(begin);
                    requireAll(web, events);
                    return spent;
                }
            }
        } finally {
            delete(data);
        }
    }

    private static Pipeline create(Engine engine) {
        if (!(engine.put("web", DEFINITION, false) instanceof PutOutcome.Created)) {
            throw new IllegalStateException("the pipeline was not created");
        }
        return engine.pipeline("web").orElseThrow();
    }

    /** From two threads; returns once all events are in rows. */
    private static void ingest(Pipeline web, int events, int groups) throws InterruptedException {
        AtomicLong batches = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (long batch = batches.getAndIncrement();
                                        batch < events / BATCH;
                                        batch = batches.getAndIncrement()) {
                                    ingest(web, body(batch, groups));
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        awaitRows(web);
    }

    private static void awaitRows(Pipeline web) throws InterruptedException {
        while (web.ledger().inFlight() > 0) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static void ingest(Pipeline web, byte[] body) {
        while (true) {
            switch (web.ingest(body, BodyFormat.NDJSON)) {
                case IngestOutcome.Accepted _ -> {
                    return;
                }
                case IngestOutcome.QueueFull _ -> LockSupport.parkNanos(100_000);
                case IngestOutcome refused -> throw new IllegalStateException(refused.toString());
            }
        }
    }

    /** A journal that nobody has worked on, with the records that live events leave. */
    private static void append(Storage storage, int events) {
        PipelineStore store = storage.pipelines().getFirst();
        List<JournalAppend> group = new ArrayList<>();
        for (long batch = 0; batch < events / BATCH; batch++) {
            var record =
                    new JournalRecord.Events(
                            System.currentTimeMillis(),
                            1,
                            BATCH,
                            0,
                            false,
                            body(batch, FEW_GROUPS));
            group.add(JournalAppend.of(store, batch * BATCH, JournalCodec.encode(record)));
            if (group.size() == RECORDS_AN_APPEND || batch == events / BATCH - 1) {
                storage.append(group);
                group.clear();
            }
        }
    }

    private static void requireAll(Pipeline web, int events) {
        var ledger = web.ledger();
        if (!ledger.balanced() || ledger.completed() != events) {
            throw new IllegalStateException("void: " + ledger);
        }
    }

    private static byte[] body(long batch, int groups) {
        byte[] body = new byte[BATCH * Line.BYTES.length];
        long nowMs = System.currentTimeMillis();
        for (int i = 0; i < BATCH; i++) {
            int at = i * Line.BYTES.length;
            System.arraycopy(Line.BYTES, 0, body, at, Line.BYTES.length);
            long number = batch * BATCH + i;
            digits(body, at + Line.ID_END, number);
            digits(body, at + Line.TIME_END, nowMs - SPAN_MS + SPAN_MS * i / BATCH);
            digits(body, at + Line.VISITOR_END, number % groups);
        }
        return body;
    }

    private static void digits(byte[] out, int end, long number) {
        long rest = number;
        for (int i = end - 1; rest > 0; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** One event of 371 bytes, whose numbers are written over. */
    private static final class Line {
        private static final String BEFORE_ID = "{\"id\":\"e";
        private static final String ID = "000000000000";
        private static final String BEFORE_TIME = "\",\"timestamp\":";
        private static final String TIME = "0000000000000";
        private static final String BEFORE_VISITOR =
                ",\"type\":\"page_view\",\"source\":\"site-17\",\"data\":{\"visitor\":\"v";
        private static final String VISITOR = "00000000";
        private static final String REST =
                "\",\"path\":\"/articles/1204/index.html\",\"ua\":\"Mozilla/5.0 (X11; Linux x86_64;"
                        + " rv:127.0) Gecko/20100101 Firefox/127.0\",\"referrer\":"
                        + "\"https://www.example.org/search?q=512\",\"status\":200,\"bytes\":48213,"
                        + "\"load_ms\":1207,\"pad\":\"";
        private static final String END = "\"}}\n";
        private static final int ID_END = BEFORE_ID.length() + ID.length();
        private static final int TIME_END = ID_END + BEFORE_TIME.length() + TIME.length();
        private static final int VISITOR_END =
                TIME_END + BEFORE_VISITOR.length() + VISITOR.length();
        private static final byte[] BYTES = bytes();

        private Line() {}

        private static byte[] bytes() {
            String line = BEFORE_ID + ID + BEFORE_TIME + TIME + BEFORE_VISITOR + VISITOR + REST;
            String pad = "x".repeat(WebEvents.BYTES - line.length() - END.length());
            return (line + pad + END).getBytes(StandardCharsets.US_ASCII);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
