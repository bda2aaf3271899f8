package dev.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.detect.Alert;
import dev.millrace.core.detect.Direction;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.MergeTask;
import dev.millrace.core.task.Merged;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.StageObserver;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** The demo's own pipeline over the demo's own traffic, and an ordinary week, on simulated time. */
class SurgeAlertTest {
    private static final Instant START = Instant.parse("2026-03-03T10:00:00Z");
    private static final int SECONDS = 150;
    private static final int RATE = 1_000;

    private static final long WINDOW_MS = 10_000;
    private static final int DAY_WINDOWS = 12 * 24;

    /** One page surges in this time, 80 to 110 s after the start. */
    private static final long SEED = 7;

    @Test
    void tenfoldInterestInAPageIsOneAlertWithinTwoWindows() throws IOException {
        SmallHost demo = new SmallHost(demoDefinition());
        WebTraffic traffic = new WebTraffic(SEED, RATE);
        for (int second = 1; second <= SECONDS; second++) {
            List<byte[]> lines = traffic.next(Duration.ofSeconds(1), START.plusSeconds(second));
            demo.take(lines, START.plusSeconds(second).toEpochMilli());
        }

        List<Alert> alerts = demo.alerts();

        assertThat(alerts)
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.direction()).isEqualTo(Direction.SURGE);
                    assertThat(alert.value()).isGreaterThan(5 * alert.baseline());
                    assertThat(alert.windowStartMs() - demo.firstAbove(alert, 3 * alert.baseline()))
                            .isBetween(-WINDOW_MS, WINDOW_MS);
                });
    }

    /** Nights at a tenth of noon, each event by chance, three pages of different size. */
    @Test
    void aWeekOfOrdinaryDaysRaisesNoAlert() {
        SmallHost quiet =
                new SmallHost(
                        """
                        pipeline: web
                        stages:
                          - {name: views, aggregate: {window: {tumbling: 5m}, by: [data.page], values: {views: count}}}
                          - {name: surge, detect: {of: views, value: views, sensitivity: 4, minimum: 10}}
                        """);
        Random random = new Random(SEED);
        long startMs = START.toEpochMilli();
        int events = 0;
        for (int window = 0; window < 7 * DAY_WINDOWS; window++) {
            double busy = 0.55 - 0.45 * Math.cos(2 * Math.PI * window / DAY_WINDOWS);
            List<byte[]> lines = new ArrayList<>();
            for (int page : new int[] {5, 15, 45}) {
                for (int count = poisson(page * busy, random); count > 0; count--) {
                    long timestampMs = startMs + window * 300_000L + random.nextInt(300_000);
                    lines.add(
                            """
                            {"id":"e%d","type":"t","source":"s","timestamp":%d,"data":{"page":"%d"}}\
                            """
                                    .formatted(events++, timestampMs, page)
                                    .getBytes(StandardCharsets.UTF_8));
                }
            }
            quiet.take(lines, startMs + (window + 1) * 300_000L);
        }

        assertThat(events).isGreaterThan(50_000);
        assertThat(quiet.alerts()).isEmpty();
    }

    /** Knuth's method. */
    private static int poisson(double mean, Random random) {
        double limit = Math.exp(-mean);
        int count = 0;
        for (double product = random.nextDouble();
                product > limit;
                product *= random.nextDouble()) {
            count++;
        }
        return count;
    }

    private static String demoDefinition() throws IOException {
        try (InputStream definition = Demo.class.getResourceAsStream("web.yaml")) {
            return new String(
                    Objects.requireNonNull(definition).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The smallest host: one partition, a commit a second. */
    private static final class SmallHost {
        private final PipelineProgram program;
        private final PipelineStore store;
        private final PartitionTask task;
        private final MergeTask merge;
        private long offset;
        private long revision;

        SmallHost(String text) {
            if (!(DefinitionReader.read(text, SchemaSource.NONE)
                    instanceof DefinitionReader.Valid valid)) {
                throw new IllegalStateException("the definition is wrong");
            }
            Map<String, Integer> numbers = new HashMap<>();
            for (Stage stage : valid.definition().stages()) {
                numbers.put(stage.name(), numbers.size() + 1);
            }
            PipelineVersion version = new PipelineVersion(1, 0, text, Map.of(), numbers);
            this.program =
                    new PipelineProgram(
                            version, valid.definition(), 1, 1_000_000, StageServices.NONE);
            this.store = new MemoryStorage().create("web", version);
            Checkpoint initial = Checkpoint.initial(1, 1);
            this.task =
                    new PartitionTask(
                            0, program, initial.partitions().getFirst(), store, StageObserver.NONE);
            this.merge = new MergeTask(List.of(program), store, initial);
        }

        void take(List<byte[]> lines, long receivedAtMs) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte[] line : lines) {
                body.writeBytes(line);
                body.write('\n');
            }
            byte[] bytes = body.toByteArray();
            ReadResult read =
                    program.reader().read(bytes, bytes.length, BodyFormat.NDJSON, receivedAtMs);
            long begin = offset;
            offset += lines.size();
            task.process(new TaskRecord.Events(((ReadResult.Read) read).batch(), begin, offset));
            commit();
        }

        private void commit() {
            Handover handover = task.handOver();
            Merged merged = merge.merge(List.of(handover), ++revision);
            List<LetterChange> letters = handover.letters();
            store.commit(
                    new Commit(
                            Checkpoint.initial(1, 1).encode(),
                            merged.rows(),
                            merged.expiries(),
                            merged.dropped(),
                            letters,
                            List.of(),
                            Long.MIN_VALUE,
                            List.of()));
        }

        /** Start of the first window that shows more than that of what the alert is about. */
        long firstAbove(Alert alert, double value) {
            long[] first = {Long.MAX_VALUE};
            RowSource.of(
                            program.aggregation("trending").orElseThrow(),
                            store,
                            task.watermarkMs(),
                            task.watermarkMs())
                    .rows(
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            null,
                            found -> {
                                Row row = found.row();
                                boolean above =
                                        row.group().equals(alert.group())
                                                && (long) row.values().get("views") > value;
                                if (above) {
                                    first[0] = row.windowStartMs();
                                }
                                return !above;
                            });
            return first[0];
        }

        List<Alert> alerts() {
            List<Alert> alerts = new ArrayList<>();
            program.detections()
                    .forEach(detection ->
                            store.rows(
                                    detection.number(),
                                    Long.MIN_VALUE,
                                    Long.MAX_VALUE,
                                    null,
                                    (startMs, group, value) ->
                                            alerts.add(detection.alert(startMs, group, value))));
            return alerts;
        }
    }
}
