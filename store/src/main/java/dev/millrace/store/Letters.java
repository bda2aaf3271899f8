package dev.millrace.store;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterCodec;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.DeadLetters;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One pipeline's dead letters and their number, which is stored with every change of it. One thread
 * at a time stages, from before {@link #stage} until after {@link #written}.
 */
final class Letters implements DeadLetters {
    private final Database database;
    private final ColumnFamilyHandle family;
    private final int pipeline;
    private long staged;
    private volatile long count;

    Letters(Database database, int pipeline) {
        this.database = database;
        this.family = database.letters();
        this.pipeline = pipeline;
        byte[] stored = database.get(database.meta(), Keys.letterCount(pipeline));
        count = stored == null ? 0 : ByteBuffer.wrap(stored).getLong();
        staged = count;
    }

    void stage(List<LetterChange> changes, WriteBatch batch) throws RocksDBException {
        if (changes.isEmpty()) {
            return;
        }
        staged = count;
        Map<LetterId, Boolean> known = new HashMap<>();
        for (LetterChange change : changes) {
            byte[] key = Keys.letter(pipeline, change.id());
            boolean there = known.computeIfAbsent(change.id(), _ -> isStored(key));
            switch (change) {
                case LetterChange.Put(DeadLetter letter) -> {
                    batch.put(family, key, LetterCodec.encode(letter));
                    staged += there ? 0 : 1;
                    known.put(change.id(), true);
                }
                case LetterChange.Remove _ -> {
                    batch.delete(family, key);
                    staged -= there ? 1 : 0;
                    known.put(change.id(), false);
                }
            }
        }
        batch.put(
                database.meta(),
                Keys.letterCount(pipeline),
                ByteBuffer.allocate(Long.BYTES).putLong(staged).array());
    }

    void written() {
        count = staged;
    }

    @Override
    public Optional<DeadLetter> letter(LetterId id) {
        return Optional.ofNullable(database.get(family, Keys.letter(pipeline, id)))
                .map(bytes -> LetterCodec.decode(id, bytes));
    }

    @Override
    public void letters(@Nullable LetterId after, LetterVisitor visitor) {
        byte[] all = Keys.pipeline(pipeline);
        byte[] from = after == null ? all : Keys.after(Keys.letter(pipeline, after));
        try (Scan letters = database.scan(family, from, Keys.endOf(all)).toFirst()) {
            boolean more = true;
            while (more && letters.valid()) {
                LetterId id = Keys.letterOf(letters.key());
                more = visitor.letter(LetterCodec.decode(id, letters.value()));
                letters.next();
            }
        }
    }

    @Override
    public long letterCount() {
        return count;
    }

    private boolean isStored(byte[] key) {
        return database.get(family, key) != null;
    }
}
