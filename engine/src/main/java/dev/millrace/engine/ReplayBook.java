package dev.millrace.engine;

import dev.millrace.core.port.Note;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.LetterOutcome;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All replays of one pipeline that are remembered: those under way, and the newest of those that
 * are done, {@link #REPLAYS} in all. Says what each commit must write of them. Safe for use by many
 * threads.
 */
final class ReplayBook {
    static final int REPLAYS = 1_000;

    /** Outcomes of one replay that are kept one by one. */
    static final int OUTCOMES = 1_000;

    private final PipelineStore store;

    /** Ids begin with the time, so that the oldest come first. */
    private final ConcurrentSkipListMap<String, ReplayJob> jobs = new ConcurrentSkipListMap<>();

    private final List<Note> due = new ArrayList<>();

    private ReplayBook(PipelineStore store) {
        this.store = store;
    }

    /** As of the last commit and the end of the journal. */
    static ReplayBook load(PipelineStore store) {
        Map<String, ReplaySent> sent = new HashMap<>();
        Map<String, ReplaySettled> settled = new HashMap<>();
        read(store, ReplayNotes.SENT, (id, note) -> sent.put(id, ReplayNotes.sent(note)));
        read(store, ReplayNotes.SETTLED, (id, note) -> settled.put(id, ReplayNotes.settled(note)));
        ReplayBook book = new ReplayBook(store);
        read(
                store,
                ReplayNotes.ASKED,
                (id, note) ->
                        book.jobs.put(
                                id,
                                new ReplayJob(
                                        id,
                                        ReplayNotes.asked(note),
                                        sent.getOrDefault(id, ReplaySent.NOTHING),
                                        settled.getOrDefault(id, ReplaySettled.NOTHING),
                                        store.note(ReplayNotes.STOPPED + id).isPresent())));
        return book;
    }

    private static void read(PipelineStore store, String prefix, PipelineStore.NoteVisitor each) {
        store.notes(prefix, (key, note) -> each.note(key.substring(prefix.length()), note));
    }

    /**
     * Enters a replay; the next commit writes it. Forgets the oldest that is done where there are
     * too many.
     *
     * @throws TooManyReplaysException if none is done
     */
    synchronized ReplayJob open(String id, ReplayRequest request, ReplayAsked asked) {
        if (jobs.size() >= REPLAYS) {
            ReplayJob oldest =
                    jobs.values().stream()
                            .filter(ReplayJob::isDone)
                            .findFirst()
                            .orElseThrow(() -> new TooManyReplaysException(store.pipeline()));
            jobs.remove(oldest.id());
            due.addAll(ReplayNotes.removed(store, oldest.id()));
        }
        ReplayJob job = new ReplayJob(id, asked, ReplaySent.NOTHING, ReplaySettled.NOTHING, false);
        jobs.put(id, job);
        due.add(ReplayNotes.asked(id, asked));
        due.addAll(ReplayNotes.ids(id, request.ids()));
        return job;
    }

    /** Has the next commit write a note. */
    synchronized void write(List<Note> notes) {
        due.addAll(notes);
    }

    Optional<ReplayJob> job(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** The oldest first. */
    List<ReplayJob> all() {
        return List.copyOf(jobs.values());
    }

    /** With the outcomes that are kept. */
    ReplayReport report(ReplayJob job) {
        return job.report(ReplayNotes.outcomes(store, job.id()));
    }

    /**
     * What a commit says of replays.
     *
     * @param notes to be written with it
     */
    record Booking(List<Note> notes, Map<ReplayJob, ReplaySettled> settled) {}

    /** Before a commit: what it must write; one commit at a time. */
    synchronized Booking begin(List<LetterOutcome> outcomes) {
        Map<ReplayJob, List<LetterOutcome>> byJob = new LinkedHashMap<>();
        for (LetterOutcome outcome : outcomes) {
            ReplayJob job = jobs.get(outcome.request());
            if (job != null) {
                byJob.computeIfAbsent(job, _ -> new ArrayList<>()).add(outcome);
            }
        }
        List<Note> notes = new ArrayList<>(due);
        due.clear();
        Map<ReplayJob, ReplaySettled> settled = new HashMap<>();
        byJob.forEach((job, of) -> {
            ReplaySettled before = job.settled();
            List<LetterOutcome> listed = of.subList(0, Math.min(of.size(), job.listable()));
            if (!listed.isEmpty()) {
                notes.add(
                        ReplayNotes.outcomes(
                                job.id(), ReplayNotes.Settler.COMMIT, before.listed(), listed));
            }
            ReplaySettled after = before.plus(of, listed.size());
            notes.add(ReplayNotes.settled(job.id(), after));
            settled.put(job, after);
        });
        return new Booking(notes, settled);
    }

    /** After the commit. */
    void end(Booking booking) {
        booking.settled().forEach(ReplayJob::settled);
    }
}
