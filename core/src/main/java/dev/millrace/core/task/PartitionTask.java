package dev.millrace.core.task;

import dev.millrace.core.aggregate.Deltas;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.ledger.PartitionLedger;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.port.DeadLetters;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs one partition of a pipeline: drops duplicates, moves the watermark, takes each event through
 * the stages, and pre-aggregates until its host asks for the {@link Handover}.
 *
 * <p>A deterministic state machine: the same records in the same order come to the same handovers,
 * however the host batches, and whenever it commits. After a crash the host makes a new one from
 * the last committed {@link PartitionState} and dedupe ids, and feeds it the journal from there.
 * One thread at a time.
 */
public final class PartitionTask {
    private final int partition;
    private final LetterBook letters;
    private final PartitionLedger ledger;
    private final Passage passage;
    private final LetterReplays replays;
    private final Ids freshIds = new Ids();
    private final List<Deltas> retired = new ArrayList<>();

    /** The ids of the batch at hand, two longs each. */
    private long[] identities = new long[2 * 64];

    private DedupeIndex dedupe;

    private long endOffset;
    private long eventsTaken;
    private long watermarkMs;
    private long firstWatermarkMs;
    private long receiptMs;
    private long newestMs;

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
        this(partition, program, state, new LetterBook(committed), observer, null, true);
    }

    /**
     * One that tells which aggregate counts what, for passes over what was processed before.
     *
     * @param putsOut whether what goes through all stages is for sinks
     */
    PartitionTask(
            int partition,
            PipelineProgram program,
            PartitionState state,
            LetterBook letters,
            StageObserver observer,
            @Nullable CountedEvents countedEvents,
            boolean putsOut) {
        this.partition = partition;
        this.dedupe = dedupe(program);
        this.letters = letters;
        this.ledger = new PartitionLedger(state.counts());
        this.passage =
                new Passage(
                        partition,
                        program,
                        ledger,
                        letters,
                        state.letterSequence(),
                        observer,
                        countedEvents,
                        putsOut,
                        this::watermarkMs);
        this.replays = new LetterReplays(letters, ledger, passage);
        this.endOffset = state.endOffset();
        this.eventsTaken = state.eventsTaken();
        this.watermarkMs = state.watermarkMs();
        this.firstWatermarkMs = state.firstWatermarkMs();
        this.receiptMs = state.receiptMs();
        this.newestMs = state.newestMs();
        raiseFloors(state.floorsMs());
    }

    /** One whose results are thrown away, to see what a record comes to. */
    public static PartitionTask trial(
            int partition, PipelineProgram program, PartitionState state, DeadLetters committed) {
        return new PartitionTask(
                partition,
                program,
                state,
                new LetterBook(committed),
                StageObserver.NONE,
                null,
                false);
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
        if (!passage.ahead().isNeeded()) {
            return List.of();
        }
        switch (record) {
            case TaskRecord.Events events -> {
                for (int index : events.batch().eventsOf(partition)) {
                    passage.ahead().look(events.batch(), index, 0);
                }
            }
            case TaskRecord.Replay replay -> replays.lookAhead(replay);
            case TaskRecord.Change _,
                    TaskRecord.Discard _,
                    TaskRecord.Advance _,
                    TaskRecord.Tick _ -> {}
        }
        return passage.ahead().takeWanted();
    }

    /** Takes an answer that the next record wanted; it is held until that record is processed. */
    public void provide(Wanted wanted, Answer answer) {
        passage.ahead().provide(wanted, answer);
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
                replays.replay(replay);
                endOffset = replay.endOffset();
            }
            case TaskRecord.Discard discard -> {
                replays.discard(discard);
                endOffset = discard.endOffset();
            }
            case TaskRecord.Advance advance -> {
                raiseWatermark(advance.toMs());
                endOffset = advance.endOffset();
            }
            case TaskRecord.Tick tick -> raiseWatermark(tick.toMs());
        }
        if (!(record instanceof TaskRecord.Tick)) {
            passage.ahead().forgetAnswers();
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
        return passage.program().mayBlock();
    }

    /** What came to each stage of the version that it runs, and what became of it there. */
    public List<StageCount> stageCounts() {
        return passage.tally().counts();
    }

    /** How far back from the last receipt a duplicate is recognised. */
    public long dedupeHoldsMs() {
        return dedupe.holdsMs(receiptMs);
    }

    /**
     * About how much heap it takes what the records since the last handover came to. Grows with
     * each record until the next handover, so that a host can stop in time.
     */
    public long uncommittedBytes() {
        long bytes = freshIds.bytes() + letters.bytes() + ledger.bytes() + passage.putOut().bytes();
        for (Deltas taken : retired) {
            bytes += taken.bytes();
        }
        for (Operator operator : passage.operators()) {
            if (operator instanceof AggregateOperator aggregate) {
                bytes += aggregate.bytes();
            }
        }
        return bytes;
    }

    /**
     * Hands over all that the records since the last handover came to. The host commits it before
     * it asks for the next one, or throws this task away.
     */
    public Handover handOver() {
        List<Deltas> deltas = new ArrayList<>(retired);
        retired.clear();
        takeDeltas(deltas);
        Map<CellKey, Cell> cells = ledger.takeCells();
        PartitionState state =
                new PartitionState(
                        passage.program().version().version(),
                        endOffset,
                        eventsTaken,
                        watermarkMs,
                        firstWatermarkMs,
                        receiptMs,
                        newestMs,
                        passage.letterSequence(),
                        ledger.total(),
                        floors());
        return new Handover(
                partition,
                state,
                passage.program(),
                deltas,
                freshIds.take(),
                letters.takeChanges(),
                replays.takeOutcomes(),
                cells,
                passage.putOut().take());
    }

    private void takeDeltas(List<Deltas> into) {
        for (Operator operator : passage.operators()) {
            if (operator instanceof AggregateOperator aggregate) {
                Deltas taken = aggregate.takeDeltas();
                if (!taken.isEmpty()) {
                    into.add(taken);
                }
            }
        }
    }

    private Stream<AggregateOperator> aggregates() {
        return passage.operators().stream()
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
        passage.switchTo(next);
        raiseFloors(floorsMs);
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
        ledger.begin(batch);
        Event event = passage.event();
        long outOfOrderMs = passage.program().definition().outOfOrder().toMillis();
        identify(batch, mine);
        for (int i = 0; i < mine.length; i++) {
            int index = mine[i];
            eventsTaken++;
            ledger.take(batch, index);
            if (isDuplicate(identities[2 * i], identities[2 * i + 1])) {
                ledger.duplicate();
                continue;
            }
            event.moveTo(batch, index);
            if (!batch.isHistory()) {
                liveEvents++;
                long timestampMs = event.timestampMs();
                newestMs = Math.max(newestMs, timestampMs);
                raiseWatermark(Math.min(timestampMs, batch.receivedAtMs()) - outOfOrderMs);
            }
            passage.begin(batch, offset + index);
            passage.run();
        }
    }

    /** Takes the one event of a batch through the stages, duplicate or not. */
    void takeAgain(EventBatch one, long offset) {
        ledger.begin(one);
        ledger.take(one, 0);
        passage.event().moveTo(one, 0);
        passage.begin(one, offset);
        passage.run();
        passage.ahead().forgetAnswers();
    }

    /** Remembers the ids of the partition's events, and does nothing else with them. */
    void remember(EventBatch batch) {
        receiptMs = Math.max(receiptMs, batch.receivedAtMs());
        int[] mine = batch.eventsOf(partition);
        identify(batch, mine);
        for (int i = 0; i < mine.length; i++) {
            boolean _ = isDuplicate(identities[2 * i], identities[2 * i + 1]);
        }
    }

    private void identify(EventBatch batch, int[] mine) {
        if (identities.length < 2 * mine.length) {
            identities = new long[2 * mine.length];
        }
        if (dedupe.isOff()) {
            return;
        }
        for (int i = 0; i < mine.length; i++) {
            batch.identity(mine[i], identities, 2 * i);
        }
        dedupe.lookAhead(identities, mine.length);
    }

    private boolean isDuplicate(long high, long low) {
        if (dedupe.isOff()) {
            return false;
        }
        if (!dedupe.add(high, low, receiptMs)) {
            return true;
        }
        freshIds.add(high, low);
        return false;
    }

    private void raiseWatermark(long toMs) {
        if (watermarkMs == Long.MIN_VALUE) {
            firstWatermarkMs = toMs;
        }
        watermarkMs = Math.max(watermarkMs, toMs);
    }
}
