package dev.millrace.engine;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.Rejection;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.task.PipelineProgram;

import java.util.List;
import java.util.Optional;

/** A record on its way into a journal, with what happens once it is durable. */
sealed interface JournalRequest {
    /** The record's bytes. */
    byte[] record();

    /**
     * Events.
     *
     * @param program that read them
     */
    record Events(
            byte[] record, PipelineProgram program, EventBatch batch, List<Rejection> rejections)
            implements JournalRequest {}

    /**
     * A new version.
     *
     * @param basis the version that it was planned from
     */
    record Change(
            byte[] record, PipelineProgram program, int basis, Optional<BackfillPlan> backfill)
            implements JournalRequest {
        PipelineVersion version() {
            return program.version();
        }
    }

    /**
     * Events that were refused at first.
     *
     * @param readmitted what their letters say of them, one for each event
     * @param letters what becomes of their letters, and of those that are refused again
     * @param notes to be written with it
     */
    record Readmission(
            byte[] record,
            PipelineProgram program,
            EventBatch batch,
            List<JournalRecord.Readmission.Refused> readmitted,
            List<LetterChange> letters,
            List<Note> notes)
            implements JournalRequest {}

    /**
     * A replay, discard or advance.
     *
     * @param notes to be written with it
     */
    record Control(byte[] record, JournalRecord content, List<Note> notes)
            implements JournalRequest {}
}
