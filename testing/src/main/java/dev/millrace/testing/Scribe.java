package dev.millrace.testing;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.task.PipelineProgram;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Writes the journal of a list of steps as a host would: reads bodies, numbers versions, and looks
 * up the letters that a replay names, for which it follows with tasks of its own.
 */
final class Scribe {
    private static final LetterId GONE = new LetterId(0, 0, 0xdead);

    private final Feed feed;
    private final boolean batched;
    private final Host follower;
    private final List<Step.Sent> body = new ArrayList<>();

    private Scribe(Programs programs, boolean batched) {
        this.feed = new Feed(programs);
        this.batched = batched;
        this.follower =
                new Host(
                        feed,
                        new MemoryStorage().create("pipeline", programs.version(1).version()));
    }

    static Feed write(Programs programs, List<Step> steps, boolean batched) {
        Scribe scribe = new Scribe(programs, batched);
        steps.forEach(scribe::write);
        scribe.closeBody();
        return scribe.feed;
    }

    private void write(Step step) {
        if (!(step instanceof Step.Sent)) {
            closeBody();
        }
        switch (step) {
            case Step.Sent event -> {
                if (!batched
                        || !body.isEmpty()
                                && body.getFirst().receivedAtMs() != event.receivedAtMs()) {
                    closeBody();
                }
                body.add(event);
            }
            case Step.History(List<Step.Sent> events) -> append(events, true);
            case Step.Tick(long toMs) -> feed.tick(toMs);
            case Step.Advance(long toMs) ->
                    feed.append(new JournalRecord.Advance(Times.RECEIVED, toMs));
            case Step.Change(String definition, OptionalLong backfillFromMs) -> {
                PipelineProgram program = feed.programs().add(definition);
                feed.append(
                        new JournalRecord.Change(
                                Times.RECEIVED, program.version().version(), backfillFromMs));
            }
            case Step.Replay replay ->
                    feed.append(
                            new JournalRecord.Replay(
                                    replay.receivedAtMs(),
                                    replay.name(),
                                    refs(replay.letters()),
                                    patch(replay)));
            case Step.Discard(String name, List<Step.LetterRef> letters) ->
                    feed.append(new JournalRecord.Discard(Times.RECEIVED, name, ids(letters)));
        }
    }

    private void closeBody() {
        if (!body.isEmpty()) {
            append(body, false);
            body.clear();
        }
    }

    private void append(List<Step.Sent> events, boolean history) {
        byte[] lines =
                events.stream()
                        .map(Step.Sent::json)
                        .collect(Collectors.joining("\n"))
                        .getBytes(StandardCharsets.UTF_8);
        PipelineProgram program = feed.programs().newest();
        long receivedAtMs = events.getFirst().receivedAtMs();
        ReadResult result =
                program.reader().read(lines, lines.length, BodyFormat.NDJSON, receivedAtMs);
        if (!(result instanceof ReadResult.Read read) || !read.rejections().isEmpty()) {
            throw new IllegalArgumentException("not accepted: " + result);
        }
        feed.append(
                new JournalRecord.Events(
                        receivedAtMs,
                        program.version().version(),
                        read.received(),
                        0,
                        history,
                        read.batch().payload()));
    }

    private static byte @Nullable [] patch(Step.Replay replay) {
        String patch = replay.patch();
        return patch == null ? null : patch.getBytes(StandardCharsets.UTF_8);
    }

    private List<LetterRef> refs(List<Step.LetterRef> letters) {
        return follower.refs(ids(letters));
    }

    private List<LetterId> ids(List<Step.LetterRef> letters) {
        while (follower.hasMore()) {
            follower.processAll();
        }
        Host.Committed _ = follower.commit();
        return letters.stream()
                .map(ref -> follower.letter(ref).map(DeadLetter::id).orElse(GONE))
                .toList();
    }
}
