package dev.millrace.core.task;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.PlainValues;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.lookup.Lookup;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts what a lookup has under the value of a field into the event.
 *
 * <p>Never waits. Answers that are not at hand are found by {@link #missing}, and held from then on
 * until the record is processed: a cache that forgets, or a table that changes, in between cannot
 * make an event go another way than it was tried.
 */
final class EnrichOperator implements Operator.Pure {
    private static final Answer NOTHING = new Answer.Nothing();

    private final String name;
    private final Lookup lookup;
    private final Field match;
    private final Field into;
    private final boolean needsAnswer;
    private final Map<Object, Answer> held = new HashMap<>();

    /**
     * @param needsAnswer whether an event fails for which nothing is found
     */
    EnrichOperator(String name, Lookup lookup, Field match, Field into, boolean needsAnswer) {
        this.name = name;
        this.lookup = lookup;
        this.match = match;
        this.into = into;
        this.needsAnswer = needsAnswer;
    }

    @Override
    public String name() {
        return name;
    }

    /** Whether an event may have to wait for an answer. */
    boolean mayWait() {
        return !lookup.isAlwaysKnown();
    }

    /** What must be fetched before the event can be processed; holds what need not be. */
    Optional<Wanted> missing(Event event) throws StageFailure {
        Object key = key(event);
        if (key == null || held.containsKey(key)) {
            return Optional.empty();
        }
        Answer known = lookup.known(key);
        if (known == null) {
            return Optional.of(new Wanted(name, lookup, key));
        }
        held.put(key, known);
        return Optional.empty();
    }

    /** Takes an answer that was missing. */
    void hold(Object key, Answer answer) {
        held.put(key, answer);
    }

    /** The record is processed. */
    void forgetAnswers() {
        held.clear();
    }

    @Override
    public boolean onEvent(Event event) throws StageFailure {
        switch (answer(key(event))) {
            case Answer.Found found -> put(event, found.value());
            case Answer.Nothing _ -> {
                if (needsAnswer) {
                    throw new StageFailure(
                            "not-found",
                            "nothing is found under %s %s".formatted(match, shown(event)));
                }
            }
            case Answer.Failed failed -> throw new StageFailure(failed.code(), failed.message());
        }
        return true;
    }

    /** Null if there is nothing to look for. */
    private @Nullable Object key(Event event) throws StageFailure {
        Object value = event.get(match);
        if (value == null || Event.MISSING.equals(value)) {
            return null;
        }
        if (value instanceof Map<?, ?> || value instanceof List<?>) {
            throw new StageFailure(
                    "type",
                    "%s must be a plain value to be looked up, is %s"
                            .formatted(match, event.kind(match).described()));
        }
        return value;
    }

    private Answer answer(@Nullable Object key) {
        if (key == null) {
            return NOTHING;
        }
        Answer answer = held.get(key);
        if (answer == null) {
            answer = lookup.known(key);
        }
        return answer != null
                ? answer
                : new Answer.Failed(
                        "not-fetched",
                        "the answer for this event was not there in time; replay it");
    }

    private void put(Event event, Object value) throws StageFailure {
        try {
            PlainValues.checkFits(value, into.path().names().size() - 1);
            event.set(into, value);
        } catch (IllegalArgumentException unfit) {
            throw new StageFailure("value", String.valueOf(unfit.getMessage()));
        }
    }

    private String shown(Event event) {
        Object key = event.get(match);
        return key instanceof String text ? "'" + text + "'" : String.valueOf(key);
    }
}
