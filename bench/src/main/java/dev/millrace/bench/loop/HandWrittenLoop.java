package dev.millrace.bench.loop;

import dev.millrace.bench.Input;
import dev.millrace.bench.Meter;
import dev.millrace.bench.Spec;
import dev.millrace.bench.parse.ViewParser;

import java.util.HashMap;
import java.util.Map;

/**
 * One thread and hash maps: no dedupe, no lateness, no ledger, windows that never close. Variant
 * {@code parse} does nothing but parse, filter and add to one number.
 */
public final class HandWrittenLoop {
    private HandWrittenLoop() {}

    public static void main(String[] args) {
        Spec spec = Spec.parse(args);
        Input input = new Input(spec);
        ViewParser parser = ViewParser.of(spec);
        Counts counts = new Counts();
        long[] parsed = {0};
        ViewParser.Views views =
                spec.variant().equals("parse")
                        ? (path, _) -> parsed[0] += path.isEmpty() ? 0 : 1
                        : counts;
        Meter meter = new Meter();
        for (long batch = 0; meter.takes(input.people(batch), spec); batch++) {
            parser.parse(input.batch(batch), views);
        }
        meter.counted(parsed[0] + counts.sum());
        meter.finish(spec);
    }

    /** Counts by page of each window; most events are of the one before's. */
    private static final class Counts implements ViewParser.Views {
        private final Map<Long, Map<String, long[]>> windows = new HashMap<>();
        private Map<String, long[]> pages = Map.of();
        private long startMs = Long.MIN_VALUE;

        @Override
        public void view(String path, long timestampMs) {
            long start = timestampMs - timestampMs % Spec.SIZE_MS;
            if (start != startMs) {
                startMs = start;
                pages = windows.computeIfAbsent(start, _ -> new HashMap<>());
            }
            pages.computeIfAbsent(path, _ -> new long[1])[0]++;
        }

        long sum() {
            return windows.values().stream()
                    .flatMap(its -> its.values().stream())
                    .mapToLong(count -> count[0])
                    .sum();
        }
    }
}
