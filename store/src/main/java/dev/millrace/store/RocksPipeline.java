package dev.millrace.store;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.letter.SourceLetters;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.GroupPrefixes;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/** One pipeline: its journal, rows, letters and dedupe blocks behind one gate. */
final class RocksPipeline implements PipelineStore {
    private final Database database;
    private final String instance;
    private final int number;
    private final String name;
    private final Journal journal;
    private final Rows rows;
    private final Letters letters;
    private final Dedupe dedupe;
    private final Outbox outbox;
    private final Gate gate = new Gate();

    /**
     * Held by a commit, and by an append with letters: both count them. Fair, so that none starves.
     */
    private final ReentrantLock committing = new ReentrantLock(true);

    RocksPipeline(
            Database database,
            String instance,
            int number,
            String name,
            ColumnFamilyHandle journal) {
        this.instance = instance;
        this.database = database;
        this.number = number;
        this.name = name;
        this.journal = new Journal(database, journal);
        this.rows = new Rows(database, number);
        this.letters =
                new Letters(
                        database,
                        number,
                        new LetterTidy(database, number, gate, LetterTidy.REMOVED));
        this.dedupe = new Dedupe(database, number);
        this.outbox = new Outbox(database, number);
    }

    @Override
    public String pipeline() {
        return name;
    }

    @Override
    public String identity() {
        return instance + "-" + number;
    }

    @Override
    public List<PipelineVersion> versions() {
        byte[] from = Keys.versions(number);
        List<PipelineVersion> versions = new ArrayList<>();
        try (var _ = gate.enter();
                Scan entries = database.scan(database.meta(), from, Keys.endOf(from)).toFirst()) {
            for (; entries.valid(); entries.next()) {
                versions.add(VersionCodec.decode(Keys.versionOf(entries.key()), entries.value()));
            }
        }
        return List.copyOf(versions);
    }

    @Override
    public Optional<byte[]> checkpoint() {
        try (var _ = gate.enter()) {
            return Optional.ofNullable(database.get(database.meta(), Keys.checkpoint(number)));
        }
    }

    @Override
    public Optional<byte[]> note(String key) {
        try (var _ = gate.enter()) {
            return Optional.ofNullable(database.get(database.meta(), Keys.note(number, key)));
        }
    }

    @Override
    public void notes(String prefix, NoteVisitor visitor) {
        byte[] from = Keys.note(number, prefix);
        try (var _ = gate.enter();
                Scan entries = database.scan(database.meta(), from, Keys.endOf(from)).toFirst()) {
            for (; entries.valid(); entries.next()) {
                visitor.note(Keys.noteOf(entries.key()), entries.value());
            }
        }
    }

    @Override
    public void readJournal(long from, JournalVisitor visitor) {
        try (var _ = gate.enter()) {
            journal.read(from, visitor);
        }
    }

    @Override
    public OptionalLong journalStart() {
        try (var _ = gate.enter()) {
            return journal.start();
        }
    }

    @Override
    public void trimJournal(long below, long notBeforeMs, long maxBytes) {
        try (var _ = gate.enter()) {
            journal.trim(below, notBeforeMs, maxBytes);
        }
    }

    @Override
    public void readDedupe(int partition, long notBeforeMs, DedupeVisitor visitor) {
        try (var _ = gate.enter()) {
            dedupe.read(partition, notBeforeMs, visitor);
        }
    }

    @Override
    public void readOutbox(String sink, long from, OutboxVisitor visitor) {
        try (var _ = gate.enter()) {
            outbox.read(sink, from, visitor);
        }
    }

    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        try (var _ = gate.enter()) {
            return rows.row(aggregate, windowStartMs, group);
        }
    }

    @Override
    public void rows(
            int aggregate,
            long fromMs,
            long toMs,
            GroupPrefixes groups,
            @Nullable Place after,
            RowVisitor visitor) {
        try (var _ = gate.enter()) {
            rows.rows(aggregate, fromMs, toMs, groups, after, visitor);
        }
    }

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        try (var _ = gate.enter()) {
            return rows.newestWindowStart(aggregate, beforeMs);
        }
    }

    @Override
    public Optional<DeadLetter> letter(LetterId id) {
        try (var _ = gate.enter()) {
            return letters.letter(id);
        }
    }

    @Override
    public void letters(LetterFilter filter, @Nullable LetterId after, LetterVisitor visitor) {
        try (var _ = gate.enter()) {
            letters.letters(filter, after, visitor);
        }
    }

    @Override
    public void letterIds(LetterFilter filter, @Nullable LetterId after, LetterIdVisitor visitor) {
        try (var _ = gate.enter()) {
            letters.letterIds(filter, after, visitor);
        }
    }

    @Override
    public long letterCount() {
        try (var _ = gate.enter()) {
            return letters.letterCount();
        }
    }

    @Override
    public Map<LetterKind, Long> lettersByKind() {
        try (var _ = gate.enter()) {
            return letters.lettersByKind();
        }
    }

    @Override
    public LetterSummary letterSummary(LetterFilter filter, int limit) {
        try (var _ = gate.enter()) {
            return letters.letterSummary(filter, limit);
        }
    }

    @Override
    public SourceLetters lettersOf(String source) {
        try (var _ = gate.enter()) {
            return letters.lettersOf(source);
        }
    }

    @Override
    public List<SourceLetters> letterSources(int limit) {
        try (var _ = gate.enter()) {
            return letters.letterSources(limit);
        }
    }

    @Override
    public void commit(Commit commit) {
        try (var _ = gate.enter()) {
            committing.lock();
            try {
                Letters.Changing changing = letters.changing(commit.letters());
                database.writeWhenThereIsRoom(batch -> {
                    batch.put(database.meta(), Keys.checkpoint(number), commit.checkpoint());
                    rows.stage(commit, batch);
                    changing.stage(batch);
                    dedupe.stage(commit.dedupe(), commit.dedupeNotBeforeMs(), batch);
                    stageNotes(commit.notes(), batch);
                    outbox.stage(commit.outbox(), batch);
                });
                changing.written();
            } finally {
                committing.unlock();
            }
        }
    }

    /**
     * The part of a group of appends that is this pipeline's. The thread that makes it keeps the
     * pipeline from being dropped until it closes it.
     *
     * @throws IllegalArgumentException if an offset is not higher than all before it
     */
    AppendPart append(List<JournalAppend> appends) {
        journal.requireGrowing(appends);
        return new AppendPart(appends);
    }

    boolean isIn(Database other) {
        return database == other;
    }

    /** Lets nobody in any more, and waits until all are out. */
    void close(String reason) {
        gate.shut(reason, () -> {});
    }

    /** Writes what a new pipeline begins with. */
    void stage(PipelineVersion first, WriteBatch batch) throws RocksDBException {
        batch.put(database.meta(), Keys.name(number), name.getBytes(StandardCharsets.UTF_8));
        stageVersion(first, batch);
    }

    /** Removes all it holds, once nobody is inside. */
    void drop() {
        gate.shut("the pipeline " + name + " was dropped", this::delete);
    }

    /*
     * The journal goes last: a crash in between leaves a journal without a pipeline, which is
     * dropped at the next start.
     */
    private void delete() {
        byte[] from = Keys.pipeline(number);
        byte[] to = Keys.endOf(from);
        database.write(batch -> {
            batch.deleteRange(database.meta(), from, to);
            batch.deleteRange(database.rows(), from, to);
            batch.deleteRange(database.letters(), from, to);
            batch.deleteRange(database.letterIndex(), from, to);
            batch.deleteRange(database.dedupe(), from, to);
            batch.deleteRange(database.outbox(), from, to);
        });
        Failpoint.PIPELINE_DELETED.reach();
        database.dropJournal(number);
    }

    final class AppendPart implements AutoCloseable {
        private final List<JournalAppend> appends;
        private final Letters.Changing changing;
        private final boolean changesLetters;
        private final Gate.Pass pass = gate.enter();

        private AppendPart(List<JournalAppend> appends) {
            this.appends = appends;
            List<LetterChange> changes =
                    appends.stream().flatMap(append -> append.letters().stream()).toList();
            this.changing = letters.changing(changes);
            this.changesLetters = !changes.isEmpty();
            if (changesLetters) {
                committing.lock();
            }
        }

        void stage(WriteBatch batch) throws RocksDBException {
            journal.stage(appends, batch);
            for (JournalAppend append : appends) {
                Optional<PipelineVersion> version = append.version();
                if (version.isPresent()) {
                    stageVersion(version.get(), batch);
                }
                stageNotes(append.notes(), batch);
            }
            changing.stage(batch);
        }

        void written() {
            journal.written(appends);
            changing.written();
        }

        @Override
        public void close() {
            if (changesLetters) {
                committing.unlock();
            }
            pass.close();
        }
    }

    private void stageNotes(List<Note> notes, WriteBatch batch) throws RocksDBException {
        for (Note note : notes) {
            byte[] key = Keys.note(number, note.key());
            byte[] value = note.value();
            if (value == null) {
                batch.delete(database.meta(), key);
            } else {
                batch.put(database.meta(), key, value);
            }
        }
    }

    private void stageVersion(PipelineVersion version, WriteBatch batch) throws RocksDBException {
        batch.put(
                database.meta(),
                Keys.version(number, version.version()),
                VersionCodec.encode(version));
    }
}
