package dev.millrace.core.task;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.Origin;
import dev.millrace.core.port.DeadLetters;
import dev.millrace.core.port.LetterStore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The letters that wait when a backfill begins, of events that it comes to: where it counts one,
 * the letter must say so, or its replay would count the event twice. In memory are their ids alone,
 * about a hundred bytes a letter.
 */
final class WaitingLetters implements CountedEvents {
    private final Map<Long, List<Waiting>> byOffset = new HashMap<>();
    private final Map<LetterId, Set<Integer>> counted = new LinkedHashMap<>();
    private final Map<Integer, String> aggregates;

    /**
     * @param late whether it is of one aggregate alone, that of the name {@code stage}
     */
    private record Waiting(LetterId letter, Origin origin, boolean late, String stage) {}

    /**
     * @param aggregates the names of those that are backfilled, by their state numbers
     * @param endOffset behind the last event that is of interest
     */
    WaitingLetters(LetterStore committed, Map<Integer, String> aggregates, long endOffset) {
        this.aggregates = Map.copyOf(aggregates);
        committed.letters(
                LetterFilter.ALL,
                null,
                letter -> {
                    long offset = letter.origin().offset();
                    if (offset >= 0 && offset < endOffset && isReplayable(letter)) {
                        byOffset.computeIfAbsent(offset, _ -> new ArrayList<>(1))
                                .add(
                                        new Waiting(
                                                letter.id(),
                                                letter.origin(),
                                                letter.kind() == LetterKind.LATE,
                                                letter.stage()));
                    }
                    return true;
                });
    }

    private boolean isReplayable(DeadLetter letter) {
        return letter.kind() == LetterKind.STAGE
                || letter.kind() == LetterKind.LATE && aggregates.containsValue(letter.stage());
    }

    /**
     * A letter of the whole event is told of its parts too, and one of a part of the whole: which
     * of both an aggregate counts may have changed with the stages before it.
     */
    @Override
    public void counted(int aggregate, Origin event) {
        if (!aggregates.containsKey(aggregate)) {
            return;
        }
        for (Waiting one : byOffset.getOrDefault(event.offset(), List.of())) {
            boolean same = one.origin().holds(event) || event.holds(one.origin());
            if (same && (!one.late() || one.stage().equals(aggregates.get(aggregate)))) {
                counted.computeIfAbsent(one.letter(), _ -> new TreeSet<>()).add(aggregate);
            }
        }
    }

    /** Forgets what was counted since the last time. */
    void forgetCounted() {
        counted.clear();
    }

    /** What was counted since the last time, as changes of the letters that are still there. */
    List<LetterChange> takeChanges(DeadLetters committed) {
        List<LetterChange> changes = new ArrayList<>();
        counted.forEach((id, numbers) -> {
            Optional<DeadLetter> found = committed.letter(id);
            if (found.isPresent() && !found.get().countedBy().containsAll(numbers)) {
                DeadLetter letter = found.get();
                for (int number : numbers) {
                    letter = letter.countedBy(number);
                }
                changes.add(new LetterChange.Put(letter));
            }
        });
        counted.clear();
        return changes;
    }
}
