package dev.millrace.bench;

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

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One thread, no storage: parse, filter, tumbling count per page over 371-byte events, with a
 * handover and merge every 250,000 events; against a hand-written loop over a streaming parser that
 * does the same without dedupe, ledger, lateness or merge. Ours with dedupe and without. Rounds in
 * alternation; prints each median in events a second, and ratios.
 */
public final class CoreBenchmark {
    private static final int BATCH = 1_000;
    private static final int BATCHES = 1_000;
    private static final int ROUNDS = 7;
    private static final int HANDOVER_EVERY = 250;
    private static final long START_MS = 1_700_000_000_000L;
    private static final long WINDOW_MS = 300_000;

    private static final String DEFINITION =
            """
            pipeline: web
            partitions: 1
            dedupe: DEDUPE
            stages:
              - {name: people, filter: "type == 'page_view' && !data.ua.contains('bot')"}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {views: count}}
            """;

    private final List<byte[]> bodies = new ArrayList<>();

    private CoreBenchmark() {
        WebEvents events = new WebEvents(1, 2_000, "core-1");
        for (int i = 0; i < BATCHES; i++) {
            bodies.add(events.body(BATCH, START_MS + i * 1_000L, 1_000));
        }
    }

    public static void main(String[] args) {
        new CoreBenchmark().run();
    }

    private void run() {
        double[][] rates = new double[3][ROUNDS];
        long[] counted = new long[3];
        for (int round = -2; round < ROUNDS; round++) {
            for (int engine = 0; engine < rates.length; engine++) {
                long begin = System.nanoTime();
                counted[engine] =
                        switch (engine) {
                            case 0 -> handWritten();
                            case 1 -> ours("0s");
                            default -> ours("1h");
                        };
                double seconds = (System.nanoTime() - begin) / 1e9;
                if (round >= 0) {
                    rates[engine][round] = BATCH * BATCHES / seconds;
                }
            }
        }
        if (counted[0] != counted[1] || counted[1] != counted[2]) {
            throw new IllegalStateException("the engines disagree: " + Arrays.toString(counted));
        }
        double loop = median(rates[0]);
        System.out.printf("%,d of %,d events counted by each%n", counted[0], BATCH * BATCHES);
        System.out.printf("hand-written loop            %,12.0f events/s%n", loop);
        System.out.printf(
                "core, dedupe off             %,12.0f events/s  %.2f of the loop%n",
                median(rates[1]), median(rates[1]) / loop);
        System.out.printf(
                "core, dedupe on              %,12.0f events/s  %.2f of the loop%n",
                median(rates[2]), median(rates[2]) / loop);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private long ours(String dedupe) {
        var outcome =
                (DefinitionReader.Valid)
                        DefinitionReader.read(
                                DEFINITION.replace("DEDUPE", dedupe), SchemaSource.NONE);
        PipelineProgram program =
                new PipelineProgram(
                        new PipelineVersion(1, 0, "", Map.of(), Map.of("views", 1)),
                        outcome.definition(),
                        1,
                        10_000_000,
                        StageServices.NONE);
        EmptyStore nothing = new EmptyStore();
        PartitionTask task =
                new PartitionTask(
                        0, program, PartitionState.initial(1), nothing, StageObserver.NONE);
        MergeTask merge = new MergeTask(List.of(program), nothing, Checkpoint.initial(1, 1));
        long rows = 0;
        Handover last = task.handOver();
        for (int i = 0; i < bodies.size(); i++) {
            byte[] body = bodies.get(i);
            ReadResult read =
                    program.reader()
                            .read(body, body.length, BodyFormat.NDJSON, START_MS + i * 1_000L);
            EventBatch batch = ((ReadResult.Read) read).batch();
            task.process(new TaskRecord.Events(batch, (long) i * BATCH, (i + 1L) * BATCH));
            if (i % HANDOVER_EVERY == HANDOVER_EVERY - 1) {
                last = task.handOver();
                Merged merged = merge.merge(List.of(last), i);
                rows += merged.rows().size();
            }
        }
        if (rows == 0) {
            throw new IllegalStateException("no rows");
        }
        return last.state().counts().completed();
    }

    private long handWritten() {
        JsonFactory json = new JsonFactory();
        Map<Long, Map<String, long[]>> windows = new HashMap<>();
        long counted = 0;
        for (byte[] body : bodies) {
            try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
                while (parser.nextToken() != null) {
                    counted += event(parser, windows);
                }
            }
        }
        return counted;
    }

    private static int event(JsonParser parser, Map<Long, Map<String, long[]>> windows) {
        String type = "";
        String path = "";
        String agent = "";
        long timestampMs = 0;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                depth++;
            } else if (token == JsonToken.END_OBJECT) {
                depth--;
            } else if (token == JsonToken.PROPERTY_NAME) {
                switch (parser.currentName()) {
                    case "type" -> type = parser.nextStringValue();
                    case "path" -> path = parser.nextStringValue();
                    case "ua" -> agent = parser.nextStringValue();
                    case "timestamp" -> timestampMs = parser.nextLongValue(0);
                    default -> {}
                }
            }
        }
        if (!type.equals("page_view") || agent.contains("bot")) {
            return 0;
        }
        windows.computeIfAbsent(timestampMs - timestampMs % WINDOW_MS, _ -> new HashMap<>())
                .computeIfAbsent(path, _ -> new long[1])[0]++;
        return 1;
    }
}
