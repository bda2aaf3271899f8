package dev.millrace.bench;

import dev.millrace.bench.kafka.KafkaCount;
import dev.millrace.bench.redis.RedisCount;

import java.util.List;

/** The rows in which a server of ours meets the servers of others. */
final class PeerRows {
    private static final String OURS = "Millrace";

    private final long scale;

    /**
     * @param scale how many times longer than the shortest a run is
     */
    PeerRows(long scale) {
        this.scale = scale;
    }

    List<Row> all() {
        return List.of(kafka(), redis());
    }

    private Spec spec(int threads, long warmUp, long batches, String variant) {
        return new Spec(
                "tumbling", "jackson", threads, scale * warmUp, scale * batches, 2_000, variant);
    }

    private Row kafka() {
        return new Row(
                4,
                "HTTP, NDJSON by 1,000, to counts per page and 5 minutes that can be read",
                "",
                List.of(),
                List.of(
                        new Contestant(OURS, ServedCount.class, spec(4, 1_500, 4_500, "")),
                        new Contestant(
                                "Kafka 4.3.1 with Kafka Streams",
                                KafkaCount.class,
                                spec(2, 1_000, 2_500, "none")),
                        new Contestant(
                                "Kafka 4.3.1 with Kafka Streams, lz4",
                                KafkaCount.class,
                                spec(2, 1_000, 2_500, "lz4"))),
                List.of(
                        Goal.ratio(
                                "at least 5 × Kafka with Kafka Streams",
                                OURS,
                                List.of(
                                        "Kafka 4.3.1 with Kafka Streams",
                                        "Kafka 4.3.1 with Kafka Streams, lz4"),
                                5)));
    }

    private Row redis() {
        String redis = "Redis 6.2.11, four commands an event";
        return new Row(
                7,
                "64 clients, one event a request",
                "",
                List.of(),
                List.of(
                        new Contestant(OURS, ServedCount.class, spec(64, 150, 450, "single")),
                        new Contestant(
                                OURS + ", 1,000 events a request",
                                ServedCount.class,
                                spec(64, 1_500, 4_500, "")),
                        new Contestant(redis, RedisCount.class, spec(64, 75, 225, ""))),
                List.of(
                        Goal.ratio(
                                "at least 20 × the four-commands-an-event Redis design",
                                OURS,
                                List.of(redis),
                                20)));
    }
}
