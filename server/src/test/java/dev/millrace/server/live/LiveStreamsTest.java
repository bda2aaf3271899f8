package dev.millrace.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.detect.Alert;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.engine.Engine;
import dev.millrace.engine.EngineOptions;
import dev.millrace.engine.IngestOutcome;
import dev.millrace.engine.Pipeline;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What readers share, what bounds them, and what is left when they have gone. */
class LiveStreamsTest {
    private static final LiveQuery VIEWS = new LiveQuery(List.of("views"), Map.of());
    private static final LiveLimits DEFAULTS = LiveLimits.defaults();

    @TempDir Path data;
    private RocksStorage storage;
    private Engine engine;
    private Pipeline pipeline;
    private LiveStreams streams;
    private final List<Reading> readings = new ArrayList<>();
    private int sent;

    /** Each row that was written, with its revision. */
    private final List<String> written = Collections.synchronizedList(new ArrayList<>());

    private final LiveJson json =
            new LiveJson() {
                @Override
                public byte[] row(Row row) {
                    String text = row.group().get("source") + "@" + row.revision();
                    written.add(text);
                    return ("\"" + text + "\"").getBytes(UTF_8);
                }

                @Override
                public byte[] alert(Alert alert) {
                    return "{}".getBytes(UTF_8);
                }

                @Override
                public byte[] metrics(Pipeline of) {
                    return "{}".getBytes(UTF_8);
                }
            };

    /** A reader with a thread that writes what it gets. */
    private record Reading(LiveReader reader, ByteArrayOutputStream out, Thread thread) {
        /** What came, heartbeats and metrics aside. */
        String text() {
            return out.toString(UTF_8)
                    .replace("event: metrics\ndata: {}\n\n", "")
                    .replace(": heartbeat\n\n", "")
                    .replace("retry: 1000\n\n", "");
        }

        long lastId() {
            return text().lines()
                    .filter(line -> line.startsWith("id: "))
                    .mapToLong(line -> Long.parseLong(line.substring(4)))
                    .reduce(-1, (_, last) -> last);
        }
    }

    @BeforeEach
    void open() {
        storage = RocksStorage.open(data, StoreOptions.defaults());
        engine = Engine.open(storage, EngineOptions.defaults());
        engine.put(
                "web",
                """
                pipeline: web
                stages:
                  - {name: views, aggregate: {window: {tumbling: 1d}, by: [source], values: {views: count}}}
                """,
                SchemaSource.NONE,
                Optional.empty(),
                false);
        pipeline = engine.pipeline("web").orElseThrow();
    }

    @AfterEach
    void close() {
        streams.close();
        readings.forEach(reading -> reading.reader().close());
        engine.close();
        storage.close();
    }

    private void start(LiveLimits limits) {
        streams = new LiveStreams(engine, json, limits);
    }

    private Reading read(LiveQuery query, OptionalLong lastId) {
        LiveReader reader = streams.subscribe(pipeline, query, lastId).orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                reader.writeTo(out);
                            } catch (IOException impossible) {
                                throw new AssertionError(impossible);
                            }
                        });
        Reading reading = new Reading(reader, out, thread);
        readings.add(reading);
        return reading;
    }

    private Reading read(LiveQuery query) {
        Reading reading = read(query, OptionalLong.empty());
        await().until(() -> reading.text().contains("event: snapshot"));
        return reading;
    }

    private void view(String source) {
        IngestOutcome _ =
                pipeline.ingest(
                        "{\"id\":\"e%d\",\"type\":\"t\",\"source\":\"%s\",\"timestamp\":%d}"
                                .formatted(sent++, source, System.currentTimeMillis())
                                .getBytes(UTF_8),
                        BodyFormat.NDJSON);
    }

    @Test
    void aRowIsWrittenOnceForAllReaders() {
        start(DEFAULTS);
        List<Reading> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(read(VIEWS));
            all.add(read(new LiveQuery(List.of("views"), Map.of("source", "s" + i % 10))));
        }
        for (int i = 0; i < 10; i++) {
            view("s" + i);
        }
        for (Reading reading : all) {
            await().until(() -> reading.text().contains("event: rows"));
        }
        await().until(() -> all.stream().filter(one -> one.text().contains("\"s9@")).count() == 55);

        assertThat(streams.readers()).isEqualTo(100);
        assertThat(streams.feeds()).isEqualTo(11);
        assertThat(written).doesNotHaveDuplicates();
        await().untilAsserted(() -> assertThat(all.get(0).text()).isEqualTo(all.get(98).text()));
        assertThat(all.get(1).text()).contains("\"s0@").doesNotContain("\"s1@");
    }

    @Test
    void whoTakesNothingIsCutOffAndTheOthersGoOn() {
        start(limits(400, DEFAULTS.historyMessages(), DEFAULTS.feeds(), Duration.ofMinutes(5)));
        Reading good = read(VIEWS);
        LiveReader stuck = streams.subscribe(pipeline, VIEWS, OptionalLong.empty()).orElseThrow();

        await().until(stuck::isCutOff);
        view("a");

        await().until(() -> good.text().contains("\"a@"));
        assertThat(good.reader().isCutOff()).isFalse();
        assertThat(streams.cutOff()).isEqualTo(1);
        stuck.close();
        assertThat(streams.readers()).isEqualTo(1);
    }

    @Test
    void whoTakesNothingForTooLongIsCutOff() {
        start(limits(1 << 20, DEFAULTS.historyMessages(), DEFAULTS.feeds(), Duration.ofMillis(1)));
        LiveReader stuck = streams.subscribe(pipeline, VIEWS, OptionalLong.empty()).orElseThrow();

        await().until(stuck::isCutOff);
        stuck.close();
    }

    @Test
    void whoComesBackHearsWhatItMissed() {
        start(DEFAULTS);
        Reading first = read(VIEWS);
        Reading steady = read(VIEWS);
        view("a");
        await().until(() -> first.text().contains("\"a@"));
        first.reader().close();
        view("b");
        await().until(() -> steady.text().contains("\"b@"));

        Reading again = read(VIEWS, OptionalLong.of(first.lastId()));

        await().until(() -> again.text().contains("\"b@"));
        assertThat(again.text()).doesNotContain("snapshot", "\"a@");
    }

    @Test
    void whoMissedMoreThanIsRememberedBeginsAnew() {
        start(limits(1 << 20, 1, DEFAULTS.feeds(), DEFAULTS.patience()));
        Reading steady = read(VIEWS);
        long begin = steady.lastId();
        for (String source : List.of("a", "b", "c")) {
            view(source);
            await().until(() -> steady.text().contains("\"" + source + "@"));
        }

        Reading again = read(VIEWS, OptionalLong.of(begin));

        await().until(() -> again.text().contains("event: snapshot"));
        assertThat(again.text()).contains("\"a@", "\"b@", "\"c@");
    }

    @Test
    void aQueryTooManyIsRefused() {
        start(limits(1 << 20, 1, 1, DEFAULTS.patience()));
        Reading _ = read(VIEWS);

        assertThat(
                        streams.subscribe(
                                pipeline, new LiveQuery(List.of(), Map.of()), OptionalLong.empty()))
                .isEmpty();
        assertThat(streams.subscribe(pipeline, VIEWS, OptionalLong.empty())).isPresent();
    }

    @Test
    void whenAllEndsNothingIsHeld() throws InterruptedException {
        start(DEFAULTS);
        Reading reading = read(VIEWS);
        view("a");
        await().until(() -> reading.text().contains("\"a@"));
        assertThat(streams.heldBytes()).isPositive();
        assertThat(streams.bufferedBytes()).isPositive();

        streams.close();
        reading.thread().join();
        reading.reader().close();

        await().untilAsserted(() -> {
            assertThat(streams.heldBytes()).isZero();
            assertThat(streams.bufferedBytes()).isZero();
            assertThat(streams.feeds()).isZero();
            assertThat(streams.readers()).isZero();
        });
    }

    @Test
    void afterTheEndAStreamEndsAtOnce() throws InterruptedException {
        start(DEFAULTS);
        streams.close();

        Reading reading = read(VIEWS, OptionalLong.empty());

        reading.thread().join();
        assertThat(reading.text()).isEmpty();
    }

    private static LiveLimits limits(
            long readerBytes, int historyMessages, int feeds, Duration patience) {
        return new LiveLimits(
                DEFAULTS.readers(),
                feeds,
                DEFAULTS.groups(),
                DEFAULTS.heldBytes(),
                DEFAULTS.bufferedBytes(),
                DEFAULTS.historyBytes(),
                historyMessages,
                readerBytes,
                patience,
                DEFAULTS.linger());
    }
}
