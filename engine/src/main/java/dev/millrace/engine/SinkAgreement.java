package dev.millrace.engine;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.port.PipelineStore;

import java.util.Optional;

/**
 * Agrees with a sink's system on where to go on. Its cursor is right as long as it is ours, and one
 * that we can have written: then what lies between our note and it is there, or is to be delivered
 * again. Anything else stops the sink until somebody says how to go on. Confined to the sink's
 * worker.
 */
final class SinkAgreement {
    private final PipelineStore store;
    private final SinkQueue queue;
    private final SinkReader reader;
    private final SinkLetters letters;

    /** The furthest position that the system can have from us. */
    private long attempted;

    SinkAgreement(PipelineStore store, SinkQueue queue, SinkReader reader, SinkLetters letters) {
        this.store = store;
        this.queue = queue;
        this.reader = reader;
        this.letters = letters;
        this.attempted = queue.endAtOpen();
    }

    /** A batch up to there is about to be delivered. */
    void attempt(long to) {
        attempted = Math.max(attempted, to);
    }

    /**
     * Does what the sink was told, or else follows the system's cursor.
     *
     * @throws ConnectorException if the system cannot be asked
     */
    void reach(SinkConnection system) throws ConnectorException {
        Optional<SinkCommand> command = queue.state().command();
        if (command.isPresent() && !(command.get() instanceof SinkCommand.LookAgain)) {
            if (command.get() instanceof SinkCommand.Rewind(long to)) {
                SinkState ours = queue.state();
                moveTo(Math.clamp(to, ours.outbox().trimmed(), ours.cursor()));
            }
            system.reset(queue.state().cursor());
            queue.agreed(command);
        } else if (system.isExact()) {
            follow(system, system.cursor(), command);
        } else {
            queue.agreed(command);
        }
    }

    private void follow(
            SinkConnection system, Optional<SinkCursor> found, Optional<SinkCommand> command)
            throws ConnectorException {
        SinkState ours = queue.state();
        Optional<String> flaw =
                found.isEmpty() ? vanished(ours) : found.flatMap(its -> flaw(its, ours));
        if (flaw.isPresent()) {
            queue.stop(command, new SinkState.Stopped(flaw.get(), attempted));
            return;
        }
        long its = found.map(SinkCursor::position).orElse(-1L);
        if (its < ours.outbox().start()) {
            // It is new, or of an earlier sink of this name.
            system.reset(ours.cursor());
        } else if (its != ours.cursor()) {
            moveTo(its);
        }
        queue.agreed(command);
    }

    private static Optional<String> vanished(SinkState ours) {
        return ours.cursor() == ours.outbox().start()
                ? Optional.empty()
                : Optional.of(
                        ("it has no cursor there, though %d items were delivered: what was there is"
                                        + " gone, or this is another place; rewind the sink to"
                                        + " deliver again what is kept, or resume it with takeOver"
                                        + " to go on from here")
                                .formatted(ours.cursor() - ours.outbox().start()));
    }

    /** Why a cursor cannot be ours. */
    private Optional<String> flaw(SinkCursor its, SinkState ours) {
        long position = its.position();
        if (!its.owner().equals(store.identity())) {
            return Optional.of(
                    ("what is there was written by another pipeline or data directory (%s), up to"
                                    + " %d; resume the sink with takeOver to go on from here, or"
                                    + " name another place")
                            .formatted(its.owner(), position));
        }
        if (position > attempted) {
            return Optional.of(
                    ("its cursor is at %d, past the %d that were put out: this data directory is"
                                    + " older than what is there; resume the sink with takeOver to"
                                    + " go on from here")
                            .formatted(position, attempted));
        }
        boolean isOlder = position < ours.outbox().start();
        boolean isLost =
                isOlder
                        ? ours.cursor() > ours.outbox().start()
                        : position < ours.outbox().trimmed();
        return isLost
                ? Optional.of(
                        ("its cursor is at %d, but what is kept begins at %d: it has lost what it"
                                        + " had taken; rewind the sink to deliver again what is"
                                        + " kept, or resume it with takeOver to go on from here")
                                .formatted(position, ours.outbox().trimmed()))
                : Optional.empty();
    }

    /** To where the system is: what lies between is there, if that is ahead. */
    private void moveTo(long position) {
        SinkState ours = queue.state();
        while (ours.cursor() < position) {
            SinkReader.Stretch passed =
                    reader.read(
                            ours.cursor(), OutboxEntry.ITEMS_MAX, OutboxEntry.BYTES_MAX, position);
            SinkLetters.Changes changes = new SinkLetters.Changes();
            for (SinkReader.Waiting waiting : passed.items()) {
                boolean isRefused = ours.aside().contains(waiting.position());
                letters.passed(waiting, isRefused, ours, changes);
            }
            long to = passed.isEmpty() ? position : passed.to();
            queue.settle(to, Math.max(ours.cursorBytes(), passed.bytesUpTo()), changes);
            ours = queue.state();
        }
        if (position < ours.cursor()) {
            SinkReader.Stretch first = reader.read(position, 1, 1, ours.end());
            queue.settle(
                    position,
                    first.isEmpty() ? ours.outbox().endBytes() : first.bytesBefore(),
                    new SinkLetters.Changes());
        }
    }
}
