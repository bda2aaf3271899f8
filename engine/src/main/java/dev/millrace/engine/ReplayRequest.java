package dev.millrace.engine;

import dev.millrace.core.event.MergePatch;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Which letters to try again, and how: those named, or, where none is named, the first {@code
 * limit} that match the filter and are not parked.
 *
 * @param ids each once, however often it is named; at most {@link #MAX_IDS}
 * @param limit 1 to {@link #MAX_LETTERS}
 * @param patch a JSON merge patch that is laid over each event, up to {@link #MAX_PATCH_BYTES};
 *     null for none
 * @param ratePerSecond letters tried in a second at most
 */
public record ReplayRequest(
        List<LetterId> ids,
        LetterFilter filter,
        int limit,
        byte @Nullable [] patch,
        OptionalDouble ratePerSecond) {
    public static final int MAX_IDS = 100_000;
    public static final int MAX_LETTERS = 1_000_000;
    public static final double MIN_RATE = 0.01;

    /** It stands in every record of its replay. */
    public static final int MAX_PATCH_BYTES = 64 << 10;

    // Not the compact form: javac drops the component's @Nullable from its parameter.
    public ReplayRequest(
            List<LetterId> ids,
            LetterFilter filter,
            int limit,
            byte @Nullable [] patch,
            OptionalDouble ratePerSecond) {
        this.ids = ids.stream().distinct().toList();
        this.filter = filter;
        this.limit = limit;
        this.patch = patch;
        this.ratePerSecond = ratePerSecond;
        if (limit < 1 || limit > MAX_LETTERS) {
            throw new IllegalArgumentException(
                    "one replay takes 1 to " + MAX_LETTERS + " letters, not " + limit);
        }
        if (ids.size() > MAX_IDS) {
            throw new IllegalArgumentException(
                    "one replay names at most " + MAX_IDS + " letters, not " + ids.size());
        }
        if (!(ratePerSecond.orElse(MIN_RATE) >= MIN_RATE)) {
            throw new IllegalArgumentException(
                    "a rate must be " + MIN_RATE + " or more, not " + ratePerSecond);
        }
        if (patch != null) {
            if (patch.length > MAX_PATCH_BYTES) {
                throw new IllegalArgumentException(
                        "a patch takes at most %d bytes, not %d"
                                .formatted(MAX_PATCH_BYTES, patch.length));
            }
            MergePatch _ = MergePatch.of(patch);
        }
    }

    /** One without patch and rate. */
    public ReplayRequest(List<LetterId> ids, LetterFilter filter, int limit) {
        this(ids, filter, limit, null, OptionalDouble.empty());
    }
}
