package dev.millrace.core.task;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.DeadLetters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One partition's letters: those that are committed, with the changes laid over that are not yet.
 * Hosts make one commit at a time, so changes handed over are visible in the store by the next
 * handover; until then they are remembered here.
 */
final class LetterBook {
    private final DeadLetters committed;
    private final List<LetterChange> changes = new ArrayList<>();
    private Map<LetterId, LetterChange> current = new HashMap<>();
    private Map<LetterId, LetterChange> handedOver = Map.of();

    LetterBook(DeadLetters committed) {
        this.committed = committed;
    }

    Optional<DeadLetter> find(LetterId id) {
        LetterChange change = current.getOrDefault(id, handedOver.get(id));
        return switch (change) {
            case null -> committed.letter(id);
            case LetterChange.Put put -> Optional.of(put.letter());
            case LetterChange.Remove _ -> Optional.empty();
        };
    }

    void put(DeadLetter letter) {
        enter(new LetterChange.Put(letter));
    }

    void remove(LetterId id) {
        enter(new LetterChange.Remove(id));
    }

    private void enter(LetterChange change) {
        changes.add(change);
        current.put(change.id(), change);
    }

    List<LetterChange> takeChanges() {
        List<LetterChange> taken = List.copyOf(changes);
        changes.clear();
        handedOver = current;
        current = new HashMap<>();
        return taken;
    }
}
