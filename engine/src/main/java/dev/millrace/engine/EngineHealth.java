package dev.millrace.engine;

import java.util.Optional;

/**
 * Whether the engine can do its work.
 *
 * @param trouble what is wrong, in one sentence; empty: events can be taken
 */
public record EngineHealth(Optional<String> trouble) {
    public boolean ready() {
        return trouble.isEmpty();
    }
}
