package dev.millrace.core.port;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;

import java.util.Optional;

/** The dead letters of a pipeline as they were committed last, as its tasks look them up. */
public interface DeadLetters {
    Optional<DeadLetter> letter(LetterId id);
}
