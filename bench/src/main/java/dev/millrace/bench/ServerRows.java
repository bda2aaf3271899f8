package dev.millrace.bench;

import java.util.List;

/** The rows that need a server, or a process of ours as it is started. */
final class ServerRows {
    private static final String OURS = "Millrace";
    private static final String BARE = "Bare web server";
    private static final List<String> INGEST =
            List.of("server-events/cpu-s", "answer-p50-ms", "answer-p99-ms", "refused");

    private final long scale;

    /**
     * @param scale how many times as long as the shortest a run is
     */
    ServerRows(long scale) {
        this.scale = scale;
    }

    List<Row> all() {
        return List.of(ingest(), sync());
    }

    private Contestant ingest(String name, String variant, int connections, long warmUp, long all) {
        return new Contestant(
                name,
                HttpIngest.class,
                new Spec(
                        "tumbling",
                        "millrace",
                        connections,
                        scale * warmUp,
                        scale * all,
                        2_000,
                        variant));
    }

    private Row ingest() {
        String hundred = ", 100 events a request";
        String one = ", one event a request";
        return new Row(
                5,
                "HTTP, durable, until in rows; against the web server alone",
                "",
                INGEST,
                List.of(
                        ingest(OURS + hundred, "durable,100", 16, 15_000, 45_000),
                        ingest(BARE + hundred, "bare,100", 16, 50_000, 150_000),
                        ingest(OURS + one, "durable,1", 64, 100_000, 400_000),
                        ingest(BARE + one, "bare,1", 64, 200_000, 800_000)),
                List.of(
                        Goal.ratio(
                                "at least 0.7 × the bare server at 100 events",
                                OURS + hundred,
                                List.of(BARE + hundred),
                                0.7),
                        Goal.ratio(
                                "at least 0.45 × at one event",
                                OURS + one,
                                List.of(BARE + one),
                                0.45)));
    }

    private Row sync() {
        String off = OURS + ", sync off";
        return new Row(
                6,
                "HTTP, one event a request, 64 connections: sync on against off",
                "",
                List.of("answer-p50-ms", "answer-p99-ms", "sync-p99-ms", "p99-in-syncs"),
                List.of(
                        ingest(OURS, "durable,1", 64, 100_000, 400_000),
                        ingest(off, "unsynced,1", 64, 100_000, 400_000)),
                List.of(
                        Goal.ratio("at least 0.85 × sync off", OURS, List.of(off), 0.85),
                        new Goal(
                                "p99 of the answer at most 4 × the p99 of fdatasync",
                                OURS,
                                "p99-in-syncs",
                                List.of(),
                                false,
                                4)));
    }
}
