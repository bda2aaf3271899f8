package dev.millrace.engine;

import dev.millrace.core.letter.LetterId;
import dev.millrace.core.task.LetterOutcome;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How the replays and discards of one pipeline are going. Remembers the newest {@link #REQUESTS}.
 * Safe for use by many threads.
 */
final class RequestBook {
    static final int REQUESTS = 1000;
    static final int OUTCOMES = 1000;

    private final Map<String, Progress> requests =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Progress> eldest) {
                    return size() > REQUESTS;
                }
            };

    private static final class Progress {
        private int remaining;
        private int succeeded;
        private int failed;
        private final List<ReplayReport.Outcome> outcomes = new ArrayList<>();

        void book(LetterOutcome outcome) {
            remaining--;
            switch (outcome.result()) {
                case REPLAYED, DISCARDED -> succeeded++;
                case FAILED, PARKED, GONE -> failed++;
            }
            if (outcomes.size() < OUTCOMES) {
                outcomes.add(
                        new ReplayReport.Outcome(
                                outcome.letter().toString(),
                                text(outcome.result()),
                                outcome.message()));
            }
        }

        private static String text(LetterOutcome.Result result) {
            return result == LetterOutcome.Result.GONE
                    ? "failed"
                    : result.name().toLowerCase(Locale.ROOT);
        }

        ReplayReport report(String id) {
            return new ReplayReport(id, remaining == 0, succeeded, failed, remaining, outcomes);
        }
    }

    /** Notes a request whose letters' outcomes are to come. */
    synchronized void open(String request, List<LetterId> letters) {
        Progress progress = new Progress();
        progress.remaining = letters.size();
        requests.put(request, progress);
    }

    /**
     * Notes outcomes as they are committed. Those of requests from before a restart have nobody who
     * waits.
     */
    synchronized void book(List<LetterOutcome> outcomes) {
        for (LetterOutcome outcome : outcomes) {
            Progress progress = requests.get(outcome.request());
            if (progress != null) {
                progress.book(outcome);
            }
        }
        notifyAll();
    }

    synchronized Optional<ReplayReport> report(String request) {
        return Optional.ofNullable(requests.get(request)).map(progress -> progress.report(request));
    }

    /** Waits until a request is done, but not longer than {@code nanos}. */
    synchronized ReplayReport await(String request, long nanos) throws InterruptedException {
        long until = System.nanoTime() + nanos;
        while (true) {
            ReplayReport report =
                    report(request).orElse(new ReplayReport(request, true, 0, 0, 0, List.of()));
            long left = until - System.nanoTime();
            if (report.done() || left <= 0) {
                return report;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
