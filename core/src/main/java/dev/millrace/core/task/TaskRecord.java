package dev.millrace.core.task;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.letter.LetterId;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What a host feeds to a {@link PartitionTask}: the records of its partition, in order of offsets,
 * and ticks of the clock.
 */
public sealed interface TaskRecord {
    /**
     * The partition's events of one batch, under the version that the task runs.
     *
     * @param offset of the record; its n-th event has the n-th offset from there
     * @param endOffset the offset behind the record
     */
    record Events(EventBatch batch, long offset, long endOffset) implements TaskRecord {}

    /** From here on another version applies. */
    record Change(PipelineProgram program, long endOffset) implements TaskRecord {}

    /**
     * Letters of this partition to be tried again.
     *
     * @param patch laid over each event before it goes on; null where there is none
     */
    record Replay(
            String replay,
            List<LetterId> letters,
            byte @Nullable [] patch,
            long receivedAtMs,
            long endOffset)
            implements TaskRecord {
        // Not the compact form: javac drops the component's @Nullable from its parameter.
        public Replay(
                String replay,
                List<LetterId> letters,
                byte @Nullable [] patch,
                long receivedAtMs,
                long endOffset) {
            this.replay = replay;
            this.letters = List.copyOf(letters);
            this.patch = patch;
            this.receivedAtMs = receivedAtMs;
            this.endOffset = endOffset;
        }
    }

    /** Letters of this partition to be deleted. */
    record Discard(String request, List<LetterId> letters, long endOffset) implements TaskRecord {
        public Discard {
            letters = List.copyOf(letters);
        }
    }

    /** Nothing older than {@code toMs} is expected any more. */
    record Advance(long toMs, long endOffset) implements TaskRecord {}

    /** The same, said by the host's clock instead of a producer; not in the journal. */
    record Tick(long toMs) implements TaskRecord {}
}
