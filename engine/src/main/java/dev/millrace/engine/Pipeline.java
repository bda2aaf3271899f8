package dev.millrace.engine;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.port.PipelineVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One running pipeline. Safe for use by many threads. */
public final class Pipeline {
    public String name() {
        throw new UnsupportedOperationException();
    }

    /** The version that applies to events accepted from now on. */
    public PipelineVersion version() {
        throw new UnsupportedOperationException();
    }

    /** All versions, the oldest first. */
    public List<PipelineVersion> versions() {
        throw new UnsupportedOperationException();
    }

    public PipelineDefinition definition() {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes the events of a body. Blocks until they are durable.
     *
     * @param body the events are in its first {@code length} bytes; it is kept, nobody may write to it afterwards
     */
    public IngestOutcome ingest(byte[] body, int length, BodyFormat format) {
        throw new UnsupportedOperationException();
    }

    /** Declares that nothing older than {@code toMs} is expected; empty: closes all windows of what was accepted. Blocks until visible. */
    public AdvanceOutcome advance(OptionalLong toMs) {
        throw new UnsupportedOperationException();
    }

    public LedgerView ledger() {
        throw new UnsupportedOperationException();
    }

    public PipelineMetrics metrics() {
        throw new UnsupportedOperationException();
    }

    /**
     * @throws IllegalArgumentException if the query names an aggregate, group field, value or place that is not there; the
     *     message says what is allowed
     */
    public RowPage rows(RowQuery query) {
        throw new UnsupportedOperationException();
    }

    public Optional<DeadLetter> letter(LetterId id) {
        throw new UnsupportedOperationException();
    }

    /** The letters that match, after {@code after}, at most {@code limit}. */
    public LetterPage letters(LetterFilter filter, Optional<LetterId> after, int limit) {
        throw new UnsupportedOperationException();
    }

    /** Tries letters again, through the journal. Waits for the outcomes, but not longer than {@code wait}. */
    public ReplayReport replay(ReplayRequest request, Duration wait) {
        throw new UnsupportedOperationException();
    }

    /** How a replay is going; empty if it is unknown or long done. */
    public Optional<ReplayReport> replay(String id) {
        throw new UnsupportedOperationException();
    }

    /** Deletes letters for good. Blocks until they are gone; says how many were there. */
    public int discard(List<LetterId> ids) {
        throw new UnsupportedOperationException();
    }
}
