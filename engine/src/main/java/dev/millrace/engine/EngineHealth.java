package dev.millrace.engine;

import java.util.Optional;

/**
 * Whether the engine can do its work, and its numbers can be believed.
 *
 * @param trouble what is wrong, in one sentence; empty: events can be taken
 * @param imbalance whose ledger does not balance, in one sentence, until the engine is closed;
 *     empty: none. Events are taken all the same
 */
public record EngineHealth(Optional<String> trouble, Optional<String> imbalance) {
    public boolean ready() {
        return trouble.isEmpty() && imbalance.isEmpty();
    }
}
