package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.task.PartitionState;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.StageObserver;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Map;

/** What a partition holds while no commit comes to take it. */
class UncommittedTest {
    private static final int RECORDS = 1_000;
    private static final long BYTES = 20_000;

    private static final String NEW_GROUPS =
            """
            pipeline: web
            stages:
              - name: views
                aggregate: {window: {tumbling: 1d}, by: [id], values: {views: count, ids: {distinct: id}}}
            """;

    private static final String LETTERS =
            """
            pipeline: web
            stages: [{name: broken, filter: "data.none.deeper == 1"}]
            """;

    private static final String SESSIONS =
            """
            pipeline: web
            dedupe: 0s
            stages:
              - name: visits
                aggregate: {window: {session: 1m}, by: [id], values: {views: count}}
            """;

    private final TaskPool pool = new TaskPool(1);
    private final QueueDepth depth = new QueueDepth(1 << 20);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void aPartitionWaitsForTheCommitWhenItHoldsTooManyGroups() {
        waitsAndGoesOn(NEW_GROUPS);
    }

    @Test
    void aPartitionWaitsForTheCommitWhenItHoldsTooManySessions() {
        waitsAndGoesOn(SESSIONS);
    }

    @Test
    void aPartitionWaitsForTheCommitWhenItHoldsTooManyLetters() {
        waitsAndGoesOn(LETTERS);
    }

    private void waitsAndGoesOn(String definition) {
        PartitionRunner runner = runner(program(definition), BYTES);
        PipelineProgram program = program(definition);
        for (int i = 0; i < RECORDS; i++) {
            runner.submit(new TaskRecord.Events(batch(program, i), i, i + 1), 1, share());
        }

        long taken = 0;
        int handovers = 0;
        while (taken < RECORDS) {
            await().until(() -> runner.isFull() || depth.events() == 0);
            // It stands still: what it holds is little more than the bound.
            taken = runner.handOver().join().handover().state().eventsTaken();
            handovers++;
        }

        // An event comes to 16 bytes of id, or hundreds of a letter or group.
        assertThat(handovers).isBetween(5, RECORDS / 2);
        assertThat(taken).isEqualTo(RECORDS);
    }

    private PartitionRunner runner(PipelineProgram program, long uncommittedBytesMax) {
        HostClock clock = HostClock.system();
        var store =
                new MemoryStorage()
                        .create("web", new PipelineVersion(1, 0, "", Map.of(), Map.of()));
        PartitionTask task =
                new PartitionTask(0, program, PartitionState.initial(1), store, StageObserver.NONE);
        return new PartitionRunner(
                pool,
                Runnable::run,
                task,
                new StageClock(clock),
                new DrainRate(clock.nanos()),
                clock,
                0,
                uncommittedBytesMax,
                () -> 0);
    }

    private static PipelineProgram program(String text) {
        PipelineDefinition definition =
                ((DefinitionReader.Valid) DefinitionReader.read(text, SchemaSource.NONE))
                        .definition();
        return new PipelineProgram(
                new PipelineVersion(1, 0, text, Map.of(), Map.of("views", 1, "visits", 2)),
                definition,
                1,
                10_000,
                StageServices.NONE);
    }

    private BatchShare share() {
        depth.enter(1, 1);
        depth.enterLive(1);
        return new BatchShare(depth, 1, false, 1);
    }

    private static EventBatch batch(PipelineProgram program, int i) {
        byte[] event =
                "{\"id\":\"e%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":%d,\"data\":{}}"
                        .formatted(i, 1_700_000_000_000L + i)
                        .getBytes(UTF_8);
        return program.reader().reread(event, 0, event.length, 1_700_000_000_000L);
    }
}
