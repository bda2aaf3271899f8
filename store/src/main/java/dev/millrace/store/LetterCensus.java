package dev.millrace.store;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterCause;
import dev.millrace.core.letter.LetterCodec;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.letter.RecentFailures;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums up letters by cause at one moment. What the tally knows is taken from there; a filter of
 * which it knows nothing is counted by the index's headers. One thread.
 */
final class LetterCensus {
    private final Database database;
    private final int pipeline;
    private final LetterTally tally;
    private final LetterIndex index;
    private final Moment moment;
    private long letters;
    private boolean complete;

    /** The letters of one cause. */
    private record Count(
            long fingerprint,
            long letters,
            long parked,
            long lastFailedAtMs,
            RecentFailures recent,
            LetterId oldest,
            LetterId newest) {
        static Count of(LetterId id, LetterHeader header) {
            return new Count(
                    header.fingerprint(),
                    1,
                    header.parked() ? 1 : 0,
                    header.lastFailedAtMs(),
                    RecentFailures.NONE.plus(header.lastFailedAtMs(), 1),
                    id,
                    id);
        }

        static Count sum(Count one, Count other) {
            return new Count(
                    one.fingerprint,
                    one.letters + other.letters,
                    one.parked + other.parked,
                    Math.max(one.lastFailedAtMs, other.lastFailedAtMs),
                    one.recent.plus(other.recent),
                    one.oldest.compareTo(other.oldest) < 0 ? one.oldest : other.oldest,
                    one.newest.compareTo(other.newest) > 0 ? one.newest : other.newest);
        }
    }

    LetterCensus(
            Database database, int pipeline, LetterTally tally, LetterIndex index, Moment moment) {
        this.database = database;
        this.pipeline = pipeline;
        this.tally = tally;
        this.index = index;
        this.moment = moment;
    }

    LetterSummary summary(LetterFilter filter, int limit) {
        letters = 0;
        complete = tally.knowsAllCauses();
        boolean known = filter.source().isEmpty() && filter.parked().isEmpty();
        List<Count> counts = known ? tallied(filter, limit) : counted(filter, limit);
        return new LetterSummary(counts.stream().map(this::cause).toList(), letters, complete);
    }

    private List<Count> tallied(LetterFilter filter, int limit) {
        List<LetterTally.OfCause> causes = tally.causes(filter);
        letters = causes.stream().mapToLong(LetterTally.OfCause::letters).sum();
        complete &= causes.size() <= limit;
        return causes.stream()
                .limit(limit)
                .<Count>mapMulti((cause, out) -> {
                    @Nullable LetterId oldest = index.oldest(moment, cause.fingerprint());
                    @Nullable LetterId newest = index.newest(moment, cause.fingerprint());
                    // Gone between the tally and this moment.
                    if (oldest != null && newest != null) {
                        out.accept(
                                new Count(
                                        cause.fingerprint(),
                                        cause.letters(),
                                        cause.parked(),
                                        cause.lastFailedAtMs(),
                                        cause.recent(),
                                        oldest,
                                        newest));
                    }
                })
                .toList();
    }

    private List<Count> counted(LetterFilter filter, int limit) {
        Map<Long, Count> counts = new HashMap<>();
        complete = true;
        index.visit(
                moment,
                index.ranges(filter).orElse(List.of(Keys.lettersByCause(pipeline))),
                filter,
                null,
                (id, header) -> {
                    letters++;
                    if (counts.size() < LetterTally.CAUSES
                            || counts.containsKey(header.fingerprint())) {
                        counts.merge(header.fingerprint(), Count.of(id, header), Count::sum);
                    } else {
                        complete = false;
                    }
                    return true;
                });
        complete &= counts.size() <= limit;
        return counts.values().stream()
                .sorted(Comparator.comparingLong(Count::letters).reversed())
                .limit(limit)
                .toList();
    }

    private LetterCause cause(Count count) {
        byte[] bytes = moment.get(database.letters(), Keys.letter(pipeline, count.newest()));
        if (bytes == null) {
            throw LetterIndex.broken(count.newest());
        }
        DeadLetter newest = LetterCodec.decode(count.newest(), bytes);
        return new LetterCause(
                LetterHeader.text(count.fingerprint()),
                newest.kind(),
                newest.stage(),
                newest.code(),
                newest.message(),
                count.letters(),
                count.parked(),
                count.oldest().timeMs(),
                count.lastFailedAtMs(),
                count.recent(),
                count.newest());
    }
}
