package dev.millrace.bench;

import com.sun.management.OperatingSystemMXBean;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.MergeTask;
import dev.millrace.core.task.Merged;
import dev.millrace.core.task.PartitionState;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.StageObserver;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What windows cost an event: journal, parse, aggregate, merge and synced commit into RocksDB, as
 * the engine does it but on one thread, then every final row of every window read once. 1,000
 * events of 371 bytes per second of event time, 2,000 pages, a commit every 100 s of event time.
 * Prints CPU time of the whole process (RocksDB's threads and garbage collection included) per
 * event, the median of rounds in alternation, and the ratio to the tumbling window.
 *
 * <p>Arguments: names of values, all by default; {@code groups} measures instead a tumbling count
 * over ten thousand open groups, and over as many as the events can open: while they come up, and
 * once all are open, when the same events come again; with the heap that they take.
 */
public final class WindowBenchmark {
    private static final int BATCH = 1_000;
    private static final int BATCHES = 900;
    private static final int COMMIT_EVERY = 100;
    private static final int APPEND_EVERY = 10;
    private static final int WARM_UPS = 1;
    private static final int ROUNDS = 3;
    private static final long START_MS = 1_700_000_100_000L;

    private static final String DEFINITION =
            """
            pipeline: web
            partitions: 1
            dedupe: 0s
            stages:
              - name: views
                aggregate: {window: %s, by: [%s], values: {%s}, keep: 2d, maxGroups: 2000000}
            """;

    private static final List<String> WINDOWS =
            List.of(
                    "{tumbling: 5m}",
                    "{sliding: 5m, every: 1s}",
                    "{sliding: 5m, every: 10s}",
                    "{sliding: 1h, every: 1s}");

    private static final Map<String, String> VALUES =
            new TreeMap<>(
                    Map.of(
                            "count", "v: count",
                            "sum", "v: {sum: data.bytes}",
                            "min", "v: {min: data.bytes}",
                            "max", "v: {max: data.bytes}",
                            "distinct", "v: {distinct: data.visitor}"));

    private final List<byte[]> bodies = new ArrayList<>();

    /** CPU nanoseconds per event, without and with the reading of rows. */
    private record Cost(double ingested, double read, long rows) {}

    private WindowBenchmark(int groups) {
        WebEvents events = new WebEvents(1, groups, "window");
        for (int i = 0; i < BATCHES; i++) {
            bodies.add(events.body(BATCH, START_MS + i * 1_000L, 1_000));
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals("groups")) {
            groups();
        } else {
            windows(args.length > 0 ? List.of(args) : List.copyOf(VALUES.keySet()));
        }
    }

    private static void windows(List<String> values) throws IOException {
        WindowBenchmark benchmark = new WindowBenchmark(2_000);
        System.out.println("ns of CPU an event, with rows (without); ratio to tumbling");
        for (String value : values) {
            Cost[][] costs = new Cost[WINDOWS.size()][ROUNDS];
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                for (int i = 0; i < costs.length; i++) {
                    Cost cost =
                            benchmark.measure(
                                    DEFINITION.formatted(
                                            WINDOWS.get(i), "data.path", VALUES.get(value)));
                    if (round >= 0) {
                        costs[i][round] = cost;
                    }
                }
            }
            double tumbling = Double.NaN;
            for (int i = 0; i < costs.length; i++) {
                Cost cost = median(costs[i]);
                tumbling = i == 0 ? cost.ingested() + cost.read() : tumbling;
                System.out.printf(
                        "%-9s %-26s %,7.0f (%,6.0f)  %.2f  %,d rows%n",
                        value,
                        WINDOWS.get(i),
                        cost.ingested() + cost.read(),
                        cost.ingested(),
                        (cost.ingested() + cost.read()) / tumbling,
                        cost.rows());
            }
        }
    }

    private static void groups() throws IOException {
        double few = Double.NaN;
        for (int pages : new int[] {10_000, 4_000_000}) {
            WindowBenchmark benchmark = new WindowBenchmark(pages);
            String definition = DEFINITION.formatted("{tumbling: 1d}", "data.path", "v: count");
            Open[] opens = new Open[ROUNDS];
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                Open open = benchmark.open(definition);
                if (round >= 0) {
                    opens[round] = open;
                }
            }
            Arrays.sort(opens, Comparator.comparingDouble(Open::again));
            Open open = opens[ROUNDS / 2];
            few = Double.isNaN(few) ? open.again() : few;
            System.out.printf(
                    "%,9d groups  %,7.0f ns of CPU an event once open (%,6.0f while opened)"
                            + "  %.2f  %,d MiB of heap%n",
                    open.groups(),
                    open.again(),
                    open.first(),
                    open.again() / few,
                    open.heapBytes() >> 20);
        }
    }

    /** CPU nanoseconds per event while groups are opened, and once all are. */
    private record Open(double first, double again, long groups, long heapBytes) {}

    private Open open(String definition) throws IOException {
        Path directory = Files.createTempDirectory("window-benchmark");
        long heapBefore = usedHeap();
        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            Run run = run(storage, definition);
            long begin = cpuNanos();
            long _ = ingest(run, 0);
            long opened = cpuNanos();
            long _ = ingest(run, 1);
            double events = BATCH * BATCHES;
            double again = (cpuNanos() - opened) / events;
            return new Open(
                    (opened - begin) / events,
                    again,
                    run.merge().groups(),
                    usedHeap() - heapBefore);
        } finally {
            delete(directory);
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static Cost median(Cost[] costs) {
        Cost[] sorted = costs.clone();
        Arrays.sort(sorted, Comparator.comparingDouble(cost -> cost.ingested() + cost.read()));
        return sorted[sorted.length / 2];
    }

    private Cost measure(String definition) throws IOException {
        Path directory = Files.createTempDirectory("window-benchmark");
        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            Run run = run(storage, definition);
            long begin = cpuNanos();
            long watermarkMs = ingest(run, 0);
            long ingested = cpuNanos();
            long rows = read(run.program().aggregations().getFirst(), run.store(), watermarkMs);
            double events = BATCH * BATCHES;
            return new Cost((ingested - begin) / events, (cpuNanos() - ingested) / events, rows);
        } finally {
            delete(directory);
        }
    }

    /** What events go through. */
    private record Run(
            RocksStorage storage,
            PipelineStore store,
            PipelineProgram program,
            PartitionTask task,
            MergeTask merge) {}

    private static Run run(RocksStorage storage, String definition) {
        PipelineVersion version = new PipelineVersion(1, 0, "", Map.of(), Map.of("views", 1));
        PipelineStore store = storage.create("web", version);
        var outcome = (DefinitionReader.Valid) DefinitionReader.read(definition, SchemaSource.NONE);
        PipelineProgram program =
                new PipelineProgram(
                        version, outcome.definition(), 1, 1_000_000, StageServices.NONE);
        PartitionTask task =
                new PartitionTask(0, program, PartitionState.initial(1), store, StageObserver.NONE);
        MergeTask merge = new MergeTask(List.of(program), store, Checkpoint.initial(1, 1));
        return new Run(storage, store, program, task, merge);
    }

    /**
     * Takes all events.
     *
     * @param pass how often they were taken before
     * @return the watermark
     */
    private long ingest(Run run, int pass) {
        PipelineStore store = run.store();
        List<JournalAppend> appends = new ArrayList<>();
        long watermarkMs = Long.MIN_VALUE;
        for (int i = 0; i < bodies.size(); i++) {
            byte[] body = bodies.get(i);
            long batchNumber = (long) pass * BATCHES + i;
            long receivedMs = START_MS + i * 1_000L + 1_000;
            ReadResult read =
                    run.program().reader().read(body, body.length, BodyFormat.NDJSON, receivedMs);
            EventBatch batch = ((ReadResult.Read) read).batch();
            byte[] record =
                    JournalCodec.encode(
                            new JournalRecord.Events(
                                    receivedMs, 1, batch.size(), 0, false, batch.payload()));
            appends.add(JournalAppend.of(store, batchNumber * BATCH, record));
            if (appends.size() == APPEND_EVERY) {
                run.storage().append(appends);
                appends.clear();
            }
            run.task()
                    .process(
                            new TaskRecord.Events(
                                    batch, batchNumber * BATCH, (batchNumber + 1) * BATCH));
            if (i % COMMIT_EVERY == COMMIT_EVERY - 1) {
                watermarkMs = commit(store, run.task().handOver(), run.merge(), batchNumber);
            }
        }
        return watermarkMs;
    }

    private static long commit(
            PipelineStore store, Handover handover, MergeTask merge, long revision) {
        Merged merged = merge.merge(List.of(handover), revision);
        Checkpoint checkpoint =
                new Checkpoint(
                        revision,
                        merged.watermarkMs(),
                        0,
                        0,
                        0,
                        List.of(handover.state()),
                        merged.sessions(),
                        Optional.empty());
        store.commit(
                new Commit(
                        checkpoint.encode(),
                        merged.rows(),
                        merged.expiries(),
                        merged.dropped(),
                        List.of(),
                        List.of(),
                        Long.MIN_VALUE,
                        List.of()));
        return merged.watermarkMs();
    }

    private static long read(Aggregation aggregation, PipelineStore store, long watermarkMs) {
        long[] rows = {0, 0};
        RowSource.of(aggregation, store, watermarkMs, watermarkMs)
                .rows(
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        null,
                        row -> {
                            rows[0]++;
                            rows[1] += row.revision() + Objects.hashCode(row.value(0));
                            return true;
                        });
        if (rows[1] == 0) {
            throw new IllegalStateException("no rows");
        }
        return rows[0];
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
