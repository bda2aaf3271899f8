package dev.millrace.bench.kafka;

import dev.millrace.bench.Spec;
import dev.millrace.bench.parse.ViewParser;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Kafka Streams by its DSL: parse and filter, group by path, count by window, into a store in
 * memory with its cache and its changelog. Grace is as long as a run, so that nothing is late
 * however far one thread is ahead of the other.
 */
final class ViewCounts implements AutoCloseable {
    static final String EVENTS = "events";

    private static final String VIEWS = "views";
    private static final Duration SIZE = Duration.ofMillis(Spec.SIZE_MS);
    private static final Duration GRACE = Duration.ofDays(1);
    private static final byte[] NOTHING = {};

    private final LongAdder added = new LongAdder();
    private final KafkaStreams streams;

    private ViewCounts(Spec spec, String broker, Path folder) {
        this.streams = new KafkaStreams(topology(spec), settings(spec, broker, folder));
    }

    static ViewCounts start(Spec spec, String broker, Path folder) throws InterruptedException {
        ViewCounts counts = new ViewCounts(spec, broker, folder);
        counts.streams.start();
        while (counts.streams.state() != KafkaStreams.State.RUNNING) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return counts;
    }

    private static Properties settings(Spec spec, String broker, Path folder) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "views");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("state").toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, spec.threads());
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 128L << 20);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        settings.put(StreamsConfig.consumerPrefix("max.poll.records"), 10_000);
        settings.put(StreamsConfig.consumerPrefix("max.partition.fetch.bytes"), 16 << 20);
        settings.put(StreamsConfig.producerPrefix("batch.size"), 256 << 10);
        return settings;
    }

    private Topology topology(Spec spec) {
        StreamsBuilder builder = new StreamsBuilder();
        ThreadLocal<ViewParser> parsers = ThreadLocal.withInitial(() -> ViewParser.of(spec));
        WindowBytesStoreSupplier store =
                Stores.inMemoryWindowStore(VIEWS, SIZE.plus(GRACE), SIZE, false);
        builder.stream(EVENTS, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .flatMap((_, event) -> views(parsers.get(), event))
                .groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
                .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, GRACE))
                .aggregate(
                        () -> 0L,
                        (_, _, count) -> {
                            added.increment();
                            return count + 1;
                        },
                        Materialized.<String, Long>as(store)
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Serdes.Long())
                                .withCachingEnabled());
        return builder.build();
    }

    private static List<KeyValue<String, byte[]>> views(ViewParser parser, byte[] event) {
        List<KeyValue<String, byte[]>> views = new ArrayList<>(1);
        parser.parse(event, (path, _) -> views.add(KeyValue.pair(path, NOTHING)));
        return views;
    }

    /** Waits until {@code events} have been added to counts. */
    void await(long events) throws InterruptedException {
        while (added.sum() < events) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** The sum of all counts, read from the store as a service would that answers queries. */
    long sum() {
        ReadOnlyWindowStore<String, Long> store =
                streams.store(
                        StoreQueryParameters.fromNameAndType(
                                VIEWS, QueryableStoreTypes.windowStore()));
        long sum = 0;
        try (KeyValueIterator<Windowed<String>, Long> rows = store.all()) {
            while (rows.hasNext()) {
                sum += rows.next().value;
            }
        }
        return sum;
    }

    @Override
    public void close() {
        streams.close();
    }
}
