package dev.millrace.bench;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.DeadLetters;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalLong;

/** A store that holds nothing. */
final class EmptyStore implements WindowRows, DeadLetters {
    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        return null;
    }

    @Override
    public void rows(
            int aggregate, long fromMs, long toMs, @Nullable Place after, RowVisitor visitor) {}

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        return OptionalLong.empty();
    }

    @Override
    public Optional<DeadLetter> letter(LetterId id) {
        return Optional.empty();
    }
}
