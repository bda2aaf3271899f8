package dev.millrace.bench;

import dev.millrace.bench.kafka.KafkaCount;
import dev.millrace.bench.redis.RedisCount;

import java.util.List;

/** The rows in which a server of ours meets the servers of others. */
final class PeerRows {
    private static final String OURS = "Millrace";

    private final Form form;

    PeerRows(Form form) {
        this.form = form;
    }

    List<Row> all() {
        return List.of(kafka(), redis());
    }

    private Spec spec(int threads, String variant) {
        return new Spec(
                "tumbling",
                "jackson",
                threads,
                form.serverWarmUpSeconds(),
                form.seconds(),
                2_000,
                variant);
    }

    private Row kafka() {
        String kafka = "Kafka 4.3.1 with Kafka Streams";
        String packed = kafka + ", lz4";
        return new Row(
                4,
                form.rounds(),
                "HTTP, NDJSON by 1,000, 16 connections, to counts per page and 5 minutes that can"
                        + " be read",
                "",
                List.of("refused"),
                List.of(
                        new Contestant(OURS, ServedCount.class, spec(16, "")),
                        new Contestant(kafka, KafkaCount.class, spec(2, "none")),
                        new Contestant(packed, KafkaCount.class, spec(2, "lz4"))),
                List.of(
                        Goal.ratio(
                                "at least 5 × Kafka with Kafka Streams",
                                OURS,
                                List.of(kafka, packed),
                                5)));
    }

    private Row redis() {
        String redis = "Redis 6.2.11, four commands an event";
        String single = OURS + ", one event a request";
        String thousand = OURS + ", 1,000 events a request";
        return new Row(
                7,
                form.rounds(),
                "64 clients",
                "",
                List.of("refused"),
                List.of(
                        new Contestant(single, ServedCount.class, spec(64, "single")),
                        new Contestant(thousand, ServedCount.class, spec(64, "")),
                        new Contestant(redis, RedisCount.class, spec(64, ""))),
                List.of(
                        Goal.ratio(
                                "at least 20 × the four-commands-an-event Redis design, by 1,000"
                                        + " events a request",
                                thousand,
                                List.of(redis),
                                20),
                        Goal.shown("beside it, by one event a request", single, List.of(redis))));
    }
}
