package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OracleWindow.Session;
import dev.millrace.testing.OracleWindow.Sliding;
import dev.millrace.testing.OracleWindow.Span;
import dev.millrace.testing.OracleWindow.Tumbling;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The rows that a reader sees of one aggregate of the oracle's, from the events that count. */
final class OracleRows {
    private final Aggregate aggregate;
    private final long watermarkMs;
    private final long newestMs;
    private final List<RowState> rows = new ArrayList<>();

    private OracleRows(Aggregate aggregate, long watermarkMs, long newestMs) {
        this.aggregate = aggregate;
        this.watermarkMs = watermarkMs;
        this.newestMs = newestMs;
    }

    /**
     * @param newestMs time as the reader knows it, by the events and by its clock: says which
     *     sliding window has early rows
     */
    static List<RowState> of(
            Aggregate aggregate, List<Event> counted, long watermarkMs, long newestMs) {
        OracleRows rows = new OracleRows(aggregate, watermarkMs, newestMs);
        Map<List<@Nullable Object>, List<Event>> groups = new HashMap<>();
        for (Event event : counted) {
            groups.computeIfAbsent(OracleNumbers.group(aggregate, event), _ -> new ArrayList<>())
                    .add(event);
        }
        groups.forEach(rows::group);
        return rows.rows;
    }

    private void group(List<@Nullable Object> group, List<Event> events) {
        switch (aggregate.window()) {
            case Tumbling tumbling ->
                    windows(events, event -> List.of(tumbling.spanOf(event.timestampMs())))
                            .forEach((span, members) -> row(span, group, members));
            case Sliding sliding ->
                    windows(events, event -> sliding.spansOf(event.timestampMs()))
                            .forEach((span, members) -> {
                                if (span.endMs() <= watermarkMs
                                        || span.equals(
                                                sliding.earlyAt(Math.max(newestMs, watermarkMs)))) {
                                    row(span, group, members);
                                }
                            });
            case Session session -> sessions(session.gapMs(), group, events);
        }
    }

    private static Map<Span, List<Event>> windows(
            List<Event> events, Function<Event, List<Span>> spans) {
        Map<Span, List<Event>> windows = new HashMap<>();
        for (Event event : events) {
            for (Span span : spans.apply(event)) {
                windows.computeIfAbsent(span, _ -> new ArrayList<>()).add(event);
            }
        }
        return windows;
    }

    /** Spans that touch or overlap are one. */
    private void sessions(long gapMs, List<@Nullable Object> group, List<Event> events) {
        List<Event> session = new ArrayList<>();
        for (Event event :
                events.stream().sorted(Comparator.comparingLong(Event::timestampMs)).toList()) {
            if (!session.isEmpty()
                    && event.timestampMs() > session.getLast().timestampMs() + gapMs) {
                session(gapMs, group, session);
                session.clear();
            }
            session.add(event);
        }
        session(gapMs, group, session);
    }

    private void session(long gapMs, List<@Nullable Object> group, List<Event> events) {
        Span span =
                new Span(events.getFirst().timestampMs(), events.getLast().timestampMs() + gapMs);
        row(span, group, events);
    }

    private void row(Span span, List<@Nullable Object> group, List<Event> events) {
        if (keptEnd(span) + aggregate.keepMs() > watermarkMs) {
            rows.add(
                    new RowState(
                            aggregate.name(),
                            span.startMs(),
                            span.endMs(),
                            group,
                            OracleNumbers.values(aggregate, events),
                            span.endMs() <= watermarkMs));
        }
    }

    /** A sliding window is kept as long as all of it is. */
    private long keptEnd(Span span) {
        return aggregate.window() instanceof Sliding sliding
                ? sliding.keptEndOf(span.startMs())
                : span.endMs();
    }
}
