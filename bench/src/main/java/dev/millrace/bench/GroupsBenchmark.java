package dev.millrace.bench;

import com.sun.management.OperatingSystemMXBean;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.MergeTask;
import dev.millrace.core.task.PartitionState;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.StageObserver;
import dev.millrace.core.task.TaskRecord;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One thread, no storage: sessions of visitors and tumbling counts of pages, all of them open at
 * once, ten thousand and a million of them. Every group is there before the measurement; then both
 * take events in alternation, of random groups, the same number in each commit. Prints the CPU time
 * of the whole process (garbage collection included) per event, from its JSON to the rows of the
 * commit, the mean of rounds; the ratio; and the heap that is held, after a collection.
 *
 * <p>Two sizes of commit: with the large one, the rows of ten thousand groups take ten events each,
 * those of a million hardly more than one, so that there are nine times as many rows to hand over.
 */
public final class GroupsBenchmark {
    private static final int BATCH = 1_000;
    private static final int ROUND = 100_000;
    private static final int WARM_UPS = 5;
    private static final int ROUNDS = 15;
    private static final int FEW = 10_000;
    private static final int MANY = 1_000_000;
    private static final int[] COMMITS = {10_000, 100_000};
    private static final long START_MS = 1_700_000_000_000L;
    private static final long BATCH_SPAN_MS = 100;

    private static final Map<String, String> AGGREGATES =
            new TreeMap<>(
                    Map.of(
                            "{session: 30m}", "{pages: count, bytes: {sum: data.bytes}}",
                            "{tumbling: 1d}", "{pages: count}"));

    private final int groups;
    private final Random random;
    private final PipelineProgram program;
    private final PartitionTask task;
    private final MergeTask merge;
    private long batches;
    private long commits;

    private GroupsBenchmark(int groups, String window, String values) {
        MemoryRows nothing = new MemoryRows();
        this.groups = groups;
        this.random = new Random(groups);
        this.program =
                new PipelineProgram(
                        new PipelineVersion(1, 0, "", Map.of(), Map.of("visits", 1)),
                        definition(window, values),
                        1,
                        1,
                        StageServices.NONE);
        this.task =
                new PartitionTask(
                        0, program, PartitionState.initial(1), nothing, StageObserver.NONE);
        this.merge = new MergeTask(List.of(program), nothing, Checkpoint.initial(1, 1));
    }

    public static void main(String[] args) {
        AGGREGATES.forEach(GroupsBenchmark::compare);
    }

    private static void compare(String window, String values) {
        long empty = usedHeap();
        GroupsBenchmark few = filled(FEW, window, values);
        long withFew = usedHeap();
        GroupsBenchmark many = filled(MANY, window, values);
        for (int commit : COMMITS) {
            double ofFew = 0;
            double ofMany = 0;
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                double fewNanos = few.round(commit);
                double manyNanos = many.round(commit);
                if (round >= 0) {
                    ofFew += fewNanos / ROUNDS;
                    ofMany += manyNanos / ROUNDS;
                }
            }
            System.out.printf(
                    "%s, a commit every %,7d events: %,6.0f ns of CPU an event of %,d groups,"
                            + " %,6.0f of %,d: %.2f%n",
                    window, commit, ofFew, FEW, ofMany, MANY, ofMany / ofFew);
        }
        System.out.printf(
                "%s, heap held: %,d MiB for %,d groups, %,d MiB for %,d%n",
                window, withFew - empty >> 20, few.open(), usedHeap() - withFew >> 20, many.open());
    }

    private static GroupsBenchmark filled(int groups, String window, String values) {
        GroupsBenchmark filled = new GroupsBenchmark(groups, window, values);
        int[] order = new int[groups];
        for (int i = 0; i < groups; i++) {
            int other = filled.random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        for (int from = 0; from < groups; from += BATCH) {
            filled.take(filled.body(Arrays.copyOfRange(order, from, from + BATCH)));
            if ((from + BATCH) % FEW == 0) {
                int _ = filled.commit();
            }
        }
        return filled;
    }

    /** CPU nanoseconds per event. */
    private double round(int commitEvery) {
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < ROUND / BATCH; i++) {
            bodies.add(body(random.ints(BATCH, 0, groups).toArray()));
        }
        long rows = 0;
        long begin = cpuNanos();
        for (int i = 0; i < bodies.size(); i++) {
            take(bodies.get(i));
            if ((i + 1) * BATCH % commitEvery == 0) {
                rows += commit();
            }
        }
        double nanos = (double) (cpuNanos() - begin) / ROUND;
        if (rows == 0 || open() != groups) {
            throw new IllegalStateException(rows + " rows and " + open() + " groups of " + groups);
        }
        return nanos;
    }

    private void take(byte[] body) {
        long receivedMs = START_MS + (batches + 1) * BATCH_SPAN_MS;
        ReadResult read = program.reader().read(body, body.length, BodyFormat.NDJSON, receivedMs);
        batches++;
        task.process(
                new TaskRecord.Events(
                        ((ReadResult.Read) read).batch(), (batches - 1) * BATCH, batches * BATCH));
    }

    /** Returns how many rows changed. */
    private int commit() {
        return merge.merge(List.of(task.handOver()), commits++).rows().size();
    }

    private long open() {
        return merge.groups();
    }

    private static PipelineDefinition definition(String window, String values) {
        String definition =
                """
                pipeline: web
                partitions: 1
                dedupe: 0s
                stages:
                  - name: visits
                    aggregate:
                      window: %s
                      by: [data.ip]
                      values: %s
                      maxGroups: 1000000
                """
                        .formatted(window, values);
        return ((DefinitionReader.Valid) DefinitionReader.read(definition, SchemaSource.NONE))
                .definition();
    }

    private byte[] body(int[] visitors) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < visitors.length; i++) {
            body.append("{\"id\":\"")
                    .append(batches * BATCH + i)
                    .append("\",\"type\":\"view\",\"source\":\"web\",\"timestamp\":")
                    .append(START_MS + batches * BATCH_SPAN_MS + i * BATCH_SPAN_MS / BATCH)
                    .append(",\"data\":{\"ip\":\"203.0.")
                    .append(visitors[i])
                    .append("\",\"path\":\"/products/")
                    .append(random.nextInt(5_000))
                    .append("\",\"bytes\":")
                    .append(random.nextInt(100_000))
                    .append("}}\n");
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
