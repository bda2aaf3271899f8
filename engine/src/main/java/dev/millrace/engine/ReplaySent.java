package dev.millrace.engine;

import dev.millrace.core.letter.LetterId;
import dev.millrace.core.task.LetterOutcome;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a replay has sent its letters off. Written with each record that sends some, so that none
 * is sent twice.
 *
 * @param after the last letter that the filter took; empty before the first
 * @param taken letters taken so far, those that were not there included
 * @param toSinks how many of those are of sinks
 * @param total letters that it has to take, once that is known
 * @param complete whether there are no more
 * @param pending taken, but not sent yet: they go through admission
 * @param settled outcomes known when they were sent: of letters that went through admission, or
 *     were not there
 */
record ReplaySent(
        Optional<LetterId> after,
        int taken,
        int toSinks,
        OptionalLong total,
        boolean complete,
        List<LetterId> pending,
        ReplaySettled settled) {
    static final ReplaySent NOTHING =
            new ReplaySent(
                    Optional.empty(),
                    0,
                    0,
                    OptionalLong.empty(),
                    false,
                    List.of(),
                    ReplaySettled.NOTHING);

    ReplaySent {
        pending = List.copyOf(pending);
    }

    ReplaySent counted(long letters) {
        return new ReplaySent(
                after, taken, toSinks, OptionalLong.of(letters), complete, pending, settled);
    }

    /** After one more slice, whose refused letters are yet to be sent. */
    ReplaySent plus(ReplaySelection.Slice slice, ReplaySettled missing) {
        return new ReplaySent(
                slice.after(),
                taken + slice.letters(),
                toSinks + slice.lettersOfSinks(),
                total,
                slice.last(),
                slice.refused(),
                missing);
    }

    /** After the first of those pending were sent. */
    ReplaySent plus(List<LetterOutcome> outcomes, ReplaySettled all) {
        return new ReplaySent(
                after,
                taken,
                toSinks,
                total,
                complete,
                pending.subList(outcomes.size(), pending.size()),
                all);
    }
}
