package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Value;
import dev.millrace.testing.SimulatedPipeline.Said;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/** Draws aggregate stages, each said as a file says it and to the oracle. */
final class AggregateDraw {
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 3_600_000;
    private static final long DAY_MS = 86_400_000;

    /** Longer than any run lasts. */
    private static final long KEPT_MS = 1_000 * DAY_MS;

    /** By which events are told apart; the last two are there where a list was exploded. */
    private static final List<String> FIELDS =
            List.of("source", "data.path", "data.g", "data.item", "data.item_index");

    private final Random random;

    private record Window(String text, OracleWindow window) {}

    private record Where(String text, Predicate<Event> predicate) {}

    private record Drawn(String text, Value value) {}

    AggregateDraw(Random random) {
        this.random = random;
    }

    Said aggregate(String name) {
        Window window = window();
        Where where = where();
        List<String> by = by();
        List<Drawn> values = values();
        long latenessMs = lateness();
        long keepMs = keep(window.window(), latenessMs);
        boolean correctsLate = Draws.oneIn(random, 3);
        StringBuilder text = new StringBuilder("  - name: %s\n    aggregate:\n".formatted(name));
        text.append("      window: %s\n%s".formatted(window.text(), where.text()));
        text.append("      by: [%s]\n      values:\n".formatted(String.join(", ", by)));
        for (int i = 0; i < values.size(); i++) {
            text.append("        v%d: %s\n".formatted(i, values.get(i).text()));
        }
        text.append("      keep: %dms\n".formatted(keepMs));
        return new Said(
                text + lateText(latenessMs, correctsLate),
                new Aggregate(
                        name,
                        window.window(),
                        where.predicate(),
                        by,
                        values.stream().map(Drawn::value).toList(),
                        latenessMs,
                        correctsLate,
                        keepMs));
    }

    private static String lateText(long latenessMs, boolean correctsLate) {
        return "      lateness: %dms\n      late: %s\n"
                .formatted(latenessMs, correctsLate ? "correct" : "dead-letter");
    }

    private long lateness() {
        return Draws.oneOf(random, 0L, 5 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS);
    }

    /** The same but for what becomes of late events, which may change under living state. */
    Said changed(Said said) {
        Aggregate before = (Aggregate) said.stage();
        long latenessMs = before.keepMs() == KEPT_MS ? lateness() : before.latenessMs();
        boolean correctsLate = Draws.oneIn(random, 2);
        String late = lateText(before.latenessMs(), before.correctsLate());
        return new Said(
                said.text().replace(late, lateText(latenessMs, correctsLate)),
                new Aggregate(
                        before.name(),
                        before.window(),
                        before.where(),
                        before.by(),
                        before.values(),
                        latenessMs,
                        correctsLate,
                        before.keepMs()));
    }

    /** Either all that a run comes to is kept, or hardly more than must be. */
    private long keep(OracleWindow window, long latenessMs) {
        if (!Draws.oneIn(random, 4)) {
            return KEPT_MS;
        }
        long spanMs =
                switch (window) {
                    case OracleWindow.Tumbling(long sizeMs, Optional<ZoneId> zone) ->
                            zone.isPresent() ? sizeMs + DAY_MS : sizeMs;
                    case OracleWindow.Sliding(long sizeMs, long _) -> sizeMs;
                    case OracleWindow.Session(long gapMs) -> gapMs;
                };
        return spanMs + latenessMs + Draws.upTo(random, 2 * spanMs);
    }

    private Window window() {
        return switch (random.nextInt(7)) {
            case 0 -> zoned();
            case 1, 2 -> sliding();
            case 3, 4 -> session();
            default -> tumbling();
        };
    }

    private Window tumbling() {
        long sizeMs =
                Draws.oneOf(
                        random,
                        SECOND_MS,
                        7 * SECOND_MS,
                        10 * SECOND_MS,
                        MINUTE_MS,
                        5 * MINUTE_MS,
                        HOUR_MS);
        return new Window("{tumbling: %dms}".formatted(sizeMs), new OracleWindow.Tumbling(sizeMs));
    }

    private Window sliding() {
        long everyMs = Draws.oneOf(random, SECOND_MS, 5 * SECOND_MS, 20 * SECOND_MS, MINUTE_MS);
        long sizeMs = everyMs * Draws.oneOf(random, 2, 3, 7, 30);
        return new Window(
                "{sliding: %dms, every: %dms}".formatted(sizeMs, everyMs),
                new OracleWindow.Sliding(sizeMs, everyMs));
    }

    private Window session() {
        long gapMs = Draws.oneOf(random, SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 5 * MINUTE_MS);
        return new Window("{session: %dms}".formatted(gapMs), new OracleWindow.Session(gapMs));
    }

    private Window zoned() {
        long sizeMs = Draws.oneOf(random, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS);
        String zone =
                Draws.oneOf(
                        random,
                        "Europe/Berlin",
                        "America/New_York",
                        "Asia/Kathmandu",
                        "Australia/Lord_Howe");
        return new Window(
                "{tumbling: %dms, zone: %s}".formatted(sizeMs, zone),
                new OracleWindow.Tumbling(sizeMs, Optional.of(ZoneId.of(zone))));
    }

    private Where where() {
        return switch (random.nextInt(6)) {
            case 0 ->
                    new Where(
                            "      where: data.status < 500\n",
                            event -> PipelineDraw.status(event) < 500);
            case 1 ->
                    new Where(
                            "      where: source == 'site'\n",
                            event -> event.source().equals("site"));
            default -> new Where("", _ -> true);
        };
    }

    private List<String> by() {
        List<String> by = new ArrayList<>();
        for (String field : FIELDS) {
            if (Draws.oneIn(random, FIELDS.size())) {
                by.add(field);
            }
        }
        return by;
    }

    private List<Drawn> values() {
        List<Drawn> values = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            values.add(value());
        }
        return values;
    }

    private Drawn value() {
        String field = Draws.oneOf(random, "data.path", "data.n", "data.item");
        double q = Draws.oneOf(random, 0.01, 0.5, 0.95);
        int k = 1 + random.nextInt(4);
        return switch (random.nextInt(10)) {
            case 0, 1 -> new Drawn("count", new Value.Count());
            case 2, 3 -> new Drawn("{sum: data.n}", new Value.Sum("data.n"));
            case 4 -> new Drawn("{avg: data.n}", new Value.Avg("data.n"));
            case 5 -> new Drawn("{min: data.n}", new Value.Min("data.n"));
            case 6 -> new Drawn("{max: data.n}", new Value.Max("data.n"));
            case 7 -> new Drawn("{distinct: %s}".formatted(field), new Value.Distinct(field));
            case 8 ->
                    new Drawn(
                            "{quantile: data.n, q: %s}".formatted(q),
                            new Value.Quantile("data.n", q));
            default -> new Drawn("{top: %s, k: %d}".formatted(field, k), new Value.Top(field, k));
        };
    }
}
