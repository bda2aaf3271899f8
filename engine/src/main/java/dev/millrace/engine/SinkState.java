package dev.millrace.engine;

import dev.millrace.core.MillraceException;
import dev.millrace.core.event.Json;
import dev.millrace.core.port.Note;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is durable of a sink besides the entries of its outbox. It stays when the sink is removed,
 * so that one of the same name never gives a position twice.
 *
 * @param ordinal of the pipeline's sinks, 0 up: letters are told apart by it
 * @param outbox what was put out
 * @param cursor of the first item that is not delivered, as far as that is known here: a system
 *     that keeps a cursor of its own may be further
 * @param cursorBytes put out before it, at most
 * @param booked outcomes of replays are booked below: a cursor that goes back books none again
 * @param aside refused items that the cursor is not past
 * @param command that is not done yet
 * @param stopped why nothing is delivered before somebody says how to go on
 */
record SinkState(
        int ordinal,
        Outbox outbox,
        long cursor,
        long cursorBytes,
        long booked,
        SinkAside aside,
        boolean isPaused,
        Optional<SinkCommand> command,
        Optional<Stopped> stopped) {
    static final String PREFIX = "sink/";

    /**
     * What was put out to a sink.
     *
     * @param start at which the sink of this name began, last
     * @param end the next item's position
     * @param endBytes of JSON put out so far
     * @param trimmed entries below are gone
     * @param replaysUpTo past the last item that a replay has sent
     */
    record Outbox(long start, long end, long endBytes, long trimmed, long replaysUpTo) {
        private Outbox longer(OutboxEntry entry) {
            long newEnd = end + entry.items().size();
            return new Outbox(
                    start,
                    newEnd,
                    endBytes + entry.bytes(),
                    trimmed,
                    entry.hasReplays() ? newEnd : replaysUpTo);
        }

        private Outbox trimmedTo(long below) {
            return new Outbox(start, end, endBytes, below, replaysUpTo);
        }

        private Outbox emptied() {
            return new Outbox(end, end, endBytes, end, end);
        }
    }

    /**
     * Its system's cursor is not ours.
     *
     * @param reason a sentence that says what to do
     * @param upTo the furthest position that the cursor could have had if it were ours
     */
    record Stopped(String reason, long upTo) {}

    static SinkState first(int ordinal) {
        return new SinkState(
                ordinal,
                new Outbox(0, 0, 0, 0, 0),
                0,
                0,
                0,
                SinkAside.NONE,
                false,
                Optional.empty(),
                Optional.empty());
    }

    SinkState longer(OutboxEntry entry) {
        return with(outbox.longer(entry), command, stopped, isPaused);
    }

    SinkState trimmedTo(long below) {
        return with(outbox.trimmedTo(below), command, stopped, isPaused);
    }

    SinkState at(long position, long bytes) {
        return new SinkState(
                ordinal,
                outbox,
                position,
                bytes,
                Math.max(booked, position),
                aside.from(position),
                isPaused,
                command,
                stopped);
    }

    SinkState setAside(Collection<Long> positions) {
        return new SinkState(
                ordinal,
                outbox,
                cursor,
                cursorBytes,
                booked,
                aside.plus(positions),
                isPaused,
                command,
                stopped);
    }

    SinkState paused(boolean paused) {
        return with(outbox, command, stopped, paused);
    }

    SinkState told(SinkCommand next) {
        return with(outbox, Optional.of(next), stopped, isPaused);
    }

    /** Its command is done: it delivers. */
    SinkState agreed() {
        return with(outbox, Optional.empty(), Optional.empty(), isPaused);
    }

    /** Its command is done, and came to this. */
    SinkState stoppedBy(Stopped reason) {
        return with(outbox, Optional.empty(), Optional.of(reason), isPaused);
    }

    private SinkState with(
            Outbox newOutbox,
            Optional<SinkCommand> newCommand,
            Optional<Stopped> newStopped,
            boolean paused) {
        return new SinkState(
                ordinal,
                newOutbox,
                cursor,
                cursorBytes,
                booked,
                aside,
                paused,
                newCommand,
                newStopped);
    }

    /** After all that waits went. */
    SinkState emptied() {
        return new SinkState(
                ordinal,
                outbox.emptied(),
                outbox.end(),
                outbox.endBytes(),
                outbox.end(),
                SinkAside.NONE,
                false,
                Optional.empty(),
                Optional.empty());
    }

    long end() {
        return outbox.end();
    }

    long lagItems() {
        return Math.max(0, outbox.end() - cursor);
    }

    long lagBytes() {
        return Math.max(0, outbox.endBytes() - cursorBytes);
    }

    Note note(String sink) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ordinal", (long) ordinal);
        json.put("start", outbox.start());
        json.put("end", outbox.end());
        json.put("endBytes", outbox.endBytes());
        json.put("trimmed", outbox.trimmed());
        json.put("replaysUpTo", outbox.replaysUpTo());
        json.put("cursor", cursor);
        json.put("cursorBytes", cursorBytes);
        json.put("booked", booked);
        json.put("aside", aside.json());
        json.put("paused", isPaused);
        command.ifPresent(one -> json.put("command", one.json()));
        stopped.ifPresent(
                one -> json.put("stopped", Map.of("reason", one.reason(), "upTo", one.upTo())));
        return new Note(PREFIX + sink, Json.encode(json));
    }

    static SinkState of(byte[] note) {
        if (!(Json.decode(note) instanceof Map<?, ?> json)) {
            throw new MillraceException("the note of a sink is broken");
        }
        return new SinkState(
                (int) number(json, "ordinal"),
                new Outbox(
                        number(json, "start"),
                        number(json, "end"),
                        number(json, "endBytes"),
                        number(json, "trimmed"),
                        number(json, "replaysUpTo")),
                number(json, "cursor"),
                number(json, "cursorBytes"),
                number(json, "booked"),
                json.get("aside") instanceof Map<?, ?> aside ? SinkAside.of(aside) : SinkAside.NONE,
                Boolean.TRUE.equals(json.get("paused")),
                SinkCommand.of(json.get("command")),
                stopped(json.get("stopped")));
    }

    private static Optional<Stopped> stopped(@Nullable Object json) {
        return json instanceof Map<?, ?> stopped
                ? Optional.of(
                        new Stopped(String.valueOf(stopped.get("reason")), number(stopped, "upTo")))
                : Optional.empty();
    }

    private static long number(Map<?, ?> json, String name) {
        if (json.get(name) instanceof Long number) {
            return number;
        }
        throw new MillraceException("the note of a sink has no " + name);
    }
}
