package dev.millrace.bench;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.DeadLetters;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.port.WindowRows;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.MergeTask;
import dev.millrace.core.task.PartitionState;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.StageObserver;
import dev.millrace.core.task.TaskRecord;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * One thread, no storage: sessions of visitors, all of them open at once, with a handover and merge
 * every 100,000 events; for 10,000 visitors and for a million, as many events of each. Prints what
 * an event costs, from its JSON to the rows of the commit, the heap that is held afterwards, and
 * the ratio.
 */
public final class SessionBenchmark {
    private static final int BATCH = 1_000;
    private static final int BATCHES = 2_000;
    private static final int HANDOVER_EVERY = 100;
    private static final int FEW = 10_000;
    private static final int MANY = 1_000_000;
    private static final long START_MS = 1_700_000_000_000L;
    private static final long BATCH_SPAN_MS = 500;

    private static final String DEFINITION =
            """
            pipeline: web
            partitions: 1
            dedupe: 0s
            stages:
              - name: visits
                aggregate:
                  window: {session: 30m}
                  by: [data.ip]
                  values: {pages: count, bytes: {sum: data.bytes}}
                  maxGroups: 1000000
            """;

    /** What one run came to. */
    private record Cost(double nanosPerEvent, long heapBytes, long held) {}

    private SessionBenchmark() {}

    public static void main(String[] args) {
        Cost _ = run(FEW);
        Cost few = run(FEW);
        Cost many = run(MANY);
        print(FEW, few);
        print(MANY, many);
        System.out.printf(
                "an event of %,d visitors costs %.2f of one of %,d%n",
                MANY, many.nanosPerEvent() / few.nanosPerEvent(), FEW);
    }

    private static void print(int visitors, Cost cost) {
        System.out.printf(
                "%,9d visitors, %,9d held  %,8.0f ns an event  %,6d MiB of heap%n",
                visitors, cost.held(), cost.nanosPerEvent(), cost.heapBytes() >> 20);
    }

    private static Cost run(int visitors) {
        long before = usedHeap();
        PipelineProgram program =
                new PipelineProgram(
                        new PipelineVersion(1, 0, "", Map.of(), Map.of("visits", 1)),
                        definition(),
                        1,
                        1,
                        StageServices.NONE);
        Nothing nothing = new Nothing();
        PartitionTask task =
                new PartitionTask(
                        0, program, PartitionState.initial(1), nothing, StageObserver.NONE);
        MergeTask merge = new MergeTask(List.of(program), nothing, Checkpoint.initial(1, 1));
        Random random = new Random(visitors);
        long nanos = 0;
        long rows = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            byte[] body = body(batch, visitors, random);
            long begin = System.nanoTime();
            ReadResult read =
                    program.reader()
                            .read(
                                    body,
                                    body.length,
                                    BodyFormat.NDJSON,
                                    START_MS + (batch + 1) * BATCH_SPAN_MS);
            task.process(
                    new TaskRecord.Events(((ReadResult.Read) read).batch(), (batch + 1L) * BATCH));
            if (batch % HANDOVER_EVERY == HANDOVER_EVERY - 1) {
                rows += merge.merge(List.of(task.handOver()), batch).rows().size();
            }
            nanos += System.nanoTime() - begin;
        }
        if (rows < visitors) {
            throw new IllegalStateException(rows + " rows of " + visitors + " visitors");
        }
        long held = merge.groups();
        Cost cost = new Cost((double) nanos / BATCH / BATCHES, usedHeap() - before, held);
        if (merge.groups() != held || task.watermarkMs() < START_MS) {
            throw new IllegalStateException("the sessions are gone");
        }
        return cost;
    }

    private static PipelineDefinition definition() {
        return ((DefinitionReader.Valid) DefinitionReader.read(DEFINITION, SchemaSource.NONE))
                .definition();
    }

    /** Every visitor comes once in as many events as there are visitors, or nearly so. */
    private static byte[] body(int batch, int visitors, Random random) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < BATCH; i++) {
            long event = (long) batch * BATCH + i;
            long visitor = event * 7_919 % visitors;
            body.append("{\"id\":\"")
                    .append(event)
                    .append("\",\"type\":\"view\",\"source\":\"web\",\"timestamp\":")
                    .append(START_MS + batch * BATCH_SPAN_MS + i * BATCH_SPAN_MS / BATCH)
                    .append(",\"data\":{\"ip\":\"203.0.")
                    .append(visitor)
                    .append("\",\"path\":\"/products/")
                    .append(random.nextInt(5_000))
                    .append("\",\"bytes\":")
                    .append(random.nextInt(100_000))
                    .append("}}\n");
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** A store that holds nothing. */
    private static final class Nothing implements WindowRows, DeadLetters {
        @Override
        public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
            return null;
        }

        @Override
        public void rows(
                int aggregate, long fromMs, long toMs, @Nullable Place after, RowVisitor visitor) {}

        @Override
        public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
            return OptionalLong.empty();
        }

        @Override
        public Optional<DeadLetter> letter(LetterId id) {
            return Optional.empty();
        }

        @Override
        public void letters(@Nullable LetterId after, LetterVisitor visitor) {}

        @Override
        public long letterCount() {
            return 0;
        }
    }
}
