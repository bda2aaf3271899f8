package dev.millrace.core.task;

/**
 * How many events came to a stage, and what became of them there, since the task began. What a
 * stage makes of an event counts by itself: {@code out} of an explosion are its parts.
 *
 * @param filtered ended there
 * @param failed there, and became dead letters or stayed such
 */
public record StageCount(String stage, long in, long out, long filtered, long failed) {
    /** Both together; of the same stage. */
    public StageCount plus(StageCount other) {
        return new StageCount(
                stage,
                in + other.in,
                out + other.out,
                filtered + other.filtered,
                failed + other.failed);
    }
}
