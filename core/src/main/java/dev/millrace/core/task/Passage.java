package dev.millrace.core.task;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.ledger.LedgerCounts;
import dev.millrace.core.ledger.PartitionLedger;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.Origin;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Takes the events of one partition through the stages, one after another; knows how the one at
 * hand came here and where it is, counts how it ends, and writes the letters of those that fail.
 * Confined to the partition's thread.
 */
final class Passage implements Arrival {
    static final int NOWHERE = -1;

    /** Of every so many events one is shown to the observer. */
    private static final int SAMPLE_EVERY = 64;

    private final int partition;
    private final PartitionLedger ledger;
    private final LetterBook letters;
    private final StageObserver observer;
    private final @Nullable CountedEvents countedEvents;
    private final LongSupplier watermark;

    private PipelineProgram program;
    private List<Operator> operators;
    private Event event;
    private LookAhead ahead;
    private StageTally tally;
    private long letterSequence;
    private long events;

    private boolean neverLate;
    private int replayedAt = NOWHERE;
    private long receivedAtMs;
    private long offset;
    private @Nullable Origin origin;
    private Set<Integer> countedBy = Set.of();
    private int stage;
    private final PutOut putOut = new PutOut();
    private final boolean putsOut;
    private int eventSinks;
    private final SplitLimit splits = new SplitLimit();
    private int failedParts;
    private int counted;
    private @Nullable String goneFrom;

    /** Late letters of a replay, until it is known to have come to something. */
    private final List<DeadLetter> held = new ArrayList<>();

    /**
     * @param letterSequence number of the next letter
     * @param countedEvents hears which aggregate counts what; null where nobody listens
     * @param putsOut whether what goes through all stages is for sinks
     * @param watermark the partition's
     */
    Passage(
            int partition,
            PipelineProgram program,
            PartitionLedger ledger,
            LetterBook letters,
            long letterSequence,
            StageObserver observer,
            @Nullable CountedEvents countedEvents,
            boolean putsOut,
            LongSupplier watermark) {
        this.partition = partition;
        this.ledger = ledger;
        this.letters = letters;
        this.letterSequence = letterSequence;
        this.observer = observer;
        this.countedEvents = countedEvents;
        this.putsOut = putsOut;
        this.watermark = watermark;
        this.program = program;
        this.eventSinks = eventSinksOf(program);
        this.operators = program.operators();
        this.event = new Event(program.projection());
        this.ahead = program.lookAhead(operators);
        this.tally = new StageTally(operators);
    }

    /** Goes on with another version. What its operators hold was taken before. */
    void switchTo(PipelineProgram next) {
        program = next;
        eventSinks = eventSinksOf(next);
        operators = next.operators();
        event = new Event(next.projection());
        ahead = next.lookAhead(operators);
        tally = tally.next(operators);
    }

    private int eventSinksOf(PipelineProgram of) {
        return putsOut ? of.eventSinks() : 0;
    }

    PipelineProgram program() {
        return program;
    }

    List<Operator> operators() {
        return operators;
    }

    LookAhead ahead() {
        return ahead;
    }

    StageTally tally() {
        return tally;
    }

    /** What went through all stages. */
    PutOut putOut() {
        return putOut;
    }

    /** The event at hand. */
    Event event() {
        return event;
    }

    long letterSequence() {
        return letterSequence;
    }

    /**
     * Begins with a live event or one of history, which {@link #event} is at.
     *
     * @param atOffset of the event
     */
    void begin(EventBatch batch, long atOffset) {
        begin(batch.isHistory(), NOWHERE, batch.receivedAtMs());
        offset = atOffset;
    }

    /** Begins with the event of a letter, which {@link #event} is at. */
    void beginReplay(DeadLetter letter, int stageNumber, long atMs) {
        begin(true, stageNumber, atMs);
        origin = letter.origin();
        countedBy = letter.countedBy();
        stage = stageNumber;
    }

    private void begin(boolean isNeverLate, int replayedAtStage, long atMs) {
        events++;
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

    /** Takes the event through all stages, and to a letter where it fails. */
    void run() {
        try {
            run(0);
        } catch (StageFailure failure) {
            dead(failure);
        }
    }

    /**
     * Takes a letter's event on from its stage. An aggregate that no longer keeps the row gets a
     * late letter, and the event goes on to the others.
     *
     * @throws StageFailure also if no aggregate has the row any more; then nothing was counted
     */
    void runReplay() throws StageFailure {
        LedgerCounts before = ledger.mark();
        long sequence = letterSequence;
        try {
            run(replayedAt);
        } catch (StageFailure atALaterStage) {
            // It does not come back to the aggregates that it was too late for.
            held.forEach(letters::put);
            throw atALaterStage;
        }
        if (goneFrom != null && counted == 0 && !isPart()) {
            held.clear();
            letterSequence = sequence;
            ledger.reset(before);
            stage = replayedAt;
            throw new StageFailure(
                    "no-longer-kept",
                    "the row that this event belongs to is no longer kept by " + goneFrom);
        }
        held.forEach(letters::put);
    }

    /** Takes the event of a late letter to its aggregate alone. */
    void runLate() throws StageFailure {
        boolean _ = process(replayedAt, false);
    }

    /** Takes the event through the stages from {@code first} on, and counts how it ended. */
    private void run(int first) throws StageFailure {
        boolean sampled = events % SAMPLE_EVERY == 0;
        try {
            run(first, sampled);
        } finally {
            if (sampled) {
                observer.left();
            }
        }
    }

    private void run(int first, boolean sampled) throws StageFailure {
        for (int number = first; number < operators.size(); number++) {
            stage = number;
            if (sampled) {
                observer.entered(number);
            }
            if (!process(number, sampled)) {
                return;
            }
        }
        ledger.completed();
        if (eventSinks > 0) {
            putOut.add(event.toJson(), eventSinks);
        }
    }

    /**
     * @return whether the event goes on
     * @throws StageFailure also for a fault of the stage itself: one event must not bring its
     *     partition to a standstill, since it would meet the same event again after a restart
     */
    private boolean process(int number, boolean sampled) throws StageFailure {
        tally.in(number);
        try {
            return switch (operators.get(number)) {
                case Operator.Single single -> process(number, single);
                case Operator.Splitting splitting ->
                        runParts(number, ahead.split(number, splitting, event), sampled);
            };
        } catch (StageFailure failure) {
            tally.failed(number);
            throw failure;
        } catch (RuntimeException fault) {
            tally.failed(number);
            throw StageFailure.internal(fault);
        }
    }

    private boolean process(int number, Operator.Single single) throws StageFailure {
        boolean goesOn = single.onEvent(event, this);
        if (goesOn) {
            tally.out(number);
        } else {
            tally.filtered(number);
            ledger.filtered();
        }
        return goesOn;
    }

    /**
     * Takes each part through the stages by itself: what one fails on does not concern another.
     *
     * @return whether the event itself goes on instead
     */
    private boolean runParts(int number, Operator.Parts parts, boolean sampled)
            throws StageFailure {
        if (parts.isWhole()) {
            parts.turn(event, 0);
            tally.out(number);
            return true;
        }
        if (parts.size() == 0) {
            tally.filtered(number);
            ledger.filtered();
            return false;
        }
        splits.split(parts.size());
        ledger.exploded(parts.size());
        Event.Mark whole = event.mark();
        Origin of = origin();
        for (int part = 0; part < parts.size(); part++) {
            event.reset(whole);
            origin = of.part(part);
            try {
                turn(number, parts, part);
                run(number + 1, sampled);
            } catch (StageFailure failure) {
                failedParts++;
                dead(failure);
            }
        }
        origin = of;
        return false;
    }

    /** Parts are counted by then, so one that cannot be made fails by itself. */
    private void turn(int number, Operator.Parts parts, int part) throws StageFailure {
        try {
            parts.turn(event, part);
        } catch (RuntimeException fault) {
            tally.failed(number);
            throw StageFailure.internal(fault);
        }
        tally.out(number);
    }

    private void dead(StageFailure failure) {
        ledger.dead();
        letters.put(letter(LetterKind.STAGE, failingStage(), failure.code(), failure.sentence()));
    }

    /** Number of the stage at which the event at hand is. */
    int stage() {
        return stage;
    }

    private String failingStage() {
        return operators.get(stage).name();
    }

    /**
     * A letter of the event at hand. That of a part begins with the part: a thousand parts do not
     * keep a thousand times the whole.
     */
    private DeadLetter letter(LetterKind kind, String at, String code, String message) {
        return new DeadLetter(
                new LetterId(Math.max(0, receivedAtMs), partition, letterSequence++),
                kind,
                at,
                code,
                message,
                1,
                receivedAtMs,
                program.version().version(),
                false,
                ledger.source(),
                ledger.receivedAtMs(),
                origin(),
                countedBy,
                isPart() ? event.toJson() : event.rawJson(),
                event.changed() && !isPart() ? event.toJson() : null);
    }

    /** Made only where it is asked for. */
    private Origin origin() {
        return origin == null ? Origin.at(offset) : origin;
    }

    /** Whether the event at hand is one that a stage has made. */
    private boolean isPart() {
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
        return watermark.getAsLong();
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
        if (countedEvents != null) {
            countedEvents.counted(aggregate, origin());
        }
    }

    @Override
    public boolean isCountedBy(int aggregate) {
        return !countedBy.isEmpty() && countedBy.contains(aggregate);
    }

    @Override
    public void late(Event lateEvent, String aggregate) {
        ledger.late(aggregate);
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
        ledger.late(aggregate);
    }
}
