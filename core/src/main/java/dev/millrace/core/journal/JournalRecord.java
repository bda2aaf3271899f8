package dev.millrace.core.journal;

import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalLong;

/**
 * One record of a pipeline's journal. Everything that changes a pipeline's numbers is one, so that
 * a host that reads the journal again comes to the same rows. Offsets count events: a record takes
 * as many as {@link #width}.
 */
public sealed interface JournalRecord {
    /** When the host accepted it, epoch milliseconds of its clock. */
    long receivedAtMs();

    /** How many offsets the record takes: 1 or more. */
    default int width() {
        return 1;
    }

    /**
     * The events of one accepted request.
     *
     * @param version the version of the pipeline that admitted them
     * @param received events in the body, {@code rejected} included
     * @param rejected how many of them became letters at admission
     * @param history whether they are old events, loaded beside the live ones
     * @param payload the accepted events as JSON values, separated by white space or commas
     */
    record Events(
            long receivedAtMs,
            int version,
            int received,
            int rejected,
            boolean history,
            byte[] payload)
            implements JournalRecord {
        public Events {
            if (received < 0 || rejected < 0 || rejected > received) {
                throw new IllegalArgumentException(
                        rejected + " of " + received + " events rejected");
            }
        }

        @Override
        public int width() {
            return Math.max(1, received);
        }

        /** Events that go on to the partitions. */
        public int accepted() {
            return received - rejected;
        }
    }

    /**
     * From here on the pipeline's {@code version} applies.
     *
     * @param backfillFromMs where its new and changed aggregates are to be given what was received
     *     before: from when on, epoch milliseconds
     */
    record Change(long receivedAtMs, int version, OptionalLong backfillFromMs)
            implements JournalRecord {
        /** One without a backfill. */
        public Change(long receivedAtMs, int version) {
            this(receivedAtMs, version, OptionalLong.empty());
        }
    }

    /**
     * Letters to be tried again. Those that are gone by then are left alone.
     *
     * @param patch laid over each event before it goes on, a JSON merge patch (RFC 7396); null
     *     where there is none
     */
    record Replay(
            long receivedAtMs, String replay, List<LetterRef> letters, byte @Nullable [] patch)
            implements JournalRecord {
        // Not the compact form: javac drops the component's @Nullable from its parameter.
        public Replay(
                long receivedAtMs,
                String replay,
                List<LetterRef> letters,
                byte @Nullable [] patch) {
            this.receivedAtMs = receivedAtMs;
            this.replay = replay;
            this.letters = List.copyOf(letters);
            this.patch = patch;
        }
    }

    /**
     * Events that were refused at first and are accepted now, since their letters were replayed.
     * Their letters go in the same write; those that were refused again are put.
     *
     * @param version the version of the pipeline that admitted them
     * @param replay which replay it was
     * @param letters those that went, one for each event of the payload
     * @param payload the events as JSON values, separated by white space or commas
     */
    record Readmission(
            long receivedAtMs, int version, String replay, List<Refused> letters, byte[] payload)
            implements JournalRecord {
        /** Where and when an event came from when it was refused: what its letter says of it. */
        public record Refused(long receivedAtMs, String source) {}

        public Readmission {
            letters = List.copyOf(letters);
        }

        @Override
        public int width() {
            return Math.max(1, letters.size());
        }
    }

    /** Letters to be deleted. */
    record Discard(long receivedAtMs, String request, List<LetterId> letters)
            implements JournalRecord {
        public Discard {
            letters = List.copyOf(letters);
        }
    }

    /** No event older than {@code toMs} is expected any more. */
    record Advance(long receivedAtMs, long toMs) implements JournalRecord {}
}
