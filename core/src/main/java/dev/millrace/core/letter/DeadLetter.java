package dev.millrace.core.letter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * An event that could not be processed. The byte arrays are shared, not copied: nobody writes to
 * them.
 *
 * @param stage the stage or aggregate that failed; empty for {@code INVALID} and {@code FUTURE}
 * @param code short and stable, such as {@code type} or {@code no-such-field}
 * @param message one sentence for people
 * @param attempts how often it was tried, 1 or more
 * @param pipelineVersion the version of the pipeline under which it failed last
 * @param parked true once it failed {@link #MAX_ATTEMPTS} times: a replay by filter passes over it
 * @param source of the event as it came in; empty where it could not be read
 * @param receivedAtMs when the event came in, epoch milliseconds: the ledger counts what becomes of
 *     it in that minute
 * @param origin which event it is of
 * @param countedBy state numbers of aggregates that count the event although it failed: a backfill
 *     found it in the journal; a replay passes over them
 * @param original the bytes as they came in, for {@code INVALID} not always JSON
 * @param failed the event as it stood before the stage that failed, as JSON; null where that is
 *     {@code original}
 */
public record DeadLetter(
        LetterId id,
        LetterKind kind,
        String stage,
        String code,
        String message,
        int attempts,
        long lastFailedAtMs,
        int pipelineVersion,
        boolean parked,
        String source,
        long receivedAtMs,
        Origin origin,
        Set<Integer> countedBy,
        byte[] original,
        byte @Nullable [] failed) {
    /** Attempts after which a letter is parked. */
    public static final int MAX_ATTEMPTS = 10;

    public DeadLetter {
        if (attempts < 1) {
            throw new IllegalArgumentException(
                    "a dead letter was tried once or more, not " + attempts);
        }
        Objects.requireNonNull(original, "original");
        countedBy = Set.copyOf(countedBy);
    }

    /** A letter of the first failure, for an event that was not accepted. */
    public static DeadLetter unchanged(
            LetterId id,
            LetterKind kind,
            String stage,
            String code,
            String message,
            int pipelineVersion,
            String source,
            byte[] original) {
        return new DeadLetter(
                id,
                kind,
                stage,
                code,
                message,
                1,
                id.timeMs(),
                pipelineVersion,
                false,
                source,
                id.timeMs(),
                Origin.NONE,
                Set.of(),
                original,
                null);
    }

    /** When it failed first, epoch milliseconds. */
    public long firstFailedAtMs() {
        return id.timeMs();
    }

    /** The event with which a replay begins. */
    public byte[] event() {
        return failed != null ? failed : original;
    }

    /** The same letter after one more failure, at the stage where it failed now. */
    public DeadLetter failedAgain(
            String atStage,
            String newCode,
            String newMessage,
            long atMs,
            int version,
            byte @Nullable [] event) {
        int tried = attempts + 1;
        return new DeadLetter(
                id,
                kind,
                atStage,
                newCode,
                newMessage,
                tried,
                atMs,
                version,
                tried >= MAX_ATTEMPTS,
                source,
                receivedAtMs,
                origin,
                countedBy,
                original,
                event);
    }

    /** The same letter, of an event that one more aggregate counts. */
    public DeadLetter countedBy(int aggregate) {
        Set<Integer> counting = new HashSet<>(countedBy);
        counting.add(aggregate);
        return new DeadLetter(
                id,
                kind,
                stage,
                code,
                message,
                attempts,
                lastFailedAtMs,
                pipelineVersion,
                parked,
                source,
                receivedAtMs,
                origin,
                counting,
                original,
                failed);
    }

    /** What a journal says of it. */
    public LetterRef ref() {
        return new LetterRef(id, origin);
    }

    /** Letters of one cause share it: same kind, stage, code and normalised message. */
    public String fingerprint() {
        return Fingerprint.of(kind, stage, code, message);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeadLetter that
                && id.equals(that.id)
                && kind == that.kind
                && stage.equals(that.stage)
                && code.equals(that.code)
                && message.equals(that.message)
                && attempts == that.attempts
                && lastFailedAtMs == that.lastFailedAtMs
                && pipelineVersion == that.pipelineVersion
                && parked == that.parked
                && source.equals(that.source)
                && receivedAtMs == that.receivedAtMs
                && origin.equals(that.origin)
                && countedBy.equals(that.countedBy)
                && Arrays.equals(original, that.original)
                && Arrays.equals(failed, that.failed);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "DeadLetter["
                + id
                + " "
                + kind.wireName()
                + " "
                + stage
                + " "
                + code
                + ": "
                + message
                + "]";
    }
}
