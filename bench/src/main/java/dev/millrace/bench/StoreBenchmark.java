package dev.millrace.bench;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * How fast the storage takes web events of 371 bytes, each append synced: records of many events,
 * as batches come in, and groups of records of one event, as the group commit makes them of single
 * requests. Then how long it takes to open again with the log full.
 *
 * <p>Arguments: a directory on the disk to be measured (default: the system's for temporary files),
 * then {@code nosync} to leave out the sync.
 */
public final class StoreBenchmark {
    private static final int EVENT_BYTES = 371;
    private static final int DISTINCT_RECORDS = 64;
    private static final long NANOS = 1_000_000_000L;
    private static final long WARM_UP_NANOS = NANOS;
    private static final long RUN_NANOS = 4 * NANOS;
    private static final long LATENCY_NANOS_MAX = 60 * NANOS;

    private final RocksStorage storage;
    private final PipelineStore pipeline;
    private long offset;

    private StoreBenchmark(RocksStorage storage) {
        this.storage = storage;
        this.pipeline = storage.create("bench", new PipelineVersion(1, 0, "", Map.of(), Map.of()));
    }

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        Path parent = Path.of(args.length > 0 ? args[0] : System.getProperty("java.io.tmpdir"));
        boolean sync = args.length < 2 || !args[1].equals("nosync");
        StoreOptions options = StoreOptions.defaults();
        options = sync ? options : options.withUnsafeNoSync();
        Path directory = Files.createTempDirectory(parent, "store-benchmark");
        try {
            try (RocksStorage storage = RocksStorage.open(directory, options)) {
                StoreBenchmark benchmark = new StoreBenchmark(storage);
                for (int events : new int[] {200, 1_000, 2_000}) {
                    benchmark.run(1, events);
                }
                for (int records : new int[] {1, 4, 16, 64}) {
                    benchmark.run(records, 1);
                }
            }
            long start = System.nanoTime();
            RocksStorage.open(directory, options).close();
            System.out.printf("opened again in %,d ms%n", (System.nanoTime() - start) / 1_000_000);
        } finally {
            delete(directory);
        }
    }

    @SuppressWarnings("SystemOut")
    private void run(int records, int events) {
        byte[][] encoded = records(events);
        append(encoded, records, events, WARM_UP_NANOS);
        Histogram latencies = append(encoded, records, events, RUN_NANOS);
        long total = latencies.getTotalCount() * records * events;
        System.out.printf(
                "%,5d records of %,5d events: %,10d events/s, an append p50 %,6d us, p99 %,6d us%n",
                records,
                events,
                total * NANOS / RUN_NANOS,
                latencies.getValueAtPercentile(50) / 1_000,
                latencies.getValueAtPercentile(99) / 1_000);
    }

    private Histogram append(byte[][] encoded, int records, int events, long nanos) {
        Histogram latencies = new Histogram(LATENCY_NANOS_MAX, 3);
        long end = System.nanoTime() + nanos;
        for (long now = System.nanoTime(); now < end; ) {
            List<JournalAppend> appends = new ArrayList<>(records);
            for (int i = 0; i < records; i++) {
                byte[] record = encoded[(int) (offset / events % encoded.length)];
                appends.add(JournalAppend.of(pipeline, offset, record));
                offset += events;
            }
            storage.append(appends);
            long then = System.nanoTime();
            latencies.recordValue(then - now);
            now = then;
        }
        return latencies;
    }

    private static byte[][] records(int events) {
        Random random = new Random(1);
        byte[][] records = new byte[DISTINCT_RECORDS][];
        for (int i = 0; i < records.length; i++) {
            StringBuilder payload = new StringBuilder(events * EVENT_BYTES);
            for (int event = 0; event < events; event++) {
                appendEvent(payload, random);
            }
            byte[] json = payload.toString().getBytes(StandardCharsets.UTF_8);
            records[i] =
                    JournalCodec.encode(new JournalRecord.Events(0, 1, events, 0, false, json));
        }
        return records;
    }

    private static void appendEvent(StringBuilder out, Random random) {
        int end = out.length() + EVENT_BYTES;
        String event =
                """
                {"id":"%016x%016x","type":"page_view","source":"shop-%02d.example",\
                "timestamp":%d,"data":{"visitor":"v%08x","path":"/products/%d/%s",\
                "referrer":"https://www.example.com/search?q=%s","status":%d,"bytes":%d,\
                "load_ms":%d,"ua":"Mozilla/5.0 (%s) AppleWebKit/537.36 Safari/%d\
                """
                        .formatted(
                                random.nextLong(),
                                random.nextLong(),
                                random.nextInt(50),
                                1_760_000_000_000L + random.nextInt(1_000_000),
                                random.nextInt(100_000),
                                random.nextInt(2_000),
                                word(random),
                                word(random),
                                random.nextInt(20) == 0 ? 404 : 200,
                                random.nextInt(100_000),
                                random.nextInt(3_000),
                                random.nextBoolean() ? "Windows NT 10.0" : "X11; Linux x86_64",
                                500 + random.nextInt(40));
        out.append(event);
        while (out.length() < end - 4) {
            out.append((char) ('a' + random.nextInt(26)));
        }
        out.setLength(end - 4);
        out.append("\"}}\n");
    }

    private static String word(Random random) {
        String[] words = {"red", "shoes", "summer", "garden", "lamp", "winter", "coat", "blue"};
        return words[random.nextInt(words.length)] + '-' + words[random.nextInt(words.length)];
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
