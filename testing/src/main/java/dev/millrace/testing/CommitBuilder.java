package dev.millrace.testing;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.DedupeBlock;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.OutboxChange;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Puts a {@link Commit} together in a test; what is not named is empty. Texts become UTF-8. */
public final class CommitBuilder {
    private byte[] checkpoint = new byte[0];
    private final List<Commit.RowChange> rows = new ArrayList<>();
    private final List<Commit.RowExpiry> expiries = new ArrayList<>();
    private final List<Integer> dropped = new ArrayList<>();
    private final List<LetterChange> letters = new ArrayList<>();
    private final List<DedupeBlock> dedupe = new ArrayList<>();
    private long dedupeNotBeforeMs = Long.MIN_VALUE;
    private final List<Note> notes = new ArrayList<>();

    private final List<OutboxChange> outbox = new ArrayList<>();

    private CommitBuilder() {}

    public static CommitBuilder commit() {
        return new CommitBuilder();
    }

    public CommitBuilder checkpoint(String text) {
        return checkpoint(bytes(text));
    }

    public CommitBuilder checkpoint(byte[] bytes) {
        checkpoint = bytes;
        return this;
    }

    public CommitBuilder row(int aggregate, long windowStartMs, String group, String value) {
        return row(aggregate, windowStartMs, bytes(group), bytes(value));
    }

    public CommitBuilder row(int aggregate, long windowStartMs, byte[] group, byte[] value) {
        rows.add(new Commit.RowChange(aggregate, windowStartMs, group, value));
        return this;
    }

    public CommitBuilder expire(int aggregate, long beforeMs) {
        expiries.add(new Commit.RowExpiry(aggregate, beforeMs));
        return this;
    }

    public CommitBuilder expire(int aggregate, long beforeMs, Set<Long> sparedMs) {
        expiries.add(new Commit.RowExpiry(aggregate, beforeMs, sparedMs));
        return this;
    }

    public CommitBuilder drop(int aggregate) {
        dropped.add(aggregate);
        return this;
    }

    public CommitBuilder put(DeadLetter letter) {
        letters.add(new LetterChange.Put(letter));
        return this;
    }

    public CommitBuilder remove(LetterId id) {
        letters.add(new LetterChange.Remove(id));
        return this;
    }

    public CommitBuilder dedupe(int partition, long sequence, long lastReceivedAtMs, long... ids) {
        dedupe.add(new DedupeBlock(partition, sequence, lastReceivedAtMs, ids));
        return this;
    }

    public CommitBuilder forgetBefore(long receivedAtMs) {
        dedupeNotBeforeMs = receivedAtMs;
        return this;
    }

    /**
     * @param value null: the note goes
     */
    public CommitBuilder note(String key, @Nullable String value) {
        notes.add(new Note(key, value == null ? null : bytes(value)));
        return this;
    }

    public CommitBuilder putOut(String sink, long position, String entry) {
        outbox.add(new OutboxChange.Append(sink, position, bytes(entry)));
        return this;
    }

    public CommitBuilder trim(String sink, long from, long below) {
        outbox.add(new OutboxChange.Trim(sink, from, below));
        return this;
    }

    public Commit build() {
        return new Commit(
                checkpoint,
                rows,
                expiries,
                dropped,
                letters,
                dedupe,
                dedupeNotBeforeMs,
                notes,
                outbox);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
