package dev.millrace.testing;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterCause;
import dev.millrace.core.letter.LetterCodec;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.letter.RecentFailures;
import dev.millrace.core.letter.SourceLetters;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.DedupeBlock;
import dev.millrace.core.port.GroupPrefixes;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.testing.StoredPipeline.BlockKey;
import dev.millrace.testing.StoredPipeline.RowKey;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A pipeline of a {@link MemoryStorage}: every call is one read or write of its contents. */
final class MemoryPipeline implements PipelineStore {
    private static final byte[] NO_GROUP = new byte[0];

    private final MemoryStorage storage;
    private final int number;
    private final String name;

    MemoryPipeline(MemoryStorage storage, int number, String name) {
        this.storage = storage;
        this.number = number;
        this.name = name;
    }

    int number() {
        return number;
    }

    boolean isIn(MemoryStorage other) {
        return storage == other;
    }

    @Override
    public String pipeline() {
        return name;
    }

    @Override
    public List<PipelineVersion> versions() {
        return storage.read(this, stored -> List.copyOf(stored.versions.values()));
    }

    @Override
    public Optional<byte[]> checkpoint() {
        return storage.read(
                this, stored -> Optional.ofNullable(stored.checkpoint).map(byte[]::clone));
    }

    @Override
    public String identity() {
        return storage.instance() + "-" + number;
    }

    @Override
    public void readOutbox(String sink, long from, OutboxVisitor visitor) {
        NavigableMap<Long, byte[]> entries =
                storage.read(
                        this,
                        stored ->
                                new TreeMap<>(stored.outboxes.getOrDefault(sink, new TreeMap<>())));
        Long first = entries.floorKey(from);
        for (Map.Entry<Long, byte[]> entry :
                (first == null ? entries : entries.tailMap(first, true)).entrySet()) {
            if (!visitor.entry(entry.getKey(), entry.getValue().clone())) {
                return;
            }
        }
    }

    @Override
    public Optional<byte[]> note(String key) {
        return storage.read(
                this, stored -> Optional.ofNullable(stored.notes.get(key)).map(byte[]::clone));
    }

    @Override
    public void notes(String prefix, NoteVisitor visitor) {
        NavigableMap<String, byte[]> notes =
                storage.read(this, stored -> new TreeMap<>(stored.notes.tailMap(prefix, true)));
        notes.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                visitor.note(key, value.clone());
            }
        });
    }

    @Override
    public void readJournal(long from, JournalVisitor visitor) {
        NavigableMap<Long, byte[]> records =
                storage.read(this, stored -> new TreeMap<>(journalFrom(stored.journal, from)));
        for (Map.Entry<Long, byte[]> record : records.entrySet()) {
            if (!visitor.record(record.getKey(), record.getValue().clone())) {
                return;
            }
        }
    }

    @Override
    public OptionalLong journalStart() {
        return storage.read(
                this,
                stored ->
                        stored.journal.isEmpty()
                                ? OptionalLong.empty()
                                : OptionalLong.of(stored.journal.firstKey()));
    }

    @Override
    public void trimJournal(long below, long notBeforeMs, long maxBytes) {
        storage.write(this, stored -> stored.trim(below, notBeforeMs, maxBytes));
    }

    @Override
    public void readDedupe(int partition, long notBeforeMs, DedupeVisitor visitor) {
        List<DedupeBlock> blocks =
                storage.read(
                        this,
                        stored ->
                                List.copyOf(
                                        stored.dedupe
                                                .subMap(
                                                        new BlockKey(partition, Long.MIN_VALUE),
                                                        true,
                                                        new BlockKey(partition, Long.MAX_VALUE),
                                                        true)
                                                .values()));
        for (DedupeBlock block : blocks) {
            if (block.lastReceivedAtMs() >= notBeforeMs) {
                visitor.block(
                        new DedupeBlock(
                                partition,
                                block.sequence(),
                                block.lastReceivedAtMs(),
                                block.ids().clone()));
            }
        }
    }

    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        RowKey key = new RowKey(aggregate, windowStartMs, group);
        return storage.read(this, stored -> Optional.ofNullable(stored.rows.get(key)))
                .map(byte[]::clone)
                .orElse(null);
    }

    @Override
    public void rows(
            int aggregate,
            long fromMs,
            long toMs,
            GroupPrefixes groups,
            @Nullable Place after,
            RowVisitor visitor) {
        if (fromMs >= toMs) {
            return;
        }
        RowKey from = new RowKey(aggregate, fromMs, NO_GROUP);
        RowKey to = new RowKey(aggregate, toMs, NO_GROUP);
        NavigableMap<RowKey, byte[]> rows =
                storage.read(this, stored -> new TreeMap<>(stored.rows.subMap(from, to)));
        if (after != null) {
            RowKey place = new RowKey(aggregate, after.windowStartMs(), after.group());
            rows = rows.tailMap(place, false);
        }
        for (Map.Entry<RowKey, byte[]> row : rows.entrySet()) {
            RowKey key = row.getKey();
            if (groups.holds(key.group())
                    && !visitor.row(
                            key.windowStartMs(), key.group().clone(), row.getValue().clone())) {
                return;
            }
        }
    }

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        RowKey end = new RowKey(aggregate, beforeMs, NO_GROUP);
        return storage.read(
                this,
                stored -> {
                    RowKey newest = stored.rows.lowerKey(end);
                    return newest == null || newest.aggregate() != aggregate
                            ? OptionalLong.empty()
                            : OptionalLong.of(newest.windowStartMs());
                });
    }

    @Override
    public Optional<DeadLetter> letter(LetterId id) {
        return storage.read(this, stored -> Optional.ofNullable(stored.letters.get(id)));
    }

    @Override
    public void letters(LetterFilter filter, @Nullable LetterId after, LetterVisitor visitor) {
        List<DeadLetter> letters =
                storage.read(
                        this,
                        stored ->
                                List.copyOf(
                                        after == null
                                                ? stored.letters.values()
                                                : stored.letters.tailMap(after, false).values()));
        for (DeadLetter letter : letters) {
            if (filter.matches(letter) && !visitor.letter(letter)) {
                return;
            }
        }
    }

    @Override
    public void letterIds(LetterFilter filter, @Nullable LetterId after, LetterIdVisitor visitor) {
        letters(filter, after, letter -> visitor.letter(letter.id()));
    }

    @Override
    public long letterCount() {
        return storage.read(this, stored -> (long) stored.letters.size());
    }

    @Override
    public Map<LetterKind, Long> lettersByKind() {
        Map<LetterKind, Long> counts = new EnumMap<>(LetterKind.class);
        for (LetterKind kind : LetterKind.values()) {
            counts.put(kind, 0L);
        }
        all(LetterFilter.ALL).forEach(letter -> counts.merge(letter.kind(), 1L, Long::sum));
        return counts;
    }

    @Override
    public LetterSummary letterSummary(LetterFilter filter, int limit) {
        Map<String, List<DeadLetter>> causes =
                all(filter).stream().collect(Collectors.groupingBy(DeadLetter::fingerprint));
        return new LetterSummary(
                causes.values().stream()
                        .sorted(Comparator.comparingInt((List<DeadLetter> its) -> -its.size()))
                        .limit(limit)
                        .map(MemoryPipeline::cause)
                        .toList(),
                causes.values().stream().mapToLong(List::size).sum(),
                causes.size() <= limit);
    }

    /** In the order of ids. */
    private static LetterCause cause(List<DeadLetter> letters) {
        DeadLetter newest = letters.getLast();
        return new LetterCause(
                newest.fingerprint(),
                newest.kind(),
                newest.stage(),
                newest.code(),
                newest.message(),
                letters.size(),
                letters.stream().filter(DeadLetter::parked).count(),
                letters.getFirst().firstFailedAtMs(),
                letters.stream().mapToLong(DeadLetter::lastFailedAtMs).max().orElseThrow(),
                letters.stream()
                        .map(letter -> RecentFailures.NONE.plus(letter.lastFailedAtMs(), 1))
                        .reduce(RecentFailures.NONE, RecentFailures::plus),
                newest.id());
    }

    @Override
    public SourceLetters lettersOf(String source) {
        return waiting(source, all(LetterFilter.ALL));
    }

    @Override
    public List<SourceLetters> letterSources(int limit) {
        List<DeadLetter> letters = all(LetterFilter.ALL);
        return letters.stream()
                .map(DeadLetter::source)
                .distinct()
                .map(source -> waiting(source, letters))
                .filter(its -> its.letters() > 0)
                .sorted(
                        Comparator.comparingLong(SourceLetters::letters)
                                .reversed()
                                .thenComparing(SourceLetters::source))
                .limit(limit)
                .toList();
    }

    private static SourceLetters waiting(String source, List<DeadLetter> letters) {
        List<DeadLetter> its =
                letters.stream()
                        .filter(letter -> letter.source().equals(source))
                        .filter(letter -> SourceLetters.counts(letter.kind()))
                        .toList();
        long bytes = its.stream().mapToLong(letter -> LetterCodec.encode(letter).length).sum();
        return new SourceLetters(source, its.size(), bytes, false);
    }

    private List<DeadLetter> all(LetterFilter filter) {
        List<DeadLetter> all = new ArrayList<>();
        letters(filter, null, all::add);
        return all;
    }

    @Override
    public void commit(Commit commit) {
        storage.write(this, stored -> stored.commit(commit));
    }

    private static NavigableMap<Long, byte[]> journalFrom(
            NavigableMap<Long, byte[]> journal, long from) {
        Map.Entry<Long, byte[]> before = journal.floorEntry(from);
        boolean holds =
                before != null && from < before.getKey() + JournalCodec.width(before.getValue());
        return journal.tailMap(holds ? before.getKey() : from, true);
    }
}
