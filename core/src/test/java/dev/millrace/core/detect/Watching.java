package dev.millrace.core.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One group under watch, window after window, and the alerts that came of it. */
final class Watching {
    private final long sizeMs;
    private final Sensitivity sensitivity;
    private final Noise noise;
    private final List<Excursion> begun = new ArrayList<>();
    private final List<Excursion> ended = new ArrayList<>();
    private WatchedGroup group = new WatchedGroup();
    private long nextMs = DailyCurve.MONDAY_MS;

    Watching(long sizeMs, double minimum, Noise noise) {
        this.sizeMs = sizeMs;
        this.sensitivity = new Sensitivity(4, minimum);
        this.noise = noise;
    }

    static Watching counts(long sizeMs) {
        return new Watching(sizeMs, 0, Noise.COUNT);
    }

    /** The window that closes next. */
    Span window() {
        return new Span(nextMs, nextMs + sizeMs);
    }

    Watching windows(int count, double value) {
        return windows(count, _ -> value);
    }

    Watching windows(int count, ToDoubleFunction<Span> values) {
        for (int i = 0; i < count; i++) {
            Span window = window();
            group.close(window, values.applyAsDouble(window), true, noise, sensitivity)
                    .forEach(this::note);
            nextMs = window.endMs();
        }
        return this;
    }

    Watching early(double value) {
        Excursion surge = group.early(window(), value, noise, sensitivity);
        if (surge != null) {
            note(surge);
        }
        return this;
    }

    /** Goes on with what was stored. */
    Watching restored() {
        group = StateCodec.group(StateCodec.encode(group));
        return this;
    }

    private void note(Excursion change) {
        if (!change.isOpen()) {
            ended.add(StateCodec.excursion(StateCodec.encode(change)));
        } else if (begun.stream().noneMatch(one -> one.windowStartMs() == change.windowStartMs())) {
            begun.add(change);
        }
    }

    /** As they were when they began. */
    List<Excursion> begun() {
        return begun;
    }

    List<Excursion> ended() {
        return ended;
    }

    byte[] state() {
        return StateCodec.encode(group);
    }
}
