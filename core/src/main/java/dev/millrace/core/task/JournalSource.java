package dev.millrace.core.task;

import dev.millrace.core.port.PipelineStore;

/** Where a task finds what was accepted before. */
@FunctionalInterface
public interface JournalSource {
    /** As {@link PipelineStore#readJournal}. */
    void readJournal(long from, PipelineStore.JournalVisitor visitor);
}
