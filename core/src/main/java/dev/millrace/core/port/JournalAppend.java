package dev.millrace.core.port;

import dev.millrace.core.letter.LetterChange;

import java.util.List;
import java.util.Optional;

/**
 * One record for the end of a journal, with what must be durable together with it.
 *
 * @param offset the record's place, 0 or more; higher than all before it in this pipeline
 * @param record what {@link dev.millrace.core.journal.JournalCodec} wrote; shared, not copied
 * @param letters events of the same request that were rejected, and letters that the record
 *     settles; in order
 * @param version a new version of the pipeline, when the record is a change
 * @param notes a key occurs once
 */
public record JournalAppend(
        PipelineStore pipeline,
        long offset,
        byte[] record,
        List<LetterChange> letters,
        Optional<PipelineVersion> version,
        List<Note> notes) {
    public JournalAppend {
        letters = List.copyOf(letters);
        notes = List.copyOf(notes);
    }

    /** A record with nothing beside it. */
    public static JournalAppend of(PipelineStore pipeline, long offset, byte[] record) {
        return new JournalAppend(pipeline, offset, record, List.of(), Optional.empty(), List.of());
    }
}
