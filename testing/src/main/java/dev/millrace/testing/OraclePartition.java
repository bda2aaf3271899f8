package dev.millrace.testing;

import dev.millrace.core.letter.LetterKind;
import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Change;
import dev.millrace.testing.OraclePipeline.Discard;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Explode;
import dev.millrace.testing.OraclePipeline.Failure;
import dev.millrace.testing.OraclePipeline.Filter;
import dev.millrace.testing.OraclePipeline.History;
import dev.millrace.testing.OraclePipeline.Input;
import dev.millrace.testing.OraclePipeline.Replay;
import dev.millrace.testing.OraclePipeline.Stage;
import dev.millrace.testing.OraclePipeline.Transform;
import dev.millrace.testing.OraclePipeline.Watermark;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** One partition as the {@link Oracle} sees it: goes through its inputs one by one. */
final class OraclePartition {
    private final List<Counted> counted = new ArrayList<>();
    private final Map<LedgerPlace, Counts> cells = new HashMap<>();

    /** Those that wait, by the number under which the partition wrote them. */
    private final SequencedMap<Long, Letter> letters = new LinkedHashMap<>();

    private final SequencedMap<List<String>, Long> remembered = new LinkedHashMap<>();
    private final List<OraclePipeline> versions = new ArrayList<>();
    private static final int NOWHERE = -1;

    private OraclePipeline pipeline;

    /** Number of the stage at which the replay at hand goes on. */
    private int replayedAt = NOWHERE;

    private long lettersWritten;
    private long watermarkMs = Long.MIN_VALUE;
    private long receiptMs = Long.MIN_VALUE;
    private long newestMs = Long.MIN_VALUE;
    private int explosions;

    /** Those of the event at hand. */
    private Counts counts = new Counts();

    /** What became of the events of one source that were received in one minute. */
    private static final class Counts {
        private long taken;
        private long duplicate;
        private long filtered;
        private long dead;
        private long discarded;
        private long completed;
        private long exploded;
        private final Map<String, Long> late = new HashMap<>();

        private CellState state() {
            return new CellState(
                    taken,
                    new LedgerState(
                            duplicate, filtered, dead, discarded, completed, exploded, late));
        }
    }

    /**
     * An event that counts.
     *
     * @param version of the pipeline under which it was counted, from 0
     */
    record Counted(int version, Aggregate aggregate, Event event) {}

    private record Letter(LetterKind kind, String stage, String code, int attempts, Event event) {}

    /** How an event comes to its stages. */
    private enum Way {
        LIVE,
        NEVER_LATE
    }

    OraclePartition(OraclePipeline pipeline) {
        this.pipeline = pipeline;
        versions.add(pipeline);
    }

    void follow(Input input) {
        switch (input) {
            case Watermark(long toMs) -> watermarkMs = Math.max(watermarkMs, toMs);
            case Event event -> {
                if (isNew(event)) {
                    long knownMs = Math.min(event.timestampMs(), event.receivedAtMs());
                    watermarkMs = Math.max(watermarkMs, knownMs - pipeline.outOfOrderMs());
                    newestMs = Math.max(newestMs, event.timestampMs());
                    process(event, 0, Way.LIVE);
                }
            }
            case History(Event event) -> {
                if (isNew(event)) {
                    process(event, 0, Way.NEVER_LATE);
                }
            }
            case Change(OraclePipeline next) -> {
                pipeline = next;
                versions.add(next);
            }
            case Replay replay ->
                    replay.letters().forEach(number -> replay(number, replay.patch()));
            case Discard(List<Long> named) -> named.forEach(this::discard);
        }
    }

    /** What is counted next is of this event, or of a letter of it. */
    private void goTo(Event event) {
        counts =
                cells.computeIfAbsent(
                        LedgerPlace.of(event.receivedAtMs(), event.source()), _ -> new Counts());
    }

    /** Counts a duplicate. */
    private boolean isNew(Event event) {
        receiptMs = Math.max(receiptMs, event.receivedAtMs());
        goTo(event);
        counts.taken++;
        if (pipeline.dedupeMs() == 0) {
            return true;
        }
        List<String> identity = List.of(event.source(), event.id());
        remembered
                .values()
                .removeIf(receivedAtMs -> receivedAtMs <= receiptMs - pipeline.dedupeMs());
        if (remembered.containsKey(identity)) {
            counts.duplicate++;
            return false;
        }
        if (remembered.size() == pipeline.dedupeLimit()) {
            remembered.pollFirstEntry();
        }
        remembered.put(identity, receiptMs);
        return true;
    }

    private void process(Event event, int first, Way way) {
        try {
            run(event, first, way);
        } catch (Stopped stopped) {
            counts.dead++;
            write(
                    new Letter(
                            LetterKind.STAGE,
                            stopped.stage.name(),
                            stopped.failure.code(),
                            1,
                            stopped.event));
        }
    }

    /** An event that a stage cannot process, as it came to the stage. */
    private static final class Stopped extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Stage stage;
        private final transient Event event;
        private final transient Failure failure;

        Stopped(Stage stage, Event event, Failure failure) {
            super(failure);
            this.stage = stage;
            this.event = event;
            this.failure = failure;
        }
    }

    private void run(Event accepted, int first, Way way) throws Stopped {
        Event event = accepted;
        for (int i = first; i < pipeline.stages().size(); i++) {
            Stage stage = pipeline.stages().get(i);
            try {
                switch (stage) {
                    case Filter filter -> {
                        if (!filter.lets().test(event)) {
                            counts.filtered++;
                            return;
                        }
                    }
                    case Transform transform -> event = transform.change().apply(event);
                    case Explode explode -> {
                        explode(explode, event, i + 1, way);
                        return;
                    }
                    case Aggregate aggregate -> count(aggregate, event, way, i == replayedAt);
                }
            } catch (Failure failure) {
                throw new Stopped(stage, event, failure);
            }
        }
        counts.completed++;
    }

    private void explode(Explode explode, Event event, int next, Way way) {
        Object value = event.at(explode.field());
        if (value != null && !(value instanceof List)) {
            throw new Failure("type");
        }
        List<?> items = value == null ? List.of() : (List<?>) value;
        if (items.isEmpty()) {
            counts.filtered++;
            return;
        }
        explosions++;
        counts.exploded += items.size() - 1;
        Event without = event.with(explode.field().substring("data.".length()), null);
        for (int i = 0; i < items.size(); i++) {
            process(without.withItem(items.get(i), i), next, way);
        }
    }

    private void count(Aggregate aggregate, Event event, Way way, boolean isReplayedHere) {
        if (!aggregate.where().test(event)) {
            return;
        }
        OracleNumbers.check(aggregate, event);
        long endMs = aggregate.window().lastEndOf(event.timestampMs());
        boolean isLate = way == Way.LIVE && endMs + aggregate.latenessMs() <= watermarkMs;
        long keptEndMs = aggregate.window().keptEndOf(event.timestampMs());
        boolean isKept = keptEndMs + aggregate.keepMs() > watermarkMs;
        if (isReplayedHere && !isKept) {
            throw new Failure("no-longer-kept");
        }
        if (isLate || !isKept) {
            counts.late.merge(aggregate.name(), 1L, Long::sum);
        }
        if (!isKept || isLate && !aggregate.correctsLate()) {
            write(new Letter(LetterKind.LATE, aggregate.name(), "late", 1, event));
        } else {
            counted.add(new Counted(versions.size() - 1, aggregate, event));
        }
    }

    private void write(Letter letter) {
        letters.put(lettersWritten++, letter);
    }

    /** One that is gone is left alone. */
    private void replay(long number, Map<String, @Nullable Object> patch) {
        Letter letter = letters.get(number);
        if (letter == null) {
            return;
        }
        goTo(letter.event());
        int place = place(letter.stage());
        if (place < 0) {
            letters.replace(number, again(letter, letter.stage(), "no-such-stage", letter.event()));
            return;
        }
        Stage stage = pipeline.stages().get(place);
        Event patched = letter.event();
        for (Map.Entry<String, @Nullable Object> field : patch.entrySet()) {
            patched = patched.with(field.getKey(), field.getValue());
        }
        try {
            if (letter.kind() == LetterKind.LATE) {
                count((Aggregate) stage, patched, Way.NEVER_LATE, true);
            } else {
                replayStage(patched, place);
                counts.dead--;
            }
            letters.remove(number);
        } catch (Failure failure) {
            letters.replace(number, again(letter, letter.stage(), failure.code(), letter.event()));
        } catch (Stopped stopped) {
            letters.replace(
                    number,
                    again(
                            letter,
                            stopped.stage.name(),
                            stopped.failure.code(),
                            stopped.stage.name().equals(stage.name())
                                    ? letter.event()
                                    : stopped.event));
        } finally {
            replayedAt = NOWHERE;
        }
    }

    /** Comes to nothing, and changes nothing, if no aggregate has the row any more. */
    private void replayStage(Event event, int place) throws Stopped {
        int countedBefore = counted.size();
        long writtenBefore = lettersWritten;
        Map<String, Long> lateBefore = Map.copyOf(counts.late);
        long completedBefore = counts.completed;
        long filteredBefore = counts.filtered;
        int explosionsBefore = explosions;
        replayedAt = place;
        run(event, place, Way.NEVER_LATE);
        boolean isGone = lettersWritten > writtenBefore && counted.size() == countedBefore;
        if (isGone && explosions == explosionsBefore) {
            while (lettersWritten > writtenBefore) {
                letters.remove(--lettersWritten);
            }
            counts.late.clear();
            counts.late.putAll(lateBefore);
            counts.completed = completedBefore;
            counts.filtered = filteredBefore;
            throw new Failure("no-longer-kept");
        }
    }

    private static Letter again(Letter letter, String stage, String code, Event event) {
        return new Letter(letter.kind(), stage, code, letter.attempts() + 1, event);
    }

    /** Number of a stage; negative if there is none of that name. */
    private int place(String stage) {
        return pipeline.stages().stream().map(Stage::name).toList().indexOf(stage);
    }

    private void discard(long number) {
        Letter letter = letters.remove(number);
        if (letter != null && letter.kind() == LetterKind.STAGE) {
            goTo(letter.event());
            counts.dead--;
            counts.discarded++;
        }
    }

    List<Counted> counted() {
        return counted;
    }

    List<LetterState> letters() {
        return letters.values().stream()
                .map(letter ->
                        new LetterState(
                                letter.event().id(),
                                letter.kind(),
                                letter.stage(),
                                letter.code(),
                                letter.attempts()))
                .toList();
    }

    LedgerState ledger() {
        return cells().values().stream()
                .map(CellState::outcomes)
                .reduce(LedgerState.ledger(), LedgerState::plus);
    }

    /** The same by where the events came from. */
    Map<LedgerPlace, CellState> cells() {
        return cells.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, cell -> cell.getValue().state()));
    }

    /** All that it has run, the last one being that which it runs. */
    List<OraclePipeline> versions() {
        return versions;
    }

    long watermarkMs() {
        return watermarkMs;
    }

    /** The newest timestamp, but not further ahead than the watermark tells. */
    long newestMs() {
        return Math.min(newestMs, watermarkMs + pipeline.outOfOrderMs());
    }
}
