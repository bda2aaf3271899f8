package dev.millrace.core.task;

import dev.millrace.core.aggregate.Deltas;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.Origin;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.port.DeadLetters;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs one partition of a pipeline: drops duplicates, moves the watermark, takes each event through
 * the stages, and pre-aggregates until its host asks for the {@link Handover}.
 *
 * <p>A deterministic state machine: the same records in the same order come to the same handovers,
 * however the host batches, and whenever it commits. After a crash the host makes a new one from
 * the last committed {@link PartitionState} and dedupe ids, and feeds it the journal from there.
 * One thread at a time.
 *
 * <p>One class, as every kind of record moves the same few fields that a checkpoint keeps.
 */
public final class PartitionTask {
    /** Of every so many events one is shown to the observer. */
    private static final int SAMPLE_EVERY = 64;

    private final int partition;
    private final LetterBook letters;
    private final StageObserver observer;
    private Tally tally;
    private final Ids freshIds = new Ids();
    private final List<LetterOutcome> outcomes = new ArrayList<>();
    private final List<Deltas> retired = new ArrayList<>();
    private final long[] identity = new long[2];
    private final Passage passage = new Passage();

    private PipelineProgram program;
    private List<Operator> operators;
    private Event event;
    private LookAhead ahead;
    private DedupeIndex dedupe;

    private long endOffset;
    private long eventsTaken;
    private long watermarkMs;
    private long firstWatermarkMs;
    private long receiptMs;
    private long newestMs;
    private long letterSequence;

    /** Not in a checkpoint: hosts compare it only with what it was. */
    private long liveEvents;

    /**
     * Takes up a partition where {@code state} left it.
     *
     * @param program of the state's version
     * @param committed the pipeline's letters as of the last commit
     */
    public PartitionTask(
            int partition,
            PipelineProgram program,
            PartitionState state,
            DeadLetters committed,
            StageObserver observer) {
        this.partition = partition;
        this.program = program;
        this.operators = program.operators();
        this.event = new Event(program.projection());
        this.ahead = program.lookAhead(operators);
        this.dedupe = dedupe(program);
        this.letters = new LetterBook(committed);
        this.observer = observer;
        this.tally = new Tally(state.counts());
        this.endOffset = state.endOffset();
        this.eventsTaken = state.eventsTaken();
        this.watermarkMs = state.watermarkMs();
        this.firstWatermarkMs = state.firstWatermarkMs();
        this.receiptMs = state.receiptMs();
        this.newestMs = state.newestMs();
        this.letterSequence = state.letterSequence();
        raiseFloors(state.floorsMs());
    }

    private static DedupeIndex dedupe(PipelineProgram program) {
        return new DedupeIndex(program.definition().dedupe().toMillis(), program.dedupeLimit());
    }

    /**
     * Remembers ids that were taken before the last commit, oldest first. Only before the first
     * record. How long, counts from the newest receipt among them, so that for up to the time
     * between two commits a restored task may take for a duplicate what no longer is one.
     *
     * @param ids two longs each
     */
    public void restoreDedupe(long[] ids, long receivedAtMs) {
        if (dedupe.isOff()) {
            return;
        }
        for (int i = 0; i < ids.length; i += 2) {
            dedupe.restore(ids[i], ids[i + 1], receivedAtMs);
        }
    }

    /**
     * The answers that the partition's next record needs before it is processed, each once. Hosts
     * {@link #provide} them and ask again, as an answer may lead to another question, until there
     * are none. In between no other record is processed; handovers are fine.
     */
    public List<Wanted> wanted(TaskRecord record) {
        if (!ahead.isNeeded()) {
            return List.of();
        }
        switch (record) {
            case TaskRecord.Events events -> {
                for (int index : events.batch().eventsOf(partition)) {
                    ahead.look(events.batch(), index, 0);
                }
            }
            case TaskRecord.Replay replay ->
                    replay.letters().forEach(id -> lookAhead(id, replay.receivedAtMs()));
            case TaskRecord.Change _,
                    TaskRecord.Discard _,
                    TaskRecord.Advance _,
                    TaskRecord.Tick _ -> {}
        }
        return ahead.takeWanted();
    }

    /** Only a stage letter goes through stages. */
    private void lookAhead(LetterId id, long receivedAtMs) {
        Optional<DeadLetter> letter =
                letters.find(id).filter(found -> found.kind() == LetterKind.STAGE);
        if (letter.isEmpty()) {
            return;
        }
        OptionalInt stage = stageOf(letter.get());
        if (stage.isPresent()) {
            try {
                ahead.look(one(letter.get(), receivedAtMs), 0, stage.getAsInt());
            } catch (StageFailure metAgain) {
                // The replay comes to it, and fails.
            }
        }
    }

    /** Takes an answer that the next record wanted; it is held until that record is processed. */
    public void provide(Wanted wanted, Answer answer) {
        ahead.provide(wanted, answer);
    }

    /** Processes the partition's next record; ticks also while that waits for its answers. */
    public void process(TaskRecord record) {
        switch (record) {
            case TaskRecord.Events events -> {
                take(events.batch(), events.offset());
                endOffset = events.endOffset();
            }
            case TaskRecord.Change change -> {
                switchTo(change.program());
                endOffset = change.endOffset();
            }
            case TaskRecord.Replay replay -> {
                replay.letters().forEach(id -> outcomes.add(replay(replay, id)));
                endOffset = replay.endOffset();
            }
            case TaskRecord.Discard discard -> {
                discard.letters().forEach(id -> outcomes.add(discard(discard.request(), id)));
                endOffset = discard.endOffset();
            }
            case TaskRecord.Advance advance -> {
                raiseWatermark(advance.toMs());
                endOffset = advance.endOffset();
            }
            case TaskRecord.Tick tick -> raiseWatermark(tick.toMs());
        }
        if (!(record instanceof TaskRecord.Tick)) {
            ahead.forgetAnswers();
        }
    }

    /** Says that the records below {@code offset} hold nothing more for this partition. */
    public void passOver(long offset) {
        endOffset = Math.max(endOffset, offset);
    }

    /** The newest timestamp that it saw; {@link Long#MIN_VALUE} before the first event. */
    public long newestMs() {
        return newestMs;
    }

    /** How many events this task took that were neither history nor duplicates. */
    public long liveEvents() {
        return liveEvents;
    }

    /** Epoch milliseconds; {@link Long#MIN_VALUE} before the first event. */
    public long watermarkMs() {
        return watermarkMs;
    }

    /** Whether the version that it runs has stages that may block. */
    public boolean mayBlock() {
        return program.mayBlock();
    }

    /** How far back from the last receipt a duplicate is recognised. */
    public long dedupeHoldsMs() {
        return dedupe.holdsMs(receiptMs);
    }

    /**
     * Hands over all that the records since the last handover came to. The host commits it before
     * it asks for the next one, or throws this task away.
     */
    public Handover handOver() {
        List<Deltas> deltas = new ArrayList<>(retired);
        retired.clear();
        takeDeltas(deltas);
        List<LetterOutcome> settled = List.copyOf(outcomes);
        outcomes.clear();
        PartitionState state =
                new PartitionState(
                        program.version().version(),
                        endOffset,
                        eventsTaken,
                        watermarkMs,
                        firstWatermarkMs,
                        receiptMs,
                        newestMs,
                        letterSequence,
                        tally.counts(),
                        floors());
        return new Handover(
                partition, state, program, deltas, freshIds.take(), letters.takeChanges(), settled);
    }

    private void takeDeltas(List<Deltas> into) {
        for (Operator operator : operators) {
            if (operator instanceof AggregateOperator aggregate) {
                Deltas taken = aggregate.takeDeltas();
                if (!taken.isEmpty()) {
                    into.add(taken);
                }
            }
        }
    }

    private Stream<AggregateOperator> aggregates() {
        return operators.stream()
                .filter(AggregateOperator.class::isInstance)
                .map(AggregateOperator.class::cast);
    }

    /** What windows are gone for good, as far as that does not follow from the watermark. */
    private Map<Integer, Long> floors() {
        Map<Integer, Long> floorsMs = new HashMap<>();
        aggregates()
                .filter(one -> one.hasFloor(watermarkMs))
                .forEach(one -> floorsMs.put(one.number(), one.floorMs(watermarkMs)));
        return floorsMs;
    }

    private void raiseFloors(Map<Integer, Long> floorsMs) {
        aggregates()
                .forEach(
                        one -> one.raiseFloor(floorsMs.getOrDefault(one.number(), Long.MIN_VALUE)));
    }

    private void switchTo(PipelineProgram next) {
        takeDeltas(retired);
        Map<Integer, Long> floorsMs = new HashMap<>();
        aggregates().forEach(one -> floorsMs.put(one.number(), one.floorMs(watermarkMs)));
        program = next;
        operators = next.operators();
        raiseFloors(floorsMs);
        event = new Event(next.projection());
        ahead = next.lookAhead(operators);
        DedupeIndex changed = dedupe(next);
        if (!changed.isOff()) {
            changed.takeOver(dedupe);
        }
        dedupe = changed;
    }

    private void take(EventBatch batch, long offset) {
        int[] mine = batch.eventsOf(partition);
        if (mine.length == 0) {
            return;
        }
        receiptMs = Math.max(receiptMs, batch.receivedAtMs());
        long outOfOrderMs = program.definition().outOfOrder().toMillis();
        for (int index : mine) {
            eventsTaken++;
            event.moveTo(batch, index);
            if (isDuplicate()) {
                tally.duplicate++;
                continue;
            }
            if (!batch.isHistory()) {
                liveEvents++;
                long timestampMs = event.timestampMs();
                newestMs = Math.max(newestMs, timestampMs);
                raiseWatermark(Math.min(timestampMs, batch.receivedAtMs()) - outOfOrderMs);
            }
            passage.begin(batch.isHistory(), Passage.NOWHERE, batch.receivedAtMs());
            passage.offset = offset + index;
            try {
                run(0);
            } catch (StageFailure failure) {
                dead(failure);
            }
        }
    }

    private boolean isDuplicate() {
        if (dedupe.isOff()) {
            return false;
        }
        event.identity(identity);
        if (!dedupe.add(identity[0], identity[1], receiptMs)) {
            return true;
        }
        freshIds.add(identity[0], identity[1]);
        return false;
    }

    private void raiseWatermark(long toMs) {
        if (watermarkMs == Long.MIN_VALUE) {
            firstWatermarkMs = toMs;
        }
        watermarkMs = Math.max(watermarkMs, toMs);
    }

    /** Takes the event through the stages from {@code first} on, and counts how it ended. */
    private void run(int first) throws StageFailure {
        boolean sampled = eventsTaken % SAMPLE_EVERY == 0;
        try {
            run(first, sampled);
        } finally {
            if (sampled) {
                observer.left();
            }
        }
    }

    private void run(int first, boolean sampled) throws StageFailure {
        for (int stage = first; stage < operators.size(); stage++) {
            passage.stage = stage;
            if (sampled) {
                observer.entered(stage);
            }
            if (!process(stage, sampled)) {
                return;
            }
        }
        tally.completed++;
    }

    /**
     * @return whether the event goes on
     * @throws StageFailure also for a fault of the stage itself: one event must not bring its
     *     partition to a standstill, since it would meet the same event again after a restart
     */
    private boolean process(int stage, boolean sampled) throws StageFailure {
        try {
            return switch (operators.get(stage)) {
                case Operator.Single single -> process(single);
                case Operator.Splitting splitting ->
                        runParts(ahead.split(stage, splitting, event), stage + 1, sampled);
            };
        } catch (RuntimeException fault) {
            throw StageFailure.internal(fault);
        }
    }

    private boolean process(Operator.Single stage) throws StageFailure {
        boolean goesOn = stage.onEvent(event, passage);
        if (!goesOn) {
            tally.filtered++;
        }
        return goesOn;
    }

    /**
     * Takes each part through the stages by itself: what one fails on does not concern another.
     *
     * @return whether the event itself goes on instead
     */
    private boolean runParts(Operator.Parts parts, int first, boolean sampled) throws StageFailure {
        if (parts.isWhole()) {
            parts.turn(event, 0);
            return true;
        }
        if (parts.size() == 0) {
            tally.filtered++;
            return false;
        }
        passage.splits.split(parts.size());
        tally.exploded += parts.size() - 1;
        Event.Mark whole = event.mark();
        Origin origin = passage.origin();
        for (int part = 0; part < parts.size(); part++) {
            event.reset(whole);
            passage.origin = origin.part(part);
            try {
                turn(parts, part);
                run(first, sampled);
            } catch (StageFailure failure) {
                passage.failedParts++;
                dead(failure);
            }
        }
        passage.origin = origin;
        return false;
    }

    /** Parts are counted by then, so one that cannot be made fails by itself. */
    private void turn(Operator.Parts parts, int part) throws StageFailure {
        try {
            parts.turn(event, part);
        } catch (RuntimeException fault) {
            throw StageFailure.internal(fault);
        }
    }

    private void dead(StageFailure failure) {
        tally.dead++;
        letters.put(letter(LetterKind.STAGE, failingStage(), failure.code(), failure.sentence()));
    }

    private String failingStage() {
        return operators.get(passage.stage).name();
    }

    /**
     * A letter of the event at hand. That of a part begins with the part: a thousand parts do not
     * keep a thousand times the whole.
     */
    private DeadLetter letter(LetterKind kind, String stage, String code, String message) {
        return new DeadLetter(
                new LetterId(Math.max(0, passage.receivedAtMs), partition, letterSequence++),
                kind,
                stage,
                code,
                message,
                1,
                passage.receivedAtMs,
                program.version().version(),
                false,
                event.source(),
                passage.origin(),
                passage.countedBy,
                passage.isPart() ? event.toJson() : event.rawJson(),
                event.changed() && !passage.isPart() ? event.toJson() : null);
    }

    private LetterOutcome replay(TaskRecord.Replay replay, LetterId id) {
        Optional<DeadLetter> found = letters.find(id);
        if (found.isEmpty()) {
            return new LetterOutcome(
                    replay.replay(), id, LetterOutcome.Result.GONE, "there is no such dead letter");
        }
        DeadLetter letter = found.get();
        passage.begin(true, Passage.NOWHERE, replay.receivedAtMs());
        try {
            int stage = entryOf(letter);
            event.moveTo(one(letter, replay.receivedAtMs()), 0);
            passage.begin(true, stage, replay.receivedAtMs());
            passage.origin = letter.origin();
            passage.countedBy = letter.countedBy();
            if (letter.kind() == LetterKind.STAGE) {
                replay(stage);
                tally.dead--;
            } else {
                passage.stage = stage;
                AggregateOperator aggregate = (AggregateOperator) operators.get(stage);
                boolean _ = aggregate.onEvent(event, passage);
            }
            letters.remove(id);
            return new LetterOutcome(
                    replay.replay(), id, LetterOutcome.Result.REPLAYED, passage.partsMessage());
        } catch (StageFailure failure) {
            return failedAgain(replay, letter, failure);
        }
    }

    /**
     * Takes a letter's event on from its stage. An aggregate that no longer keeps the row gets a
     * late letter, and the event goes on to the others; if no aggregate has the row any more, the
     * replay fails, and the letter stays as it was.
     */
    private void replay(int stage) throws StageFailure {
        Tally before = new Tally(tally.counts());
        long sequence = letterSequence;
        run(stage);
        if (passage.goneFrom != null && passage.counted == 0 && !passage.isPart()) {
            passage.held.clear();
            letterSequence = sequence;
            tally = before;
            passage.stage = Passage.NOWHERE;
            throw new StageFailure(
                    "no-longer-kept",
                    "the row that this event belongs to is no longer kept by " + passage.goneFrom);
        }
        passage.held.forEach(letters::put);
    }

    private EventBatch one(DeadLetter letter, long receivedAtMs) throws StageFailure {
        try {
            return program.reader().one(letter.event(), receivedAtMs);
        } catch (IllegalStateException unreadable) {
            throw new StageFailure("unreadable", String.valueOf(unreadable.getMessage()));
        }
    }

    /** Number of the stage at which a letter goes on. */
    private int entryOf(DeadLetter letter) throws StageFailure {
        passage.stage = Passage.NOWHERE;
        if (letter.kind() != LetterKind.STAGE && letter.kind() != LetterKind.LATE) {
            throw new StageFailure(
                    "not-replayable",
                    "a dead letter of kind " + letter.kind().wireName() + " cannot be replayed");
        }
        return stageOf(letter)
                .orElseThrow(() ->
                        new StageFailure(
                                "no-such-stage",
                                "version "
                                        + program.version().version()
                                        + " has no stage "
                                        + letter.stage()
                                        + " to go on at"));
    }

    private OptionalInt stageOf(DeadLetter letter) {
        for (int stage = 0; stage < operators.size(); stage++) {
            boolean fits =
                    letter.kind() == LetterKind.STAGE
                            || operators.get(stage) instanceof AggregateOperator;
            if (fits && operators.get(stage).name().equals(letter.stage())) {
                return OptionalInt.of(stage);
            }
        }
        return OptionalInt.empty();
    }

    private LetterOutcome failedAgain(
            TaskRecord.Replay replay, DeadLetter letter, StageFailure failure) {
        boolean reachedStage = passage.stage != Passage.NOWHERE;
        DeadLetter failed =
                letter.failedAgain(
                        reachedStage ? failingStage() : letter.stage(),
                        failure.code(),
                        failure.sentence(),
                        replay.receivedAtMs(),
                        program.version().version(),
                        reachedStage && event.changed() ? event.toJson() : letter.failed());
        letters.put(failed);
        return new LetterOutcome(
                replay.replay(),
                letter.id(),
                failed.parked() ? LetterOutcome.Result.PARKED : LetterOutcome.Result.FAILED,
                failure.sentence());
    }

    private LetterOutcome discard(String request, LetterId id) {
        Optional<DeadLetter> found = letters.find(id);
        if (found.isEmpty()) {
            return new LetterOutcome(
                    request, id, LetterOutcome.Result.GONE, "there is no such dead letter");
        }
        if (found.get().kind() == LetterKind.STAGE) {
            tally.dead--;
            tally.discarded++;
        }
        letters.remove(id);
        return new LetterOutcome(request, id, LetterOutcome.Result.DISCARDED, "");
    }

    /** How the event at hand came here, and where it is. */
    private final class Passage implements Arrival {
        static final int NOWHERE = -1;

        private boolean neverLate;
        private int replayedAt = NOWHERE;
        private long receivedAtMs;
        private long offset;
        private @Nullable Origin origin;
        private Set<Integer> countedBy = Set.of();
        private int stage;
        private final SplitLimit splits = new SplitLimit();
        private int failedParts;
        private int counted;
        private @Nullable String goneFrom;

        /** Late letters of a replay, until it is known to have come to something. */
        private final List<DeadLetter> held = new ArrayList<>();

        /**
         * @param replayedAtStage where a replay goes on; {@link #NOWHERE} if it is none
         */
        void begin(boolean isNeverLate, int replayedAtStage, long atMs) {
            neverLate = isNeverLate;
            replayedAt = replayedAtStage;
            receivedAtMs = atMs;
            offset = Origin.NONE.offset();
            origin = null;
            countedBy = Set.of();
            splits.begin();
            failedParts = 0;
            counted = 0;
            goneFrom = null;
            held.clear();
        }

        /** Made only where it is asked for. */
        Origin origin() {
            return origin == null ? Origin.at(offset) : origin;
        }

        /** Whether the event at hand is one that a stage has made. */
        boolean isPart() {
            return splits.parts() > 0;
        }

        /** What became of a letter's event besides that it was processed. */
        String partsMessage() {
            return failedParts == 0
                    ? ""
                    : "%d of the %d events that it became failed, and have dead letters of their own"
                            .formatted(failedParts, splits.parts());
        }

        @Override
        public long watermarkMs() {
            return watermarkMs;
        }

        @Override
        public boolean isNeverLate() {
            return neverLate;
        }

        @Override
        public boolean isReplayedHere() {
            return stage == replayedAt;
        }

        @Override
        public void counted(int aggregate) {
            counted++;
        }

        @Override
        public boolean isCountedBy(int aggregate) {
            return countedBy.contains(aggregate);
        }

        @Override
        public void late(Event lateEvent, String aggregate) {
            tally.late(aggregate);
            DeadLetter late =
                    letter(
                            LetterKind.LATE,
                            aggregate,
                            "late",
                            "the window of this event was closed, and the lateness of "
                                    + aggregate
                                    + " had passed, or its row is no longer kept");
            if (replayedAt == NOWHERE) {
                letters.put(late);
            } else {
                goneFrom = aggregate;
                held.add(late);
            }
        }

        @Override
        public void correction(String aggregate) {
            tally.late(aggregate);
        }
    }
}
