package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.connector.SinkJson;
import dev.millrace.core.detect.Detection;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.pipeline.SinkDefinition;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.OutboxChange;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.LetterOutcome;
import dev.millrace.core.task.PipelineProgram;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The outboxes of one pipeline: says what each commit puts out to which sink. The sinks in force
 * are those of the newest version that a partition runs. One commit at a time; the rest is safe for
 * use by many threads.
 */
final class Outboxes {
    /** Letters of one pipeline whose items are on their way to sinks; about 20 MB. */
    static final int CLAIMS = 200_000;

    private final PipelineStore store;

    /** Of sinks that are there, by name. */
    private final Map<String, SinkQueue> queues = new ConcurrentSkipListMap<>();

    /** Of sinks that were there once, and may come back. */
    private final Map<String, SinkState> former = new HashMap<>();

    private final List<Resent> resent = new ArrayList<>();
    private List<Note> resentNotes = new ArrayList<>();
    private volatile Consumer<PipelineProgram> listener = _ -> {};
    private int version;
    private List<SinkDefinition> sinks = List.of();

    /** An item that a replay sends to a sink. */
    record Resent(String sink, OutboxEntry.Item item) {
        OutboxEntry.Replayed replayed() {
            return Objects.requireNonNull(item.replayed());
        }
    }

    /**
     * What one commit writes of sinks.
     *
     * @param entries what it puts out, by sink, in order
     * @param program of the newest version, where that changed
     */
    record Part(
            List<OutboxChange> changes,
            List<Note> notes,
            List<LetterChange> letters,
            List<LetterOutcome> outcomes,
            Map<String, List<OutboxEntry>> entries,
            Optional<PipelineProgram> program) {}

    private Outboxes(PipelineStore store) {
        this.store = store;
    }

    /** As the last commit left them. */
    static Outboxes load(PipelineStore store) {
        Outboxes outboxes = new Outboxes(store);
        store.notes(
                SinkState.PREFIX,
                (key, note) ->
                        outboxes.former.put(
                                key.substring(SinkState.PREFIX.length()), SinkState.of(note)));
        return outboxes;
    }

    Optional<SinkQueue> queue(String sink) {
        return Optional.ofNullable(queues.get(sink));
    }

    Collection<SinkQueue> queues() {
        return queues.values();
    }

    /** Whether a commit has something to write, though no partition has. */
    boolean isDirty() {
        synchronized (resent) {
            if (!resent.isEmpty() || !resentNotes.isEmpty()) {
                return true;
            }
        }
        return queues.values().stream().anyMatch(SinkQueue::isDirty);
    }

    /** The sink whose budget is used up, if there is one; of several the fullest. */
    Optional<SinkQueue> full() {
        return queues.values().stream()
                .filter(SinkQueue::isFull)
                .max(Comparator.comparingLong(SinkQueue::excessBytes));
    }

    /** Whether so many letters more may be on their way to sinks. */
    boolean hasRoomFor(int letters) {
        return queues.values().stream().mapToInt(SinkQueue::claims).sum() + letters <= CLAIMS;
    }

    /** Has the next commit send items to their sinks, and write notes with that. */
    void resend(List<Resent> items, List<Note> notes) {
        synchronized (resent) {
            resent.addAll(items);
            resentNotes.addAll(notes);
        }
    }

    /** Before a commit. */
    Part take(List<Handover> handovers, List<Commit.RowChange> rows, long nowMs) {
        List<OutboxChange> changes = new ArrayList<>();
        List<Note> notes = new ArrayList<>();
        List<LetterChange> letters = new ArrayList<>();
        List<LetterOutcome> outcomes = new ArrayList<>();
        PipelineProgram newest =
                handovers.stream()
                        .map(Handover::program)
                        .max(Comparator.comparingInt(one -> one.version().version()))
                        .orElseThrow();
        boolean changed = newest.version().version() != version;
        if (changed) {
            for (SinkQueue gone : adopt(newest)) {
                SinkQueue.Part last = gone.remove();
                former.put(gone.sink(), last.state());
                changes.add(new OutboxChange.Trim(gone.sink(), 0, Long.MAX_VALUE));
                notes.add(last.state().note(gone.sink()));
                letters.addAll(last.letters());
                outcomes.addAll(last.outcomes());
            }
        }
        Map<String, List<OutboxEntry.Item>> items = items(handovers, rows);
        Map<String, List<OutboxEntry>> entries = new LinkedHashMap<>();
        Set<LetterId> failed =
                outcomes.stream().map(LetterOutcome::letter).collect(Collectors.toSet());
        synchronized (resent) {
            resent.forEach(one -> {
                if (queues.containsKey(one.sink())) {
                    items.computeIfAbsent(one.sink(), _ -> new ArrayList<>()).add(one.item());
                } else if (!failed.contains(one.replayed().letter())) {
                    outcomes.add(noSink(one.replayed(), one.sink()));
                }
            });
            resent.clear();
            notes.addAll(resentNotes);
            resentNotes = new ArrayList<>();
        }
        queues.forEach((sink, queue) -> {
            SinkQueue.Part part = queue.take();
            changes.addAll(part.trims());
            letters.addAll(part.letters());
            outcomes.addAll(part.outcomes());
            SinkState state = part.state();
            for (OutboxEntry entry : cut(items.getOrDefault(sink, List.of()), state, nowMs)) {
                changes.add(new OutboxChange.Append(sink, state.end(), entry.encode()));
                entries.computeIfAbsent(sink, _ -> new ArrayList<>()).add(entry);
                state = state.longer(entry);
            }
            if (part.dirty() || changed || entries.containsKey(sink)) {
                notes.add(state.note(sink));
            }
        });
        return new Part(
                changes,
                notes,
                letters,
                outcomes,
                entries,
                changed ? Optional.of(newest) : Optional.empty());
    }

    /** Of a letter whose sink is not there. */
    static LetterOutcome noSink(OutboxEntry.Replayed replayed, String sink) {
        return new LetterOutcome(
                replayed.replay(),
                replayed.letter(),
                LetterOutcome.Result.FAILED,
                "there is no sink " + sink + " any more");
    }

    /** Has somebody hear when a commit was made under other sinks than the one before. */
    void listener(Consumer<PipelineProgram> newListener) {
        listener = newListener;
    }

    /** After the commit. */
    void committed(Part part) {
        List<LetterId> settled = part.outcomes().stream().map(LetterOutcome::letter).toList();
        queues.values().forEach(queue -> queue.release(settled));
        part.program().ifPresent(listener);
        part.entries()
                .forEach((sink, entries) -> {
                    SinkQueue queue = queues.get(sink);
                    if (queue != null) {
                        entries.forEach(queue::putOut);
                    }
                });
    }

    /** The sinks that are no longer there; what waits for them goes. */
    private List<SinkQueue> adopt(PipelineProgram newest) {
        version = newest.version().version();
        sinks = newest.definition().sinks();
        for (SinkDefinition sink : sinks) {
            queues.computeIfAbsent(sink.name(), this::opened).budget(sink.budgetBytes());
        }
        Set<String> names = sinks.stream().map(SinkDefinition::name).collect(Collectors.toSet());
        List<SinkQueue> gone =
                queues.values().stream().filter(queue -> !names.contains(queue.sink())).toList();
        gone.forEach(queue -> queues.remove(queue.sink()));
        return gone;
    }

    private SinkQueue opened(String sink) {
        SinkState before = former.remove(sink);
        SinkState state = before == null ? SinkState.first(nextOrdinal()) : before;
        return new SinkQueue(sink, state, claimed(sink, state));
    }

    /** What replays have sent to a sink, and is not delivered or was not noted. */
    private Map<LetterId, String> claimed(String sink, SinkState state) {
        Map<LetterId, String> claimed = new HashMap<>();
        if (state.outbox().replaysUpTo() <= state.cursor()) {
            return claimed;
        }
        SinkReader reader = new SinkReader(store, sink);
        long at = state.cursor();
        while (at < state.outbox().replaysUpTo()) {
            SinkReader.Stretch stretch =
                    reader.read(at, OutboxEntry.ITEMS_MAX, OutboxEntry.BYTES_MAX, state.end());
            for (SinkReader.Waiting waiting : stretch.items()) {
                OutboxEntry.Replayed replayed = waiting.item().replayed();
                if (replayed != null && waiting.position() >= state.booked()) {
                    claimed.put(replayed.letter(), replayed.replay());
                }
            }
            at = stretch.isEmpty() ? state.end() : stretch.to();
        }
        return claimed;
    }

    private int nextOrdinal() {
        return Stream.concat(
                                former.values().stream(),
                                queues.values().stream().map(SinkQueue::state))
                        .mapToInt(SinkState::ordinal)
                        .max()
                        .orElse(-1)
                + 1;
    }

    /** Cuts what goes to one sink into entries of bounded size. */
    private List<OutboxEntry> cut(List<OutboxEntry.Item> items, SinkState state, long nowMs) {
        List<OutboxEntry> entries = new ArrayList<>();
        long bytesBefore = state.outbox().endBytes();
        int from = 0;
        while (from < items.size()) {
            int to = from;
            long bytes = 0;
            while (to < items.size()
                    && to - from < OutboxEntry.ITEMS_MAX
                    && bytes < OutboxEntry.BYTES_MAX) {
                bytes += items.get(to++).json().length;
            }
            entries.add(new OutboxEntry(version, nowMs, bytesBefore, items.subList(from, to)));
            bytesBefore += bytes;
            from = to;
        }
        return entries;
    }

    /** What each sink gets: rows, then alerts, then events. */
    private Map<String, List<OutboxEntry.Item>> items(
            List<Handover> handovers, List<Commit.RowChange> rows) {
        if (sinks.isEmpty()) {
            return new HashMap<>();
        }
        Map<String, List<OutboxEntry.Item>> feeds = new HashMap<>();
        rows(handovers, rows, feeds);
        if (sinks.stream().anyMatch(sink -> sink.takes(SinkDefinition.EVENTS))) {
            List<OutboxEntry.Item> events =
                    feeds.computeIfAbsent(SinkDefinition.EVENTS, _ -> new ArrayList<>());
            for (Handover handover : handovers) {
                for (byte[] json : handover.putOut()) {
                    events.add(new OutboxEntry.Item(OutboxEntry.Kind.EVENT, json));
                }
            }
        }
        Map<String, List<OutboxEntry.Item>> items = new HashMap<>();
        for (SinkDefinition sink : sinks) {
            List<OutboxEntry.Item> its = new ArrayList<>();
            sink.from().forEach(feed -> its.addAll(feeds.getOrDefault(feed, List.of())));
            items.put(sink.name(), its);
        }
        return items;
    }

    private void rows(
            List<Handover> handovers,
            List<Commit.RowChange> rows,
            Map<String, List<OutboxEntry.Item>> feeds) {
        Set<String> wanted =
                sinks.stream().flatMap(sink -> sink.from().stream()).collect(Collectors.toSet());
        Map<Integer, Aggregation> aggregations = new HashMap<>();
        Map<Integer, Detection> detections = new HashMap<>();
        handovers.stream()
                .map(Handover::program)
                .distinct()
                .forEach(program -> {
                    program.aggregations().stream()
                            .filter(one -> wanted.contains(one.name()))
                            .forEach(one -> aggregations.put(one.number(), one));
                    if (wanted.contains(SinkDefinition.ALERTS)) {
                        program.detections().forEach(one -> detections.put(one.number(), one));
                    }
                });
        for (Commit.RowChange row : rows) {
            Aggregation aggregation = aggregations.get(row.aggregate());
            Detection detection = detections.get(row.aggregate());
            if (aggregation != null) {
                feeds.computeIfAbsent(aggregation.name(), _ -> new ArrayList<>())
                        .add(
                                new OutboxEntry.Item(
                                        OutboxEntry.Kind.ROW,
                                        SinkJson.of(
                                                aggregation.row(
                                                        row.windowStartMs(),
                                                        row.group(),
                                                        row.value()))));
            } else if (detection != null) {
                feeds.computeIfAbsent(SinkDefinition.ALERTS, _ -> new ArrayList<>())
                        .add(
                                new OutboxEntry.Item(
                                        OutboxEntry.Kind.ALERT,
                                        SinkJson.of(
                                                detection.alert(
                                                        row.windowStartMs(),
                                                        row.group(),
                                                        row.value()))));
            }
        }
    }
}
