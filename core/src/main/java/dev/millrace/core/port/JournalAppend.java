package dev.millrace.core.port;

import dev.millrace.core.letter.DeadLetter;

import java.util.List;
import java.util.Optional;

/**
 * One record for the end of a journal, with what must be durable together with it.
 *
 * @param offset the record's place, 0 or more; higher than all before it in this pipeline
 * @param record what {@link dev.millrace.core.journal.JournalCodec} wrote; shared, not copied
 * @param letters events of the same request that were rejected
 * @param version a new version of the pipeline, when the record is a change
 */
public record JournalAppend(
        PipelineStore pipeline,
        long offset,
        byte[] record,
        List<DeadLetter> letters,
        Optional<PipelineVersion> version) {
    public JournalAppend {
        letters = List.copyOf(letters);
    }
}
