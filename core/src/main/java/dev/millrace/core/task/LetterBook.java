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
    /** What a change takes besides the event and the message, with its outcome if it has one. */
    private static final int CHANGE_BYTES = 768;

    private final DeadLetters committed;
    private final List<LetterChange> changes = new ArrayList<>();
    private Map<LetterId, LetterChange> current = new HashMap<>();
    private Map<LetterId, LetterChange> handedOver = Map.of();
    private long bytes;

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
        bytes += CHANGE_BYTES + (change instanceof LetterChange.Put put ? bytes(put.letter()) : 0);
        current.put(change.id(), change);
    }

    private static int bytes(DeadLetter letter) {
        byte[] failed = letter.failed();
        return letter.original().length
                + (failed == null ? 0 : failed.length)
                + letter.message().length();
    }

    /** About how much heap the changes take that were not taken yet. */
    long bytes() {
        return bytes;
    }

    List<LetterChange> takeChanges() {
        bytes = 0;
        List<LetterChange> taken = List.copyOf(changes);
        changes.clear();
        handedOver = current;
        current = new HashMap<>();
        return taken;
    }
}
