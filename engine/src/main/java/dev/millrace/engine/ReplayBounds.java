package dev.millrace.engine;

import dev.millrace.core.letter.LetterId;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.PartitionState;

import java.util.List;

/**
 * Which letters were there at one moment: each writer numbers its own, so a letter is older than
 * the moment if its number is lower than the writer's next. Their times do not tell: they are of
 * the events.
 *
 * @param partitions each one's next number
 * @param admission the admission's next, an offset
 * @param sinksUpToMs when it was: sinks number nothing, but the times of their letters are of the
 *     commits that put the items out
 */
record ReplayBounds(List<Long> partitions, long admission, long sinksUpToMs) {
    ReplayBounds {
        partitions = List.copyOf(partitions);
    }

    /** What is committed now. */
    static ReplayBounds of(Checkpoint committed, Totals totals, long nowMs) {
        return new ReplayBounds(
                committed.partitions().stream().map(PartitionState::letterSequence).toList(),
                totals.endOffset(),
                nowMs);
    }

    boolean contain(LetterId letter) {
        if (letter.partition() == LetterId.ADMISSION) {
            return letter.sequence() < admission;
        }
        if (letter.partition() == LetterId.SINKS) {
            return letter.timeMs() <= sinksUpToMs;
        }
        return letter.partition() < partitions.size()
                && letter.sequence() < partitions.get(letter.partition());
    }
}
