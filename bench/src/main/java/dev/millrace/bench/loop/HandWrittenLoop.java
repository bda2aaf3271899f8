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
        Map<Long, Map<String, long[]>> windows = new HashMap<>();
        long[] parsed = {0};
        ViewParser.Views views =
                spec.variant().equals("parse")
                        ? (path, _) -> parsed[0] += path.isEmpty() ? 0 : 1
                        : (path, timestampMs) ->
                                windows.computeIfAbsent(
                                                timestampMs - timestampMs % Spec.SIZE_MS,
                                                _ -> new HashMap<>())
                                        .computeIfAbsent(path, _ -> new long[1])[0]++;
        Meter meter = new Meter();
        for (long batch = 0; batch < spec.batches(); batch++) {
            meter.reached(batch, spec);
            parser.parse(input.batch(batch), views);
        }
        windows.values().forEach(pages -> pages.values().forEach(count -> parsed[0] += count[0]));
        meter.counted(parsed[0]);
        meter.finish(spec.measuredEvents());
    }
}
