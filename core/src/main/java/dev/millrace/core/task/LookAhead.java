package dev.millrace.core.task;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.lookup.Answer;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds out which answers events will need, by taking them through the stages that have no effect
 * but on the event, and through handlers, up to the first answer that is not there. What fails here
 * is left to the real run, which meets it too. Confined to the partition's thread.
 *
 * <p>Looking ahead takes each event through these stages twice, which only pipelines pay for that
 * look something up outside of the process. In exchange a record is processed whole or not at all,
 * so that offsets and commits know nothing of lookups.
 */
final class LookAhead {
    private final List<Operator> stages;
    private final Event event;
    private final SplitLimit splits = new SplitLimit();
    private final Set<Wanted> wanted = new LinkedHashSet<>();
    private final Map<Call, Made> made = new HashMap<>();

    /**
     * @param stages of one version, up to the last that may have to wait; none if none may
     * @param event a cursor of its own
     */
    LookAhead(List<Operator> stages, Event event) {
        this.stages = List.copyOf(stages);
        this.event = event;
    }

    /** Whether any stage may have to wait. */
    boolean isNeeded() {
        return !stages.isEmpty();
    }

    /** Looks for what an event needs from a stage on. */
    void look(EventBatch batch, int index, int firstStage) {
        event.moveTo(batch, index);
        splits.begin();
        walk(firstStage);
    }

    private void walk(int first) {
        try {
            for (int stage = first; stage < stages.size(); stage++) {
                boolean goesOn =
                        switch (stages.get(stage)) {
                            case EnrichOperator enrich ->
                                    isAnswered(enrich) && enrich.onEvent(event);
                            case Operator.Pure pure -> pure.onEvent(event);
                            case AggregateOperator _ -> true;
                            case Operator.Splitting splitting ->
                                    walkParts(split(stage, splitting, event), stage + 1);
                        };
                if (!goesOn) {
                    return;
                }
            }
        } catch (StageFailure | RuntimeException metAgain) {
            // The real run comes to it, and makes the letter.
        }
    }

    private boolean isAnswered(EnrichOperator enrich) throws StageFailure {
        var missing = enrich.missing(event);
        missing.ifPresent(wanted::add);
        return missing.isEmpty();
    }

    /** Whether the event itself goes on. */
    private boolean walkParts(Operator.Parts parts, int first) throws StageFailure {
        if (parts.isWhole()) {
            parts.turn(event, 0);
            return true;
        }
        if (parts.size() == 0) {
            return false;
        }
        splits.split(parts.size());
        Event.Mark whole = event.mark();
        for (int part = 0; part < parts.size(); part++) {
            event.reset(whole);
            parts.turn(event, part);
            walk(first);
        }
        return false;
    }

    /**
     * What becomes of an event at a stage. A handler is not called again for an event for which it
     * was called while looking ahead.
     */
    Operator.Parts split(int stage, Operator.Splitting splitting, Event at) throws StageFailure {
        return switch (splitting) {
            case HandleOperator handler when stage < stages.size() ->
                    made.computeIfAbsent(
                                    new Call(stage, ByteBuffer.wrap(at.toJson())),
                                    _ -> Made.by(handler, at))
                            .parts();
            case HandleOperator _, ExplodeOperator _ -> splitting.split(at);
        };
    }

    /** A handler called for an event, told by its bytes. */
    private record Call(int stage, ByteBuffer event) {}

    /** How a call ended: one of both is there. */
    private record Made(Operator.@Nullable Parts made, @Nullable StageFailure failure) {
        static Made by(HandleOperator handler, Event event) {
            try {
                return new Made(handler.split(event), null);
            } catch (StageFailure failed) {
                return new Made(null, failed);
            }
        }

        Operator.Parts parts() throws StageFailure {
            if (made == null) {
                throw Objects.requireNonNull(failure);
            }
            return made;
        }
    }

    /** What was found missing since the last time, each once, in the order of events. */
    List<Wanted> takeWanted() {
        List<Wanted> taken = new ArrayList<>(wanted);
        wanted.clear();
        return taken;
    }

    void provide(Wanted answered, Answer answer) {
        for (Operator stage : stages) {
            if (stage instanceof EnrichOperator enrich && enrich.name().equals(answered.stage())) {
                enrich.hold(answered.key(), answer);
            }
        }
    }

    /** The record is processed. */
    void forgetAnswers() {
        made.clear();
        for (Operator stage : stages) {
            if (stage instanceof EnrichOperator enrich) {
                enrich.forgetAnswers();
            }
        }
    }
}
