package dev.millrace.engine;

import dev.millrace.core.event.Json;
import dev.millrace.core.event.MergePatch;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.LetterOutcome;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of letters as one sink delivers and refuses. The letter of an item is the same
 * whenever the item is refused, so that a crash between its letter and the cursor makes no second
 * one. Confined to the sink's worker.
 */
final class SinkLetters {
    /** Positions of one sink that letters tell apart; the ordinal of the sink is above them. */
    private static final int POSITION_BITS = 44;

    private final PipelineStore store;
    private final String sink;
    private final HostClock clock;
    private final LetterFilter filter;

    /** To be written by the next commit. */
    record Changes(List<LetterChange> letters, List<LetterOutcome> outcomes) {
        Changes() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    SinkLetters(PipelineStore store, String sink, HostClock clock) {
        this.store = store;
        this.sink = sink;
        this.clock = clock;
        this.filter =
                new LetterFilter(
                        Optional.of(LetterKind.SINK),
                        Optional.of(sink),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
    }

    /**
     * The item of a letter, for its sink.
     *
     * @param patch merged into it; null for none
     */
    static Outboxes.Resent resent(DeadLetter letter, String replay, byte @Nullable [] patch) {
        byte[] json = patch == null ? letter.event() : MergePatch.of(patch).apply(letter.event());
        return new Outboxes.Resent(
                letter.stage(),
                new OutboxEntry.Item(
                        kind(letter.original()),
                        json,
                        new OutboxEntry.Replayed(replay, letter.id())));
    }

    /** Events alone have a type. */
    private static OutboxEntry.Kind kind(byte[] json) {
        if (!(Json.decode(json) instanceof Map<?, ?> item) || item.containsKey("type")) {
            return OutboxEntry.Kind.EVENT;
        }
        return item.containsKey("detector") ? OutboxEntry.Kind.ALERT : OutboxEntry.Kind.ROW;
    }

    /**
     * Whether an item is of a letter that somebody has deleted since it was sent. Not below {@code
     * booked}: a letter that was replayed is gone too, and a rewound sink gets its item again.
     */
    boolean isDeleted(SinkReader.Waiting waiting, long booked) {
        OutboxEntry.Replayed replayed = waiting.item().replayed();
        return replayed != null
                && waiting.position() >= booked
                && store.letter(replayed.letter()).isEmpty();
    }

    /**
     * What follows as the cursor passes an item: the letter of one that is delivered goes, and the
     * replay that sent it hears what came of it, once.
     *
     * @param isRefused whether it has been set aside; else the system has it, or it was deleted
     * @param ours as it was before
     */
    void passed(SinkReader.Waiting waiting, boolean isRefused, SinkState ours, Changes changes) {
        OutboxEntry.Replayed replayed = waiting.item().replayed();
        if (replayed == null) {
            if (!isRefused && mayHaveLetter(waiting.position(), ours)) {
                LetterId id = idOf(waiting, ours.ordinal());
                store.letter(id).ifPresent(_ -> changes.letters().add(new LetterChange.Remove(id)));
            }
            return;
        }
        Optional<DeadLetter> letter = store.letter(replayed.letter());
        if (!isRefused && letter.isPresent()) {
            changes.letters().add(new LetterChange.Remove(replayed.letter()));
        }
        if (waiting.position() >= ours.booked()) {
            changes.outcomes().add(outcome(replayed, isRefused, letter));
        }
    }

    /** Refused before a crash or a rewind, that is, and delivered now. */
    private static boolean mayHaveLetter(long position, SinkState ours) {
        return position < ours.booked() || ours.aside().contains(position);
    }

    private static LetterOutcome outcome(
            OutboxEntry.Replayed replayed, boolean isRefused, Optional<DeadLetter> letter) {
        if (letter.isEmpty()) {
            return LetterOutcome.gone(replayed.replay(), replayed.letter());
        }
        if (!isRefused) {
            return new LetterOutcome(
                    replayed.replay(), replayed.letter(), LetterOutcome.Result.REPLAYED, "");
        }
        return new LetterOutcome(
                replayed.replay(),
                replayed.letter(),
                letter.get().parked() ? LetterOutcome.Result.PARKED : LetterOutcome.Result.FAILED,
                letter.get().message());
    }

    /** How many letters of this sink wait. */
    long count() {
        return store.letterSummary(filter, 1).letters();
    }

    /** The letter of an item that the system will never take. */
    DeadLetter refused(
            SinkReader.Waiting waiting, int ordinal, int version, String code, String reason) {
        OutboxEntry.Replayed replayed = waiting.item().replayed();
        byte[] json = waiting.item().json();
        Optional<DeadLetter> earlier =
                replayed == null ? Optional.empty() : store.letter(replayed.letter());
        return earlier.map(
                        one -> one.failedAgain(sink, code, reason, clock.epochMs(), version, json))
                .orElseGet(() ->
                        DeadLetter.unchanged(
                                idOf(waiting, ordinal),
                                LetterKind.SINK,
                                sink,
                                code,
                                reason,
                                version,
                                source(json),
                                json));
    }

    /** The same whenever an item is refused. */
    private static LetterId idOf(SinkReader.Waiting waiting, int ordinal) {
        return new LetterId(
                Math.max(0, waiting.committedAtMs()),
                LetterId.SINKS,
                ((long) ordinal << POSITION_BITS) | waiting.position());
    }

    /** Of an event, or of the group of a row or alert; empty where it has none. */
    private static String source(byte[] json) {
        if (!(Json.decode(json) instanceof Map<?, ?> item)) {
            return "";
        }
        if (item.get("source") instanceof String source) {
            return source;
        }
        return item.get("group") instanceof Map<?, ?> group
                        && group.get("source") instanceof String source
                ? source
                : "";
    }
}
