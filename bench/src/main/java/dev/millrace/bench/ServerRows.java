package dev.millrace.bench;

import dev.millrace.bench.flink.FlinkOpenGroups;

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
        return List.of(ingest(), sync(), visibility(), openGroups(), start());
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
                        atMost(
                                "p99 of the answer at most 4 × the p99 of fdatasync",
                                OURS,
                                "p99-in-syncs",
                                4)));
    }

    private Row visibility() {
        return new Row(
                8,
                "From when an event was due to its row, half the load that was sustained before",
                "",
                List.of(
                        "visible-p50-ms",
                        "visible-p99-ms",
                        "p99-beyond-beat-ms",
                        "ask-p99-ms",
                        "answer-p99-ms",
                        "sustained-events/s"),
                List.of(
                        new Contestant(
                                OURS,
                                Visibility.class,
                                new Spec(
                                        "tumbling",
                                        "millrace",
                                        16,
                                        8,
                                        8 + scale * 20,
                                        2_000,
                                        "100"))),
                List.of(
                        atMost("p99 at most 300 ms", OURS, "visible-p99-ms", 300),
                        atMost(
                                "of that at most 50 ms beyond the beat of 250 ms",
                                OURS,
                                "p99-beyond-beat-ms",
                                50)));
    }

    private Row openGroups() {
        String flink = "Flink 2.3.0";
        String stored = OURS + ", rows on disk";
        Spec spec = new Spec("tumbling", "millrace", 1, 0, 1, OpenGroups.GROUPS, "");
        return new Row(
                9,
                "In process: heap of a million open groups, a count and a distinct count each",
                "journal, sync, dedupe",
                List.of("heap-MiB"),
                List.of(
                        new Contestant(OURS, CoreOpenGroups.class, spec),
                        new Contestant(stored, CoreOpenGroups.class, spec.withVariant("stored")),
                        new Contestant(flink, FlinkOpenGroups.class, spec)),
                List.of(
                        new Goal(
                                "at most 0.5 × the heap of Flink, rows kept in the heap",
                                OURS,
                                "heap-MiB",
                                List.of(flink),
                                false,
                                0.5),
                        new Goal(
                                "at most 0.5 × with rows on disk, as a server has them",
                                stored,
                                "heap-MiB",
                                List.of(flink),
                                false,
                                0.5)));
    }

    private Row start() {
        Spec spec = new Spec("tumbling", "millrace", 1, 0, 1, 1, "");
        return new Row(
                10,
                "From the start of the process to ready, and resident when idle",
                "",
                List.of("ready-s", "slowest-ready-s", "idle-MB", "cache-MB"),
                List.of(
                        new Contestant(OURS, QuickStart.class, spec.withVariant("aot")),
                        new Contestant(OURS + ", no AOT cache", QuickStart.class, spec)),
                List.of(
                        atMost("ready in at most 1 s", OURS, "ready-s", 1),
                        atMost("at most 150 MB idle", OURS, "idle-MB", 150)));
    }

    private static Goal atMost(String text, String of, String figure, double bound) {
        return new Goal(text, of, figure, List.of(), false, bound);
    }
}
