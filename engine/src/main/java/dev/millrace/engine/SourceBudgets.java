package dev.millrace.engine;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.SourceLetters;
import dev.millrace.core.port.PipelineStore;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Watches how much of its {@link LetterBudget} each source has used up, and warns long before one
 * has: at 80 % and each 5 % after, once until it is below 75 % again. The counts are the store's;
 * here only the sources that come near their budget are remembered. Safe for use by many threads.
 */
final class SourceBudgets {
    private static final System.Logger LOG = System.getLogger(SourceBudgets.class.getName());
    private static final int WARNED_PERCENT = 80;
    private static final int STEP_PERCENT = 5;
    private static final int FORGOTTEN_PERCENT = 75;
    private static final int SPENT_PERCENT = 100;
    private static final int SOURCE_SHOWN = 100;

    private final PipelineStore store;
    private final LetterBudget budget;

    /** What was warned of last, in percent. Empty: the sources that share one count. */
    private final Map<Optional<String>, Integer> high = new ConcurrentHashMap<>();

    private volatile boolean anySpent;

    SourceBudgets(PipelineStore store, LetterBudget budget) {
        this.store = store;
        this.budget = budget;
        store.letterSources(Integer.MAX_VALUE).forEach(this::review);
    }

    LetterBudget budget() {
        return budget;
    }

    /** To be called when letters were written. */
    void written(List<LetterChange> changes) {
        writtenOf(
                changes.stream()
                        .mapMulti((change, sources) -> {
                            if (change instanceof LetterChange.Put(DeadLetter letter)
                                    && SourceLetters.counts(letter.kind())) {
                                sources.accept(letter.source());
                            }
                        }));
    }

    /** The same of the sources of those letters. */
    void writtenOf(Stream<String> sources) {
        sources.distinct().forEach(source -> review(store.lettersOf(source)));
    }

    /** Whether a source may have used up its budget. While none has, nobody need ask further. */
    boolean isAnySpent() {
        return anySpent;
    }

    /** What waits of a source that has used up its budget; empty if it has not. */
    Optional<SourceLetters> spent(String source) {
        return Optional.of(store.lettersOf(source)).filter(its -> percent(its) >= SPENT_PERCENT);
    }

    /** Forgets those of which letters were replayed or deleted. Called a few times a second. */
    synchronized void beat() {
        if (high.isEmpty()) {
            return;
        }
        boolean spent = false;
        for (Optional<String> source : List.copyOf(high.keySet())) {
            // Any source that is not counted by itself stands for all of those.
            SourceLetters its = store.lettersOf(source.orElse(""));
            if (source.isEmpty() && !its.shared()) {
                high.remove(source);
            } else {
                review(its);
                spent |= percent(its) >= SPENT_PERCENT;
            }
        }
        anySpent = spent;
    }

    /** Sources that have used up four fifths of their budget or more. */
    int highSources() {
        return (int) high.values().stream().filter(percent -> percent >= WARNED_PERCENT).count();
    }

    /** The largest part of its budget that a source has used up; 1 and more: all of it. */
    double highestShare() {
        return Math.max(
                high.keySet().stream()
                        .mapToDouble(source -> share(store.lettersOf(source.orElse(""))))
                        .max()
                        .orElse(0),
                store.letterSources(1).stream().mapToDouble(this::share).max().orElse(0));
    }

    /** The part of its budget that a source has used up. */
    double share(SourceLetters its) {
        return Math.max(
                (double) its.letters() / budget.letters(), (double) its.bytes() / budget.bytes());
    }

    private int percent(SourceLetters its) {
        return (int) Math.min(SPENT_PERCENT, 100 * share(its));
    }

    private synchronized void review(SourceLetters its) {
        Optional<String> source = its.shared() ? Optional.empty() : Optional.of(its.source());
        int percent = percent(its);
        anySpent |= percent >= SPENT_PERCENT;
        if (percent < FORGOTTEN_PERCENT) {
            high.remove(source);
            return;
        }
        int step = percent / STEP_PERCENT * STEP_PERCENT;
        if (step >= WARNED_PERCENT && step > high.getOrDefault(source, 0)) {
            high.put(source, step);
            LOG.log(System.Logger.Level.WARNING, warning(its, step));
        }
    }

    private String warning(SourceLetters its, int step) {
        return "pipeline %s: %s used up %d %% of the budget for dead letters (%,d letters, %,d bytes; the budget is %,d letters or %,d bytes); %s"
                .formatted(
                        store.pipeline(),
                        its.shared()
                                ? "further sources, which share one budget, have"
                                : named(its.source()) + (its.source().isEmpty() ? " have" : " has"),
                        step,
                        its.letters(),
                        its.bytes(),
                        budget.letters(),
                        budget.bytes(),
                        step >= SPENT_PERCENT
                                ? "these events are refused until letters are replayed or deleted"
                                : "past it these events are refused; replay or delete letters");
    }

    /** Why a source's events are refused, and what to do. */
    String refusal(SourceLetters its) {
        String whose =
                its.shared()
                        ? "of sources that share one budget"
                        : its.source().isEmpty()
                                ? "of events whose source cannot be read"
                                : "of " + named(its.source());
        return "%d dead letters %s (%d bytes) wait to be seen to, and its budget is %d letters or %d bytes; replay or delete some of them, then send this again. Nothing was written."
                .formatted(its.letters(), whose, its.bytes(), budget.letters(), budget.bytes());
    }

    /** A source for people: what a producer wrote must not break a line or a terminal. */
    static String named(String source) {
        if (source.isEmpty()) {
            return "events whose source cannot be read";
        }
        String shown = source.replaceAll("\\p{C}", "?");
        return "source '"
                + (shown.length() > SOURCE_SHOWN ? shown.substring(0, SOURCE_SHOWN) + "…" : shown)
                + "'";
    }
}
