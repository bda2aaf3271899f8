package dev.millrace.bench;

import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.SchemaSource;
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

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Our tasks as the engine drives them, without journal, sync and storage: a thread a partition,
 * each reading bodies and handing every partition its events; a commit every 250 ms, after which
 * the rows of windows that take no more events are read. Dedupe is off but in variant {@code
 * dedupe}.
 */
public final class CoreCount {
    private static final long COMMIT_MS = 250;
    private static final int BATCHES_AHEAD = 8;
    private static final long LATENESS_MS = 60_000;

    private static final String DEFINITION =
            """
            pipeline: web
            partitions: PARTITIONS
            dedupe: DEDUPE
            stages:
              - {name: people, filter: "type == 'page_view' && !data.ua.contains('bot')"}
              - name: views
                aggregate: {window: WINDOW, by: [data.path], values: {views: count}}
            """;

    private final Spec spec;
    private final Input input;
    private final Meter meter = new Meter();
    private final MemoryRows rows = new MemoryRows();
    private final PipelineProgram program;
    private final MergeTask merge;
    private final List<Lane> lanes = new ArrayList<>();
    private final CountDownLatch reading;

    /** The batch to be read next: shared, so that no thread runs ahead of the others. */
    private final AtomicLong next = new AtomicLong();

    private long readToMs = Long.MIN_VALUE;

    private CoreCount(Spec spec) {
        this.spec = spec;
        this.input = new Input(spec);
        this.reading = new CountDownLatch(spec.threads());
        String definition =
                DEFINITION
                        .replace("PARTITIONS", String.valueOf(spec.threads()))
                        .replace("DEDUPE", spec.variant().equals("dedupe") ? "1h" : "0s")
                        .replace(
                                "WINDOW",
                                spec.sliding() ? "{sliding: 5m, every: 1s}" : "{tumbling: 5m}");
        var valid = (DefinitionReader.Valid) DefinitionReader.read(definition, SchemaSource.NONE);
        this.program =
                new PipelineProgram(
                        new PipelineVersion(1, 0, "", Map.of(), Map.of("views", 1)),
                        valid.definition(),
                        spec.threads(),
                        20_000_000,
                        StageServices.NONE);
        this.merge = new MergeTask(List.of(program), rows, Checkpoint.initial(1, spec.threads()));
        for (int i = 0; i < spec.threads(); i++) {
            lanes.add(new Lane(i));
        }
    }

    public static void main(String[] args) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((_, broken) -> {
            System.err.println(broken);
            Runtime.getRuntime().halt(1);
        });
        new CoreCount(Spec.parse(args)).run();
    }

    private void run() throws Exception {
        List<Thread> threads = lanes.stream().map(lane -> Thread.ofPlatform().start(lane)).toList();
        long revision = 0;
        while (!reading.await(COMMIT_MS, TimeUnit.MILLISECONDS)) {
            commit(revision++);
        }
        for (Lane lane : lanes) {
            lane.finished.complete(null);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long endMs = Input.START_MS + next.get() * Input.BATCH_MS + LATENESS_MS + 2 * Spec.SIZE_MS;
        List<Handover> last = new ArrayList<>();
        for (Lane lane : lanes) {
            lane.task.process(new TaskRecord.Tick(endMs));
            last.add(lane.task.handOver());
        }
        merge(last, revision);
        meter.finish(spec);
    }

    private void commit(long revision) {
        List<CompletableFuture<Handover>> asked = lanes.stream().map(Lane::ask).toList();
        merge(asked.stream().map(CompletableFuture::join).toList(), revision);
    }

    private void merge(List<Handover> handovers, long revision) {
        handovers.forEach(handover -> meter.late(handover.letters().size()));
        Merged merged = merge.merge(handovers, revision);
        rows.commit(merged);
        long toMs = merged.watermarkMs() - LATENESS_MS - Spec.SIZE_MS;
        RowSource.of(
                        program.aggregations().getFirst(),
                        rows,
                        merged.watermarkMs(),
                        merged.watermarkMs())
                .rows(
                        readToMs,
                        toMs,
                        null,
                        row -> {
                            if (row.value(0) instanceof Number count) {
                                meter.counted(count.longValue());
                            }
                            return true;
                        });
        readToMs = Math.max(readToMs, toMs);
    }

    /** One partition, its thread, and the batches that others have read for it. */
    private final class Lane implements Runnable {
        private final PartitionTask task;
        private final BlockingQueue<EventBatch> handed = new ArrayBlockingQueue<>(BATCHES_AHEAD);
        private final AtomicReference<@Nullable CompletableFuture<Handover>> asked =
                new AtomicReference<>();
        private final CompletableFuture<Void> finished = new CompletableFuture<>();
        private long offset;

        Lane(int number) {
            this.task =
                    new PartitionTask(
                            number, program, PartitionState.initial(1), rows, StageObserver.NONE);
        }

        CompletableFuture<Handover> ask() {
            CompletableFuture<Handover> handover = new CompletableFuture<>();
            asked.set(handover);
            return handover;
        }

        @Override
        public void run() {
            for (long batch = next.getAndIncrement();
                    meter.takes(input.people(batch), spec);
                    batch = next.getAndIncrement()) {
                byte[] body = input.batch(batch);
                ReadResult read =
                        program.reader()
                                .read(
                                        body,
                                        body.length,
                                        BodyFormat.NDJSON,
                                        System.currentTimeMillis());
                if (!(read instanceof ReadResult.Read accepted)) {
                    throw new IllegalStateException(read.toString());
                }
                meter.rejected(accepted.rejections().size());
                for (Lane lane : lanes) {
                    while (lane != this && !lane.handed.offer(accepted.batch())) {
                        turn();
                    }
                }
                process(accepted.batch());
                turn();
            }
            reading.countDown();
            while (!finished.isDone() || !handed.isEmpty()) {
                turn();
                Thread.onSpinWait();
            }
        }

        /** Takes what others have read, and hands over if that is asked for. */
        private void turn() {
            for (EventBatch batch = handed.poll(); batch != null; batch = handed.poll()) {
                process(batch);
            }
            CompletableFuture<Handover> wanted = asked.getAndSet(null);
            if (wanted != null) {
                wanted.complete(task.handOver());
            }
        }

        private void process(EventBatch batch) {
            task.process(new TaskRecord.Events(batch, offset, offset + batch.size()));
            offset += batch.size();
        }
    }
}
