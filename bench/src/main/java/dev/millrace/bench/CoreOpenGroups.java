package dev.millrace.bench;

import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.DeadLetters;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.port.WindowRows;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Our tasks with {@link OpenGroups}, one partition, a count and a distinct count. What a commit
 * writes to disk is kept in memory, and is in the heap; in variant {@code stored} it goes to disk,
 * as a server's does. The journal is left out.
 */
public final class CoreOpenGroups {
    private static final int BATCH = 1_000;
    private static final int COMMIT_EVERY = 100_000;

    private static final String DEFINITION =
            """
            pipeline: web
            partitions: 1
            dedupe: 0s
            stages:
              - name: views
                aggregate:
                  window: {tumbling: 1d}
                  by: [data.path]
                  values: {views: count, visitors: {distinct: data.visitor}}
                  maxGroups: 10000000
            """;

    private static final PipelineVersion VERSION =
            new PipelineVersion(1, 0, "", Map.of(), Map.of("views", 1));

    private final PipelineProgram program =
            new PipelineProgram(
                    VERSION,
                    ((DefinitionReader.Valid) DefinitionReader.read(DEFINITION, SchemaSource.NONE))
                            .definition(),
                    1,
                    1,
                    StageServices.NONE);
    private final OpenGroups groups;
    private final WindowRows rows;
    private final Commits commits;
    private final PartitionTask task;
    private final MergeTask merge;

    /** Where rows go. */
    private interface Commits {
        void commit(Merged merged, Handover handover, long revision);
    }

    private CoreOpenGroups(
            OpenGroups groups, WindowRows rows, DeadLetters letters, Commits commits) {
        this.groups = groups;
        this.rows = rows;
        this.commits = commits;
        this.task =
                new PartitionTask(
                        0, program, PartitionState.initial(1), letters, StageObserver.NONE);
        this.merge = new MergeTask(List.of(program), rows, Checkpoint.initial(1, 1));
    }

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        OpenGroups groups = new OpenGroups(spec.groups());
        if (!spec.variant().equals("stored")) {
            MemoryRows memory = new MemoryRows();
            new CoreOpenGroups(groups, memory, memory, (merged, _, _) -> memory.commit(merged))
                    .measure();
            return;
        }
        try (TempFolder folder = TempFolder.create();
                RocksStorage storage = RocksStorage.open(folder.path(), StoreOptions.defaults())) {
            PipelineStore store = storage.create("web", VERSION);
            new CoreOpenGroups(
                            groups,
                            store,
                            store,
                            (merged, handover, revision) ->
                                    store.commit(commit(merged, handover, revision)))
                    .measure();
        }
    }

    private static Commit commit(Merged merged, Handover handover, long revision) {
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
        return new Commit(
                checkpoint.encode(),
                merged.rows(),
                merged.expiries(),
                merged.dropped(),
                List.of(),
                List.of(),
                Long.MIN_VALUE,
                List.of());
    }

    private void measure() throws IOException {
        Meter meter = new Meter();
        meter.start();
        for (long first = 0; first < groups.events(); first += BATCH) {
            byte[] body = body(first);
            var read =
                    (ReadResult.Read)
                            program.reader()
                                    .read(
                                            body,
                                            body.length,
                                            BodyFormat.NDJSON,
                                            OpenGroups.timestampMs(first + BATCH));
            task.process(new TaskRecord.Events(read.batch(), first, first + BATCH));
            long end = first + BATCH;
            if (end % COMMIT_EVERY == 0 || end >= groups.events()) {
                long revision = first / COMMIT_EVERY;
                Handover handover = task.handOver();
                commits.commit(merge.merge(List.of(handover), revision), handover, revision);
            }
        }
        meter.stop(groups.events());
        groups.report(meter, OpenGroups.usedHeapBytes(), counted(), merge.groups());
    }

    private byte[] body(long first) {
        StringBuilder body = new StringBuilder();
        for (long event = first; event < first + BATCH; event++) {
            body.append("{\"id\":\"")
                    .append(event)
                    .append("\",\"type\":\"page_view\",\"source\":\"web\",\"timestamp\":")
                    .append(OpenGroups.timestampMs(event))
                    .append(",\"data\":{\"path\":\"")
                    .append(groups.path(event))
                    .append("\",\"visitor\":\"")
                    .append(groups.visitor(event))
                    .append("\"}}\n");
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private long counted() {
        long[] sum = {0};
        long dayMs = Duration.ofDays(1).toMillis();
        long nowMs = OpenGroups.timestampMs(groups.events());
        RowSource.of(program.aggregations().getFirst(), rows, nowMs, nowMs)
                .rows(
                        OpenGroups.START_MS - dayMs,
                        OpenGroups.START_MS + dayMs,
                        null,
                        row -> {
                            if (row.value(0) instanceof Number count) {
                                sum[0] += count.longValue();
                            }
                            return true;
                        });
        return sum[0];
    }
}
