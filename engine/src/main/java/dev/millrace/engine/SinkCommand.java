package dev.millrace.engine;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;

/** What an operator has a sink do before it goes on. Durable until it is done. */
sealed interface SinkCommand {
    /** Delivers again from a position on; as far back as is kept. */
    record Rewind(long to) implements SinkCommand {}

    /** Goes on from here, whatever cursor the system has. */
    record TakeOver() implements SinkCommand {}

    /** Looks again whether a cursor on account of which it stopped will do now. */
    record LookAgain() implements SinkCommand {}

    /** As people name it. */
    default String verb() {
        return switch (this) {
            case Rewind _ -> "rewind";
            case TakeOver _ -> "take-over";
            case LookAgain _ -> "look-again";
        };
    }

    default Map<String, Object> json() {
        return this instanceof Rewind(long to)
                ? Map.of("verb", verb(), "to", to)
                : Map.of("verb", verb());
    }

    /** As {@link #json} wrote it; empty for anything else. */
    static Optional<SinkCommand> of(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> command)) {
            return Optional.empty();
        }
        return switch (String.valueOf(command.get("verb"))) {
            case "rewind" -> Optional.of(new Rewind(command.get("to") instanceof Long to ? to : 0));
            case "take-over" -> Optional.of(new TakeOver());
            case "look-again" -> Optional.of(new LookAgain());
            default -> Optional.empty();
        };
    }
}
