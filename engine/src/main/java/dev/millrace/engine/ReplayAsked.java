package dev.millrace.engine;

import dev.millrace.core.letter.LetterFilter;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a replay was asked for; never changes.
 *
 * @param ids how many letters it names; 0: it goes by the filter
 * @param filter never of parked letters
 * @param bounds letters beyond are not taken by the filter
 */
record ReplayAsked(
        long startedAtMs,
        int ids,
        LetterFilter filter,
        int limit,
        byte @Nullable [] patch,
        OptionalDouble ratePerSecond,
        ReplayBounds bounds) {

    static ReplayAsked of(ReplayRequest request, long startedAtMs, ReplayBounds bounds) {
        LetterFilter filter = request.filter();
        return new ReplayAsked(
                startedAtMs,
                request.ids().size(),
                new LetterFilter(
                        filter.kind(),
                        filter.stage(),
                        filter.fingerprint(),
                        filter.source(),
                        Optional.of(false)),
                request.limit(),
                request.patch(),
                request.ratePerSecond(),
                bounds);
    }
}
