package dev.millrace.bench;

import dev.millrace.bench.flink.FlinkOpenGroups;

import java.util.List;

/** The rows that need a server, or a process of ours as it is started. */
final class ServerRows {
    private static final String OURS = "Millrace";
    private static final String FLINK = "Flink 2.3.0";
    private static final String BARE = "Bare web server";
    private static final List<String> INGEST =
            List.of("server-events/cpu-s", "answer-p50-ms", "answer-p99-ms", "refused");

    private final Form form;

    ServerRows(Form form) {
        this.form = form;
    }

    List<Row> all() {
        return List.of(ingest(), sync(), visibility(), openGroups(), start());
    }

    private Spec spec(int threads, String variant) {
        return new Spec(
                "tumbling",
                "millrace",
                threads,
                form.serverWarmUpSeconds(),
                form.seconds(),
                2_000,
                variant);
    }

    private Contestant ingest(String name, String variant, int connections) {
        return new Contestant(name, HttpIngest.class, spec(connections, variant));
    }

    private Row ingest() {
        String hundred = ", 100 events a request";
        String one = ", one event a request";
        return new Row(
                5,
                form.rounds(),
                "HTTP, durable, until in rows; against the web server alone",
                "",
                INGEST,
                List.of(
                        ingest(OURS + hundred, "durable,100", 16),
                        ingest(BARE + hundred, "bare,100", 16),
                        ingest(OURS + one, "durable,1", 64),
                        ingest(BARE + one, "bare,1", 64)),
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
        return new Row(
                6,
                2 * form.rounds(),
                "HTTP, one event a request, 64 connections: sync on against off, a second each in turn",
                "",
                List.of(
                        "unsynced-events/s",
                        "of-unsynced",
                        "answer-p50-ms",
                        "answer-p99-ms",
                        "sync-p99-ms",
                        "p99-in-syncs"),
                List.of(
                        new Contestant(
                                OURS,
                                SyncCost.class,
                                spec(64, "")
                                        .withSeconds(
                                                form.serverWarmUpSeconds(), 2 * form.seconds()))),
                List.of(
                        Goal.atLeast("at least 0.85 of sync off", OURS, "of-unsynced", 0.85),
                        Goal.atMost(
                                "p99 of the answer at most 4 × the p99 of fdatasync",
                                OURS,
                                "p99-in-syncs",
                                4)));
    }

    private Row visibility() {
        return new Row(
                8,
                form.manyRounds(),
                "From when an event was due to its row, half the load that was sustained before",
                "",
                List.of(
                        "visible-p50-ms",
                        "visible-p99-ms",
                        "ask-p99-ms",
                        "answer-p99-ms",
                        "refused",
                        "sustained-events/s"),
                List.of(
                        new Contestant(
                                OURS,
                                Visibility.class,
                                spec(16, "100")
                                        .withSeconds(
                                                form.serverWarmUpSeconds(), 2 * form.seconds()))),
                List.of(
                        Goal.atMost(
                                "p99 at most 300 ms, which is 50 beyond the beat of 250",
                                OURS,
                                "visible-p99-ms",
                                300)));
    }

    private Row openGroups() {
        String forgetful = OURS + ", dedupe off";
        Spec spec = new Spec("tumbling", "millrace", 1, 0, 1, 1_000_000, "");
        return new Row(
                9,
                form.rounds(),
                "Heap with a million open groups, a count and a distinct count each",
                "",
                List.of("heap-MiB"),
                List.of(
                        new Contestant(OURS, ServedOpenGroups.class, spec.withVariant("1h")),
                        new Contestant(forgetful, ServedOpenGroups.class, spec.withVariant("0s")),
                        new Contestant(FLINK, FlinkOpenGroups.class, spec)),
                List.of(
                        heap("at most 0.5 × the heap of Flink", OURS, new Goal.Bound.AtMost(0.5)),
                        heap("beside it, dedupe off", forgetful, new Goal.Bound.None())));
    }

    private static Goal heap(String text, String of, Goal.Bound bound) {
        return new Goal(text, of, "heap-MiB", List.of(FLINK), bound);
    }

    private Row start() {
        Spec spec = new Spec("tumbling", "millrace", 1, 0, 1, 1, "");
        return new Row(
                10,
                form.rounds(),
                "From the start of the process to ready, and resident when idle",
                "",
                List.of("ready-s", "idle-MB", "cache-MB"),
                List.of(
                        new Contestant(OURS, QuickStart.class, spec.withVariant("aot")),
                        new Contestant(OURS + ", no AOT cache", QuickStart.class, spec)),
                List.of(
                        Goal.atMost("ready in at most 1 s", OURS, "ready-s", 1),
                        Goal.atMost("at most 150 MB idle", OURS, "idle-MB", 150)));
    }
}
