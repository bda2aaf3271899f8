package dev.millrace.core.task;

import dev.millrace.core.letter.Origin;

/** Hears which aggregate counted which event. */
@FunctionalInterface
interface CountedEvents {
    /**
     * @param aggregate its state number
     */
    void counted(int aggregate, Origin event);
}
