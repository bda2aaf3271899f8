package dev.millrace.core.task;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.Origin;
import dev.millrace.core.port.DeadLetters;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Letters that a pass over the journal would have written, as far as a replay asked for them: of
 * events that fail under its version too. Never stored.
 */
final class FailedEvents implements DeadLetters {
    private final Map<LetterId, DeadLetter> letters = new LinkedHashMap<>();
    private final Map<Long, Set<LetterId>> byOffset = new HashMap<>();

    /** Whether the event at an offset was tried already. */
    boolean knows(long offset) {
        return byOffset.containsKey(offset);
    }

    /** Takes what trying an event, or a letter of it, came to. */
    void take(long offset, List<LetterChange> changes) {
        Set<LetterId> ofEvent = byOffset.computeIfAbsent(offset, _ -> new HashSet<>());
        for (LetterChange change : changes) {
            switch (change) {
                case LetterChange.Put(DeadLetter letter) -> {
                    if (letter.kind() == LetterKind.STAGE) {
                        letters.put(letter.id(), letter);
                        ofEvent.add(letter.id());
                    }
                }
                case LetterChange.Remove(LetterId id) -> {
                    letters.remove(id);
                    ofEvent.remove(id);
                }
            }
        }
    }

    /** The letters of an event or part, and of what was made of it. */
    List<LetterId> of(Origin origin) {
        return byOffset.getOrDefault(origin.offset(), Set.of()).stream()
                .filter(id -> letter(id).map(one -> origin.holds(one.origin())).orElse(false))
                .sorted()
                .toList();
    }

    @Override
    public Optional<DeadLetter> letter(LetterId id) {
        return Optional.ofNullable(letters.get(id));
    }
}
